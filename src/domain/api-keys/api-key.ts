export const SCOPES = ['schedulers', 'board', 'alerts', 'read', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** What a key may do when its configuration names no scopes. */
export const DEFAULT_SCOPES: readonly Scope[] = SCOPES.filter((scope) => scope !== 'admin');

/** A named key. The key itself is kept nowhere, only its SHA-256. */
export interface ApiKey {
  readonly name: string;
  readonly hash: Uint8Array;
  readonly scopes: readonly Scope[];
}

import type { Scope } from '../../domain/api-keys/api-key';

/** Doors that are public or not as the configuration says. */
export type ConfiguredDoor = 'metrics';

/** Who may use a route. A route that says nothing is refused at start. */
export type Access =
  | { readonly kind: 'public' }
  /** A key with any of these scopes, or with `admin`. */
  | { readonly kind: 'scopes'; readonly scopes: readonly Scope[] }
  /** Public unless the configuration asks for a key; then as `scopes`. */
  | { readonly kind: 'configured'; readonly door: ConfiguredDoor; readonly scopes: readonly Scope[] };

/** Whether a key with `granted` may do what asks for any of `wanted`. */
export function isGranted(granted: readonly Scope[], wanted: readonly Scope[]): boolean {
  return granted.some((scope) => scope === 'admin' || wanted.includes(scope));
}

/** An access token. */
export interface AccessToken {
  readonly value: string;
  /** Not to be used any more from here on; some time before it expires. */
  readonly freshUntil: Date;
}

export type TokenOutcome =
  | { readonly kind: 'token'; readonly token: AccessToken }
  | { readonly kind: 'refused'; readonly error: string }
  | { readonly kind: 'unreachable'; readonly error: string };

export interface TokenNeed {
  /** A token that a server has refused: that one is no use. */
  readonly rejected: string | null;
  /** Whether the sign-in is to be renewed if it has not been for long, even though there is a token. */
  readonly renewal: boolean;
}

/** A way to come by access tokens. It is asked for one at a time. Never rejects; errors are fit to be shown. */
export interface TokenGrant {
  obtain(need: TokenNeed, signal: AbortSignal): Promise<TokenOutcome>;
}

export function isFresh(token: AccessToken, now: Date): boolean {
  return now.getTime() < token.freshUntil.getTime();
}

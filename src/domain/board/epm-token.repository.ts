/** The sign-in of one connection to an identity service. */
export interface EpmToken {
  readonly connection: string;
  /** Refresh and access token, encrypted by whoever writes it. */
  readonly sealed: string;
  /** Fingerprint of the refresh token in the configuration from which this line of tokens began: another one begins a new line. */
  readonly seed: string;
  /** When the refresh token was issued. */
  readonly issuedAt: Date;
  /** Why the identity service refuses it for good; `null` while it does not. */
  readonly refusal: string | null;
  /** 0 while nothing was ever stored. */
  readonly version: number;
}

/** Tokens that rotate must be durable before they are used. */
export interface EpmTokenRepository {
  find(connection: string): Promise<EpmToken | null>;
  /** @throws ChangedConcurrently unless the stored version is the one given @returns it with its new version */
  record(token: EpmToken): Promise<EpmToken>;
}

export const EpmTokenRepository = Symbol('EpmTokenRepository');

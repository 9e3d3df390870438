/** Why a step of a night could not be carried out in full. */
export interface Interruption {
  readonly reason: string;
  readonly error: string;
  /** What the publisher asked for, if it did. */
  readonly retryAfterMs: number | null;
  /** It will not work until somebody mends something. */
  readonly refused: boolean;
}

/** What a server made of a header; `unsaid` when its answer, or that there was none, does not tell. */
export type Verdict = 'accepted' | 'refused' | 'unsaid';

/** A header that may be sent, and what of it must never be shown. */
export interface Granted {
  readonly kind: 'granted';
  readonly header: string;
  readonly secrets: readonly string[];
  /** Where there is one, it has to be called once, as soon as the question has ended: others may wait for it. */
  readonly learn?: (verdict: Verdict) => void;
}

export type Authorization =
  | Granted
  /** Only a person can change it. */
  | { readonly kind: 'refused'; readonly error: string }
  /** Nothing is wrong with the credentials, as far as is known. */
  | { readonly kind: 'unreachable'; readonly error: string };

/** How a server is convinced that it is us who ask. Never rejects; errors are fit to be shown. */
export interface EpmAuth {
  authorize(signal: AbortSignal): Promise<Authorization>;
  /** After the server answered 401 to `refused`: something fresh, if there is any. */
  reauthorize(refused: Granted, signal: AbortSignal): Promise<Authorization>;
}

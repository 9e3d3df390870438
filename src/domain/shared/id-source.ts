/** Where identifiers come from. */
export interface IdSource {
  /** A new id that sorts after every id this process made before (UUID version 7). */
  next(): string;
  /** The same UUID for the same text, on every machine (version 8, from SHA-256). */
  fingerprint(text: string): string;
}

export const IdSource = Symbol('IdSource');

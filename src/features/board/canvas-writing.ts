/** Why a canvas is looked at. */
export type CanvasOccasion =
  /** An app may have changed. */
  | 'change'
  /** Its ages may be untrue by now, and somebody may have edited it by hand. */
  | 'age'
  /** Somebody asked for it: it is written, changed or not. */
  | 'request';

/** What became of it. */
export type CanvasWriting =
  | { readonly kind: 'written'; readonly canvasId: string; readonly writtenAt: Date }
  | { readonly kind: 'unchanged' }
  /** It was written a moment ago; the rest follows after this long. */
  | { readonly kind: 'too_soon'; readonly waitMs: number }
  | {
      readonly kind: 'failed';
      /** Slack's code, or what happened on the way. */
      readonly error: string;
      /** What Slack asked for, if it did. */
      readonly afterMs: number | null;
      /** It will not work until a person does something. */
      readonly refused: boolean;
    };

export const LEASE_LOST: CanvasWriting = {
  kind: 'failed',
  error: 'another instance writes it',
  afterMs: null,
  refused: false,
};

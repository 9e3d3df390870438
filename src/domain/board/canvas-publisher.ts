import type { SendingRights } from '../notifications/notification';
import type { Canvas } from './canvas';

/** What Slack made of a call about a canvas: a value, not an exception. */
export type CanvasOutcome =
  | { readonly kind: 'done' }
  /** It was deleted, or was never there. */
  | { readonly kind: 'gone' }
  | {
      readonly kind: 'retry';
      /** Slack's code, or what happened on the way. */
      readonly error: string;
      /** What Slack asked for, if it did. */
      readonly afterMs: number | null;
    }
  /** Trying again will not help until a person does something (locked, no scope, too large). */
  | { readonly kind: 'refused'; readonly error: string };

export type CanvasCreation =
  { readonly kind: 'created'; readonly canvasId: string } | Exclude<CanvasOutcome, { kind: 'done' }>;

/** Where the board is shown. */
export interface CanvasPublisher {
  /** `disabled`: Slack is not configured; the board lives without canvases. */
  readonly state: 'enabled' | 'disabled';
  /** The very text that {@link write} writes. Pure. */
  render(canvas: Canvas): string;
  /** Replaces all that the canvas holds; doing it twice does no harm. Never rejects for a fault of the vendor or the network. */
  write(canvasId: string, text: string, rights: SendingRights): Promise<CanvasOutcome>;
  /**
   * Makes a canvas for the channel, with the text in it. What people wrote themselves is never overwritten.
   * @param mayExistSince an earlier attempt since then may have succeeded: its canvas is found and used
   */
  create(canvas: Canvas, mayExistSince: Date | null, rights: SendingRights): Promise<CanvasCreation>;
  /** Whether it still holds what was written; `null` when that cannot be found out. */
  holds(canvasId: string, text: string, signal: AbortSignal): Promise<boolean | null>;
}

export const CanvasPublisher = Symbol('CanvasPublisher');

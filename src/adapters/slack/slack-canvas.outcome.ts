import type { CanvasOutcome } from '../../domain/board/canvas-publisher';
import type { SlackFault } from './slack-fault';

/** Deleted, never there, or not for our eyes: Slack says the same of all three (contracts/slack.md §5). */
const GONE = new Set(['canvas_not_found', 'canvas_deleted']);
/** Reported of large edits, which then work the next time (contracts/slack.md §5). */
const WORKS_LATER = new Set(['canvas_editing_failed']);
/** Somebody has to grant it, unlike a token that is exchanged (ADR 0011: a fault of the token is final for nothing that waits). */
const LACKS_RIGHT = 'missing_scope';

export type CanvasFault = Exclude<CanvasOutcome, { kind: 'done' }>;

/** What a fault of Slack means for a canvas. */
export function toCanvasFault({ code, outcome }: SlackFault): CanvasFault {
  const error = code ?? outcome.error;
  if (code !== null && GONE.has(code)) return { kind: 'gone' };
  if (code !== null && WORKS_LATER.has(code)) return { kind: 'retry', error, afterMs: null };
  if (outcome.kind === 'retry') return { kind: 'retry', error, afterMs: outcome.afterMs };
  if (outcome.reason === 'unauthorized' && code !== LACKS_RIGHT)
    return { kind: 'retry', error, afterMs: null };
  return { kind: 'refused', error };
}

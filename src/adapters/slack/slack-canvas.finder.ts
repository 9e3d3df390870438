import type { Canvas } from '../../domain/board/canvas';
import { isOurs } from './slack-canvas.reading';
import { toCanvasFault } from './slack-canvas.outcome';
import type { SlackClient, SlackLog } from './slack.client';
import { unreadable, type SlackFault } from './slack-fault';

const INFO = 'conversations.info';
const GET_CONTENT = 'canvases.getContent';

export type CanvasSearch =
  | { readonly kind: 'found'; readonly canvasId: string }
  | { readonly kind: 'absent' }
  /** Nothing was learnt; to be asked again. */
  | { readonly kind: 'failed'; readonly fault: SlackFault };

export type CanvasReading =
  { readonly ok: true; readonly content: string } | { readonly ok: false; readonly fault: SlackFault };

interface ChannelCanvases {
  /** The channel's one canvas of its own. */
  readonly own: string | null;
  readonly tabs: readonly string[];
}

/** Reads canvases, and looks for the one that a creation without an answer may have left: canvases have no idempotency keys either. */
export class SlackCanvasFinder {
  constructor(
    private readonly slack: SlackClient,
    private readonly log: SlackLog,
  ) {}

  async read(canvasId: string, signal: AbortSignal): Promise<CanvasReading> {
    const answer = await this.slack.call(GET_CONTENT, { canvas_id: canvasId }, signal, 'table');
    if (!answer.ok) return answer;
    const { content } = answer.data as { readonly content?: unknown };
    if (typeof content === 'string') return { ok: true, content };
    return { ok: false, fault: unreadable({ method: GET_CONTENT, httpStatus: answer.httpStatus }) };
  }

  /**
   * The canvas of ours that the channel shows. Its own canvas is also ours when it is empty: a creation that stopped halfway leaves such a one, and
   * nobody loses a word. What cannot be found is a canvas that got no tab, or any at all without the scopes to look: then the channel may get a second
   * one, which the log says.
   */
  async find(canvas: Canvas, signal: AbortSignal): Promise<CanvasSearch> {
    const shown = await this.listShown(canvas.channelId, signal);
    if ('outcome' in shown) return this.given(shown, canvas);
    for (const canvasId of [...(shown.own === null ? [] : [shown.own]), ...shown.tabs]) {
      const reading = await this.read(canvasId, signal);
      if (!reading.ok) {
        if (toCanvasFault(reading.fault).kind === 'gone') continue;
        return this.given(reading.fault, canvas);
      }
      const isHalfMade = canvasId === shown.own && reading.content.trim() === '';
      if (isHalfMade || isOurs(reading.content, canvas)) return { kind: 'found', canvasId };
    }
    return { kind: 'absent' };
  }

  private async listShown(channelId: string, signal: AbortSignal): Promise<ChannelCanvases | SlackFault> {
    const answer = await this.slack.call(INFO, { channel: channelId }, signal, 'table');
    if (!answer.ok) return answer.fault;
    const shown = toChannelCanvases(answer.data);
    return shown ?? unreadable({ method: INFO, httpStatus: answer.httpStatus });
  }

  private given(fault: SlackFault, { channelId }: Canvas): CanvasSearch {
    if (toCanvasFault(fault).kind === 'retry') return { kind: 'failed', fault };
    this.log.warn(
      { channel: channelId, reason: fault.outcome.error },
      'cannot look for a canvas that may have been made; the channel may now get a second one',
    );
    return { kind: 'absent' };
  }
}

/** `null` for what is no answer about a channel. */
function toChannelCanvases(data: unknown): ChannelCanvases | null {
  const { channel } = data as { readonly channel?: unknown };
  if (typeof channel !== 'object' || channel === null) return null;
  const { properties } = channel as {
    readonly properties?: {
      readonly canvas?: { readonly file_id?: unknown };
      readonly tabs?: unknown;
    } | null;
  };
  const own = properties?.canvas?.file_id;
  const tabs: readonly unknown[] = Array.isArray(properties?.tabs) ? properties.tabs : [];
  return { own: typeof own === 'string' ? own : null, tabs: tabs.flatMap(canvasOfTab) };
}

/** Tabs show other things too: bookmarks, lists, files. */
function canvasOfTab(tab: unknown): readonly string[] {
  const { type, data } = (tab ?? {}) as {
    readonly type?: unknown;
    readonly data?: { readonly file_id?: unknown } | null;
  };
  return type === 'canvas' && typeof data?.file_id === 'string' ? [data.file_id] : [];
}

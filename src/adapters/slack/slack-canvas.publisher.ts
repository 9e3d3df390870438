import type { Canvas } from '../../domain/board/canvas';
import type { CanvasCreation, CanvasOutcome, CanvasPublisher } from '../../domain/board/canvas-publisher';
import type { SendingRights } from '../../domain/notifications/notification';
import { SlackCanvasFinder } from './slack-canvas.finder';
import { layOutCanvas } from './slack-canvas.layout';
import { toCanvasFault, type CanvasFault } from './slack-canvas.outcome';
import { isSameContent } from './slack-canvas.reading';
import { CANVAS_TITLE } from './slack-canvas.words';
import type { SlackAnswer, SlackClient, SlackLog } from './slack.client';
import { unreadable, type SlackFault } from './slack-fault';

const EDIT = 'canvases.edit';
const CREATE_OF_CHANNEL = 'conversations.canvases.create';
const CREATE_TAB = 'canvases.create';
/** The channel cannot have it as its own canvas, but maybe as one more tab. Free teams have one tab only, and that is taken when Slack says so. */
const OWN_CANVAS_IMPOSSIBLE = new Set([
  'channel_canvas_already_exists',
  'team_tier_cannot_create_channel_canvases',
]);
/** Reading does not work at all, for no canvas. */
const CANNOT_READ = new Set(['missing_scope', 'unknown_method']);

type Creation =
  { readonly ok: true; readonly canvasId: string } | { readonly ok: false; readonly fault: SlackFault };

/** The board as Slack canvases: all of it is written anew each time, so that no section's id has to be known. */
export class SlackCanvasPublisher implements CanvasPublisher {
  readonly state = 'enabled';
  private readonly finder: SlackCanvasFinder;
  private canRead = true;

  constructor(
    private readonly slack: SlackClient,
    private readonly log: SlackLog,
  ) {
    this.finder = new SlackCanvasFinder(slack, log);
  }

  render(canvas: Canvas): string {
    return layOutCanvas(canvas);
  }

  async write(canvasId: string, text: string, rights: SendingRights): Promise<CanvasOutcome> {
    // Exactly one change, and no `section_id`: that replaces everything (contracts/slack.md §5).
    const changes = [{ operation: 'replace', document_content: markdown(text) }];
    const answer = await this.call(EDIT, { canvas_id: canvasId, changes }, rights);
    return answer.ok ? { kind: 'done' } : this.failed(answer.fault, { canvas_id: canvasId });
  }

  async create(canvas: Canvas, mayExistSince: Date | null, rights: SendingRights): Promise<CanvasCreation> {
    const text = this.render(canvas);
    if (mayExistSince !== null) {
      const search = await this.finder.find(canvas, rights.signal);
      if (search.kind === 'failed') return toCanvasFault(search.fault);
      const adoption = search.kind === 'found' ? await this.adopt(search.canvasId, text, rights) : null;
      // Found and deleted in the same breath: then there is none.
      if (adoption !== null && adoption.kind !== 'gone') return adoption;
    }
    const creation = await this.createNew(canvas.channelId, text, rights);
    if (creation.ok) return { kind: 'created', canvasId: creation.canvasId };
    return this.failed(creation.fault, { channel: canvas.channelId });
  }

  async holds(canvasId: string, text: string, signal: AbortSignal): Promise<boolean | null> {
    if (!this.canRead) return null;
    const reading = await this.finder.read(canvasId, signal);
    if (reading.ok) return isSameContent(reading.content, text);
    if (toCanvasFault(reading.fault).kind === 'gone') return false;
    if (CANNOT_READ.has(reading.fault.code ?? '')) this.giveUpReading(reading.fault);
    return null;
  }

  private async adopt(canvasId: string, text: string, rights: SendingRights): Promise<CanvasCreation> {
    const outcome = await this.write(canvasId, text, rights);
    return outcome.kind === 'done' ? { kind: 'created', canvasId } : outcome;
  }

  /** The channel's own canvas, which everybody finds; where people have one already, a tab beside it. */
  private async createNew(channelId: string, text: string, rights: SendingRights): Promise<Creation> {
    const own = await this.callCreate(CREATE_OF_CHANNEL, channelId, text, rights);
    if (own.ok || !OWN_CANVAS_IMPOSSIBLE.has(own.fault.code ?? '')) return own;
    return this.callCreate(CREATE_TAB, channelId, text, rights);
  }

  private async callCreate(
    method: string,
    channelId: string,
    text: string,
    rights: SendingRights,
  ): Promise<Creation> {
    const args = { channel_id: channelId, title: CANVAS_TITLE, document_content: markdown(text) };
    const answer = await this.call(method, args, rights);
    if (!answer.ok) return answer;
    const { canvas_id: canvasId } = answer.data as { readonly canvas_id?: unknown };
    if (typeof canvasId === 'string') return { ok: true, canvasId };
    return { ok: false, fault: unreadable({ method, httpStatus: answer.httpStatus }) };
  }

  /** Its turn may come long after it was asked for: the right to write is asked for in the moment before. */
  private call(
    method: string,
    args: Readonly<Record<string, unknown>>,
    { signal, mayAct }: SendingRights,
  ): Promise<SlackAnswer> {
    return this.slack.call(method, args, signal, 'table', mayAct);
  }

  /** Whoever asked is told the code; what Slack says besides, why it does not take the text, helps only in the log. */
  private failed(fault: SlackFault, target: Readonly<Record<string, string>>): CanvasFault {
    const canvasFault = toCanvasFault(fault);
    const says = fault.outcome.error;
    if (canvasFault.kind !== 'gone' && fault.code !== null && !says.endsWith(fault.code))
      this.log.warn({ ...target, reason: says }, 'Slack says why it does not take a canvas');
    return canvasFault;
  }

  /** Once per process: a missing scope is granted, and a method introduced, rarely and not on its own. */
  private giveUpReading(fault: SlackFault): void {
    this.canRead = false;
    this.log.warn(
      { reason: fault.outcome.error },
      'canvases cannot be read back: until the next start, edits by hand stay until the board changes',
    );
  }
}

function markdown(text: string): { readonly type: 'markdown'; readonly markdown: string } {
  return { type: 'markdown', markdown: text };
}

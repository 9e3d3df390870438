import { ApiEndpoint } from './fake-slack/api-endpoint';
import { CanvasAccess, FakeCanvas } from './fake-slack/canvas/canvas';
import { CanvasControl } from './fake-slack/canvas/canvas-control';
import { CanvasDownload } from './fake-slack/canvas-download';
import { FakeCall } from './fake-slack/call-log';
import { ControlEndpoint } from './fake-slack/control-endpoint';
import { FakeFault } from './fake-slack/faults';
import { FakeSlackServer } from './fake-slack/http-server';
import { FakeChannel, FakeMessage } from './fake-slack/message';
import { PageEndpoint } from './fake-slack/page/page-endpoint';
import { scanMessage } from './fake-slack/scan-markup';
import { Workspace } from './fake-slack/workspace';

export type { FakeCanvas, FakeCanvasEdit } from './fake-slack/canvas/canvas';
export type { FakeCall } from './fake-slack/call-log';
export type { FakeFault } from './fake-slack/faults';
export type { FakeMention, FakeMessage } from './fake-slack/message';

export interface FakeSlackOptions {
  /** Epoch ms; tests pass their fake clock. Default the system's. */
  now?: () => number;
  /** Default `xoxb-fake`. */
  token?: string;
  scopes?: string[];
  /** Default one channel, `C0000000001` "eod"; public, not archived, the bot a member. */
  channels?: (Pick<FakeChannel, 'id' | 'name'> & Partial<FakeChannel>)[];
  /** Default true. */
  enforceRateLimits?: boolean;
  /** Any well-formed public channel id exists as soon as it is named. Default false. */
  autoCreateChannels?: boolean;
  /**
   * A reply to a deleted parent is refused with `thread_not_found` (default), or posted at the top level without a
   * word (`message.thread_ts` is absent from the answer then): both have been reported of Slack.
   */
  repliesToDeletedParent?: 'refuse' | 'unthread';
  /**
   * On a free plan a canvas has to be a channel's tab, one per channel; on a team without canvases every method answers
   * `canvas_disabled_user_team`. Default `paid`.
   */
  canvasPlan?: 'paid' | 'free' | 'disabled';
  /**
   * `canvases.getContent` answers markdown made from the stored document, spelled otherwise than what was sent (default),
   * or exactly what was sent.
   */
  canvasContent?: 'rewritten' | 'verbatim';
  /** Default a free one. */
  port?: number;
  /** Default `127.0.0.1`. */
  host?: string;
}

/** A canvas that is there without Vesper's doing. */
export interface FakeCanvasDraft {
  /** Default the next free one; `F` and at least 8 capitals or digits. */
  id?: string;
  title?: string;
  markdown?: string;
  /** Whose canvas it is. Default `human`. */
  by?: 'vesper' | 'human';
  /** What members of the channel may do, the bot with them. Default `write`. */
  access?: Exclude<CanvasAccess, 'owner'>;
  /** The channel's one canvas instead of one more tab. Default false. */
  isChannelCanvas?: boolean;
}

const CANVAS_ID = /^F[A-Z0-9]{8,}$/;

const DEFAULT_SCOPES = [
  'chat:write',
  'chat:write.public',
  'channels:history',
  'groups:history',
  'channels:read',
  'canvases:write',
  'canvases:read',
  'files:read',
];

/**
 * A Slack that refuses what Slack refuses, over real HTTP: arguments, scopes, channels, Block Kit limits, metadata,
 * rate limits. Where Slack's behaviour is not known, it takes the stricter of two readings; what it does not model it
 * refuses. Messages and calls handed out are snapshots.
 */
export class FakeSlack {
  private readonly workspace: Workspace;
  private readonly api: ApiEndpoint;
  private readonly server: FakeSlackServer;
  private url = '';

  private constructor(options: FakeSlackOptions) {
    const now = options.now ?? Date.now;
    this.workspace = new Workspace({
      now,
      channels: (options.channels ?? [{ id: 'C0000000001', name: 'eod' }]).map((channel) => ({
        isPrivate: false,
        isArchived: false,
        botIsMember: true,
        ...channel,
      })),
      autoCreateChannels: options.autoCreateChannels ?? false,
    });
    this.api = new ApiEndpoint({
      token: options.token ?? 'xoxb-fake',
      now,
      enforceRateLimits: options.enforceRateLimits ?? true,
      context: {
        workspace: this.workspace,
        scopes: new Set(options.scopes ?? DEFAULT_SCOPES),
        pageUrl: () => this.url,
        repliesToDeletedParent: options.repliesToDeletedParent ?? 'refuse',
        canvasPlan: options.canvasPlan ?? 'paid',
        canvasContent: options.canvasContent ?? 'rewritten',
      },
    });
    this.server = new FakeSlackServer({
      api: this.api,
      control: new ControlEndpoint(this.api, new CanvasControl(this.workspace.canvases), () => this.reset()),
      page: new PageEndpoint(this.workspace),
      download: new CanvasDownload(this.workspace, (authorization) =>
        this.api.isAuthorized(authorization, 'files:read'),
      ),
    });
  }

  /** Rejects with `EADDRINUSE` when the port is taken. */
  static async start(options: FakeSlackOptions = {}): Promise<FakeSlack> {
    const fake = new FakeSlack(options);
    const host = options.host ?? '127.0.0.1';
    const port = await fake.server.listen(options.port ?? 0, host);
    fake.url = `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}/`;
    return fake;
  }

  /** For `SLACK_API_URL`: `http://127.0.0.1:PORT/api/`. */
  get apiUrl(): string {
    return `${this.url}api/`;
  }

  /** The page a person looks at. */
  get pageUrl(): string {
    return this.url;
  }

  /** Living messages in order of `ts`, threads included; of one channel or of all. */
  messages(channel?: string): FakeMessage[] {
    return this.allMessages(channel).filter((message) => !message.deleted);
  }

  /** Like `messages`, with the deleted ones. */
  allMessages(channel?: string): FakeMessage[] {
    const channels = channel === undefined ? this.workspace.channels.map(({ id }) => id) : [channel];
    return structuredClone(channels.flatMap((id) => this.workspace.messagesOf(id)));
  }

  /** The living replies below a message, oldest first, without the parent. */
  thread(channel: string, ts: string): FakeMessage[] {
    return structuredClone(this.workspace.livingReplies(channel, ts));
  }

  /** Every request received, oldest first; an unanswered one has `outcome.status: null`. */
  calls(method?: string): FakeCall[] {
    return structuredClone(this.api.calls.list(method));
  }

  /** As if a person had deleted it in the client. */
  deleteMessage(channel: string, ts: string): void {
    this.workspace.remove(channel, ts);
  }

  /** A message by a person, which the bot may neither edit nor delete. */
  postAsHuman(channel: string, text: string, threadTs: string | null = null): FakeMessage {
    const body = { text, blocks: [], attachments: [] };
    const content = { ...body, metadata: null, ...scanMessage(body, true) };
    const message = this.workspace.post(channel, { content, threadTs, isBroadcast: false, author: 'human' });
    return structuredClone(message);
  }

  /** Living canvases in order of creation; those a channel shows, or all. */
  canvases(channel?: string): FakeCanvas[] {
    const { canvases } = this.workspace;
    return channel === undefined
      ? canvases.list().filter(({ deleted }) => !deleted)
      : canvases.shownIn(channel);
  }

  /** The canvas as it is now, or as it was when it was deleted; throws if there never was one. */
  canvas(id: string): FakeCanvas {
    const canvas = this.workspace.canvases.find(id);
    if (!canvas) throw new Error(`no canvas ${id}`);
    return canvas;
  }

  /** As if it had been made in the client: a tab of the channel, or with `null` in no channel. Nothing is refused. */
  createCanvas(channel: string | null, draft: FakeCanvasDraft = {}): FakeCanvas {
    if (draft.id !== undefined && !CANVAS_ID.test(draft.id))
      throw new Error(`no id of a canvas: ${draft.id}`);
    if (channel !== null && !this.workspace.findChannel(channel))
      throw new Error(`no such channel: ${channel}`);
    return this.workspace.canvases.create({
      ...(draft.id === undefined ? {} : { id: draft.id }),
      title: draft.title ?? '',
      markdown: draft.markdown ?? '',
      by: draft.by ?? 'human',
      tab: channel === null ? null : { channel, access: draft.access ?? 'write' },
      isChannelCanvas: draft.isChannelCanvas ?? false,
    });
  }

  /** As if a person had deleted it in the client. */
  deleteCanvas(id: string): void {
    this.workspace.canvases.change(id, { deleted: true });
  }

  /** Changes by the API are refused with `restricted_action` until it is unlocked. */
  lockCanvas(id: string, isLocked = true): void {
    this.workspace.canvases.change(id, { isLocked });
  }

  /** Somebody's hand: the whole content is another one now, and every section id too. */
  editByHand(id: string, markdown: string): FakeCanvas {
    const { title } = this.canvas(id);
    return this.workspace.canvases.edit(id, 'replace', { title, markdown }, 'human');
  }

  fault(fault: FakeFault): void {
    this.api.faults.add(fault);
  }

  clearFaults(): void {
    this.api.faults.clear();
  }

  /** Back to the start: no messages, canvases, calls, faults or used-up limits; the channels of the options. */
  reset(): void {
    this.workspace.reset();
    this.api.faults.clear();
    this.api.calls.clear();
    this.api.limits.reset();
  }

  /** Ends everything at once, unanswered calls included. */
  close(): Promise<void> {
    return this.server.close();
  }
}

import { ApiEndpoint } from './fake-slack/api-endpoint';
import { FakeCall } from './fake-slack/call-log';
import { ControlEndpoint } from './fake-slack/control-endpoint';
import { FakeFault } from './fake-slack/faults';
import { FakeSlackServer } from './fake-slack/http-server';
import { FakeChannel, FakeMessage } from './fake-slack/message';
import { PageEndpoint } from './fake-slack/page/page-endpoint';
import { scanMessage } from './fake-slack/scan-markup';
import { Workspace } from './fake-slack/workspace';

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
  /** Default a free one. */
  port?: number;
  /** Default `127.0.0.1`. */
  host?: string;
}

const DEFAULT_SCOPES = [
  'chat:write',
  'chat:write.public',
  'channels:history',
  'groups:history',
  'channels:read',
  'canvases:write',
  'canvases:read',
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
      },
    });
    this.server = new FakeSlackServer({
      api: this.api,
      control: new ControlEndpoint(this.api, () => this.reset()),
      page: new PageEndpoint(this.workspace),
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

  fault(fault: FakeFault): void {
    this.api.faults.add(fault);
  }

  clearFaults(): void {
    this.api.faults.clear();
  }

  /** Back to the start: no messages, calls, faults or used-up limits; the channels of the options. */
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

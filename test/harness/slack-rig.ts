import { SlackClient, type SlackLog } from '../../src/adapters/slack/slack.client';
import { SlackMessenger } from '../../src/adapters/slack/slack.messenger';
import type { SlackMessage } from '../../src/adapters/slack/slack-message';
import { Secret } from '../../src/platform/config/secret';
import { FakeClock } from '../fakes/fake-clock';
import { FakeSlack, type FakeSlackOptions } from '../fakes/fake-slack';
import { Arguments } from '../fakes/fake-slack/arguments';
import { CONTENT_ARGUMENTS, readContent } from '../fakes/fake-slack/message-content';
import { scanMessage, type MarkupFindings } from '../fakes/fake-slack/scan-markup';
import { until } from './until';

export const CHANNEL = 'C0000000001';
export const OTHER_CHANNEL = 'C0000000002';
export const TOKEN = 'xoxb-fake';

/** Of fake time, more than a quarter of an hour. */
const MOST_STEPS = 100_000;

export interface LogLine {
  readonly level: 'debug' | 'warn' | 'error';
  readonly fields: Record<string, unknown>;
  readonly sentence: string;
}

/** A log that keeps what it is told. */
export function recordingLog(): { readonly log: SlackLog; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const write = (level: LogLine['level']) => (fields: unknown, sentence?: string) => {
    lines.push({ level, fields: fields as Record<string, unknown>, sentence: sentence ?? '' });
  };
  return { log: { debug: write('debug'), warn: write('warn'), error: write('error') }, lines };
}

/** The Slack adapter over real HTTP against the strict fake, both on one clock that a test moves. */
export class SlackRig {
  readonly controller = new AbortController();

  private constructor(
    readonly fake: FakeSlack,
    readonly clock: FakeClock,
    readonly client: SlackClient,
    readonly messenger: SlackMessenger,
    readonly logged: LogLine[],
  ) {}

  static async start(
    options: FakeSlackOptions & { timeoutMs?: number; sentToken?: string } = {},
  ): Promise<SlackRig> {
    const { timeoutMs = 10_000, sentToken = TOKEN, ...rest } = options;
    const clock = new FakeClock();
    const channels = [CHANNEL, OTHER_CHANNEL].map((id, index) => ({ id, name: `channel-${index}` }));
    const fake = await FakeSlack.start({ now: () => clock.now().getTime(), channels, ...rest });
    const { log, lines } = recordingLog();
    const settings = { token: new Secret(sentToken), apiUrl: fake.apiUrl, timeoutMs };
    const client = new SlackClient(settings, clock, log);
    return new SlackRig(fake, clock, client, new SlackMessenger(client, log), lines);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get rights(): { readonly signal: AbortSignal } {
    return { signal: this.signal };
  }

  /** Lets time pass, in steps in which requests come and go, until the promise is settled. */
  async finish<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settled = () => {
      isSettled = true;
    };
    void promise.then(settled, settled);
    for (let step = 0; !isSettled; step++) {
      if (step > MOST_STEPS) throw new Error('it has not been settled after a long time');
      for (let turn = 0; turn < 20 && !isSettled; turn++)
        await new Promise((resolve) => setImmediate(resolve));
      if (!isSettled) await this.clock.advance('10ms');
    }
    return promise;
  }

  /** Waits, without moving the clock, until the fake has received so many calls. */
  async received(method: string, count: number): Promise<void> {
    await until(() => this.fake.calls(method).length >= count);
  }

  async close(): Promise<void> {
    this.controller.abort();
    await this.fake.close();
  }
}

/** What Slack would make of a message; the strictest of posting and editing. @throws Refusal when it would not take it */
export function reviewed({ text, blocks }: Pick<SlackMessage, 'text' | 'blocks'>): MarkupFindings {
  const args = { text, ...(blocks.length === 0 ? {} : { blocks: [...blocks] }) };
  const content = readContent(new Arguments(args, CONTENT_ARGUMENTS));
  if (text === '' || text.length > 4_000) throw new Error(`text of ${text.length} characters`);
  return scanMessage({ text, blocks: content.blocks ?? [], attachments: [] }, false);
}

/** The message and all its plainer forms. */
export function formsOf(message: SlackMessage): readonly SlackMessage[] {
  return message.fallback === null ? [message] : [message, ...formsOf(message.fallback)];
}

/** Every text of a message's blocks, in order, as lines. */
export function textsOf(message: SlackMessage): string {
  const found: string[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node !== 'object' || node === null) return;
    for (const [field, value] of Object.entries(node)) {
      if (field === 'text' && typeof value === 'string') found.push(value);
      else visit(value);
    }
  };
  visit(message.blocks);
  return found.join('\n');
}

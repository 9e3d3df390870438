import { LogLevel, WebClient } from '@slack/web-api';
import { FakeSlack } from '../fake-slack';

export const EOD = 'C0000000001';

/** The real SDK set up as Vesper does: nothing retried or waited for behind our back. */
export function clientOf(fake: FakeSlack, token = 'xoxb-fake'): WebClient {
  return new WebClient(token, {
    slackApiUrl: fake.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 2_000,
    allowAbsoluteUrls: false,
    logLevel: LogLevel.ERROR,
    logger: SILENT,
  });
}

const SILENT = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

export interface SlackReply {
  ok: boolean;
  error?: string;
  ts?: string;
  needed?: string;
  provided?: string;
  warning?: string;
  message?: Record<string, unknown>;
  messages?: Record<string, unknown>[];
  errors?: unknown[];
  has_more?: boolean;
  detail?: string;
  canvas_id?: string;
  content?: string;
  sections?: { id: string }[];
  file?: Record<string, unknown>;
  channel?: unknown;
  response_metadata?: { messages?: string[]; next_cursor?: string };
}

/** A canvas's content as every method wants it. */
export function markdown(text: string): { type: 'markdown'; markdown: string } {
  return { type: 'markdown', markdown: text };
}

/** A call as a JSON body, without the SDK. */
export async function callJson(
  fake: FakeSlack,
  method: string,
  args: unknown,
  headers: Record<string, string> = { authorization: 'Bearer xoxb-fake' },
): Promise<SlackReply> {
  const response = await fetch(`${fake.apiUrl}${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: typeof args === 'string' ? args : JSON.stringify(args),
  });
  return (await response.json()) as SlackReply;
}

/** Posts a message and answers its `ts`; throws if the fake refused it. */
export async function post(fake: FakeSlack, args: Record<string, unknown>): Promise<string> {
  const reply = await callJson(fake, 'chat.postMessage', { channel: EOD, ...args });
  if (!reply.ok || !reply.ts) throw new Error(`refused: ${JSON.stringify(reply)}`);
  return reply.ts;
}

/** The SDK's error of a call that must fail: its code, or Slack's where Slack answered. */
export async function errorOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    const { code, data } = error as { code?: string; data?: { error?: string } };
    return data?.error ?? code ?? 'no_code';
  }
  throw new Error('the call was accepted');
}

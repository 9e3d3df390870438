import { type FetchFunction, type Logger, LogLevel, type WebAPICallResult, WebClient } from '@slack/web-api';
import type { Clock } from '../../domain/shared/clock';
import type { Secret } from '../../platform/config/secret';
import type { Log } from '../../platform/logging/log';
import { notSent, toFault, type CallTrace, type SlackFault } from './slack-fault';
import { SlackLane, type Priority } from './slack-lane';

export interface SlackSettings {
  readonly token: Secret;
  /** With or without the slash at its end. */
  readonly apiUrl: string;
  /** For one call; contracts/slack.md §9 recommends 10,000. */
  readonly timeoutMs: number;
}

/** What the adapter has to say beside its outcomes. */
export type SlackLog = Pick<Log, 'debug' | 'warn' | 'error'>;

export type SlackAnswer =
  | { readonly ok: true; readonly data: WebAPICallResult; readonly httpStatus: number | null }
  | { readonly ok: false; readonly fault: SlackFault };

const POST = 'chat.postMessage';
/** About one message a second and channel (contracts/slack.md §2). */
const POST_SPACING_MS = 1_000;
/** What leaves something in Slack each time it is called: only the answer says what, or whether. Writing a canvas over does not. */
const LEAVES_SOMETHING = /^(?:chat\.|canvases\.create$|conversations\.canvases\.create$)/;
/** Such a call that is on its way when the end is asked for may take this much longer. */
const GRACE_MS = 3_000;
/** When Slack throttles without saying for how long. */
const UNTOLD_PAUSE_MS = 1_000;

/**
 * The one way to Slack's Web API. One instance per token and process, because it also keeps to the rate limits: posts wait their
 * turn per channel, and a `Retry-After` holds up only the method, for posts only the channel, that it was said about.
 */
export class SlackClient {
  private readonly lanes = new Map<string, SlackLane>();

  constructor(
    private readonly settings: SlackSettings,
    private readonly clock: Clock,
    private readonly log: SlackLog,
  ) {}

  /**
   * Never rejects for a fault of Slack or the network. Aborted, nothing begins any more; a call that is on its way and {@link LEAVES_SOMETHING} has {@link GRACE_MS} to end.
   * @param mayAct asked in the moment before anything leaves: its turn may have come long after it was asked for
   */
  async call(
    method: string,
    args: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
    priority: Priority = 'alert',
    mayAct: () => boolean = () => true,
  ): Promise<SlackAnswer> {
    const lane = this.laneOf(method, args);
    const turn = await lane.enter(priority, signal);
    if (turn.kind === 'aborted') return { ok: false, fault: notSent('aborted', method, null) };
    if (turn.kind === 'paused') return { ok: false, fault: notSent('rate_limited', method, turn.forMs) };
    try {
      const answer = await this.request(method, args, signal, mayAct);
      if (!answer.ok) this.heed(answer.fault, method, lane);
      return answer;
    } finally {
      turn.leave();
    }
  }

  private laneOf(method: string, args: Readonly<Record<string, unknown>>): SlackLane {
    const isPost = method === POST;
    const name = isPost ? `${method} ${String(args['channel'])}` : method;
    const lane = this.lanes.get(name) ?? new SlackLane(this.clock, isPost ? POST_SPACING_MS : null);
    this.lanes.set(name, lane);
    return lane;
  }

  private async request(
    method: string,
    args: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
    mayAct: () => boolean,
  ): Promise<SlackAnswer> {
    const seen: { httpStatus: number | null; failure: unknown } = { httpStatus: null, failure: null };
    const grace = this.graceAfter(signal, LEAVES_SOMETHING.test(method) ? GRACE_MS : 0);
    let refused = false;
    const fetch: FetchFunction = async (url, init) => {
      const { signal: timeout, ...request } = init ?? {};
      const signals = timeout == null ? [grace.signal] : [grace.signal, timeout];
      try {
        refused = !mayAct();
        if (refused) throw new Error('not sent: the right to send has passed to another instance');
        const response = await globalThis.fetch(url, {
          ...(request as RequestInit),
          signal: AbortSignal.any(signals),
        });
        seen.httpStatus = response.status;
        return response;
      } catch (error) {
        seen.failure = error;
        throw error;
      }
    };
    try {
      const data = await this.webClient(fetch).apiCall(method, { ...args });
      return { ok: true, data, httpStatus: seen.httpStatus };
    } catch (error) {
      if (refused) return { ok: false, fault: notSent('aborted', method, null) };
      const trace: CallTrace = { ...seen, method, isAborted: grace.signal.aborted };
      return { ok: false, fault: toFault(error, trace) };
    } finally {
      grace.end();
    }
  }

  /** A signal that follows the given one after a while, so that what is on its way may still be answered. */
  private graceAfter(signal: AbortSignal, graceMs: number): { signal: AbortSignal; end: () => void } {
    const late = new AbortController();
    const ended = new AbortController();
    const onAbort = () =>
      void (graceMs === 0 ? Promise.resolve() : this.clock.sleep(graceMs, ended.signal)).then(() => {
        if (!ended.signal.aborted) late.abort(signal.reason);
      });
    signal.addEventListener('abort', onAbort, { once: true });
    const end = () => {
      signal.removeEventListener('abort', onAbort);
      ended.abort();
    };
    return { signal: late.signal, end };
  }

  /** The SDK takes neither a signal nor tells an answer's status; a client per call with its own `fetch` (0.2 ms) does both. */
  private webClient(fetch: FetchFunction): WebClient {
    return new WebClient(this.settings.token.reveal(), {
      slackApiUrl: this.settings.apiUrl,
      timeout: this.settings.timeoutMs,
      // Repeating is the queue's business: the SDK would post again after an unknown outcome, and sleep through its limits.
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      allowAbsoluteUrls: false,
      logger: quietLogger(this.log),
      fetch,
    });
  }

  private heed({ outcome }: SlackFault, method: string, lane: SlackLane): void {
    if (outcome.kind === 'retry' && outcome.reason === 'rate_limited') {
      lane.pause(outcome.afterMs ?? UNTOLD_PAUSE_MS);
    }
    if (outcome.kind === 'refused' && outcome.reason === 'unauthorized') {
      this.log.error({ method, reason: outcome.error }, 'Slack refuses the bot token, or it lacks a scope');
    }
  }
}

/** The SDK's warnings are said again by outcomes, and at debug level it prints whole messages: only the former pass, quietly. */
function quietLogger(log: SlackLog): Logger {
  const pass = (...said: unknown[]) =>
    log.debug({ said: said.map((part) => String(part)).join(' ') }, 'the Slack SDK warns');
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: pass,
    error: pass,
    setLevel: () => undefined,
    getLevel: () => LogLevel.WARN,
    setName: () => undefined,
  };
}

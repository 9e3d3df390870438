import type { EpmAnswer } from '../../domain/board/epm-gateway';
import type { Clock } from '../../domain/shared/clock';
import type { EpmServerConfig } from '../../platform/config/config';
import type { Authorization, EpmAuth, Granted } from './epm-auth';
import { EpmClient } from './epm.client';
import { isPassing, objectOf, toAnswer, verdictOf } from './epm-reply';
import { toShown } from './epm-text';
import { FAMILIES } from './families/families';
import type { EpmFamilyAdapter, JobReport, JsonObject } from './families/family';
import type { HttpReply } from './http-exchange';

/** What is remembered while a job is asked about. */
interface Inquiry {
  /** What was sent on the way must not come back in a text. */
  readonly secrets: Set<string>;
  wasSent: boolean;
}

/** What came of one question: what the pod answered, or why it was not asked. */
type Asked =
  { readonly kind: 'asked'; readonly reply: HttpReply } | Extract<EpmAnswer, { readonly error: string }>;

/** Reads are idempotent (contracts of Oracle EPM, "HTTP behaviour"). */
const ATTEMPTS = 3;
const FIRST_WAIT_MS = 1_000;
/** A server that refuses a fresh token too refuses the next one: tokens are not renewed for its sake for a while. */
const NO_RENEWAL_MS = 5 * 60_000;

/** One server of the configuration, as it is asked about jobs. */
export class EpmServer {
  private readonly client: EpmClient;
  private readonly family: EpmFamilyAdapter;
  private renewalsFromMs = 0;

  constructor(
    private readonly config: EpmServerConfig,
    private readonly auth: EpmAuth,
    private readonly clock: Clock,
  ) {
    this.client = new EpmClient(config.baseUrl, clock);
    this.family = FAMILIES[config.family];
  }

  knowsJobIds(jobId: string): boolean {
    return this.family.knowsId(jobId);
  }

  async readJob(jobId: string, signal: AbortSignal): Promise<EpmAnswer> {
    if (!this.knowsJobIds(jobId))
      return { kind: 'not_found', text: `no id of the family ${this.config.family}` };
    const { family, config } = this;
    const inquiry: Inquiry = { secrets: new Set(), wasSent: false };
    const asked = await this.ask(family.path(config, jobId), inquiry, signal);
    const read = (body: JsonObject): JobReport => family.read(body, jobId);
    const answer = asked.kind === 'asked' ? toAnswer(asked.reply, read) : asked;
    const ended = answer.kind === 'state' && answer.state === 'succeeded' && family.result !== undefined;
    return toShownAnswer(ended ? await this.confirm(answer, jobId, inquiry, signal) : answer, inquiry);
  }

  /** A result that cannot be had now is asked for again with the next question; one that says nothing leaves the status its word. */
  private async confirm(
    ended: JobReport,
    jobId: string,
    inquiry: Inquiry,
    signal: AbortSignal,
  ): Promise<EpmAnswer> {
    const { result } = this.family;
    if (result === undefined) return ended;
    const asked = await this.ask(result.path(this.config, jobId), inquiry, signal);
    if (asked.kind !== 'asked') return asked;
    const body = asked.reply.kind === 'json' && asked.reply.status === 200 ? objectOf(asked.reply) : null;
    if (body !== null) return result.read(body, ended);
    const answer = toAnswer(asked.reply, () => ended);
    return answer.kind === 'unreachable' ? answer : ended;
  }

  /** Tries again what may well be answered in a moment, after waits that grow. */
  private async ask(path: string, inquiry: Inquiry, signal: AbortSignal): Promise<Asked> {
    for (let attempt = 1; ; attempt++) {
      const asked = await this.askOnce(path, inquiry, signal);
      const isLast = attempt === ATTEMPTS || signal.aborted;
      if (isLast || asked.kind !== 'asked' || !isPassing(asked.reply)) return asked;
      await this.clock.sleep(FIRST_WAIT_MS * 3 ** (attempt - 1) * (0.5 + Math.random()), signal);
    }
  }

  /** A refused token is replaced once. */
  private async askOnce(path: string, inquiry: Inquiry, signal: AbortSignal): Promise<Asked> {
    const first = await this.auth.authorize(signal);
    if (first.kind !== 'granted') return toRefusal(first);
    const reply = await this.send(path, first, inquiry, signal);
    if (!isUnauthorized(reply) || this.clock.monotonicMs() < this.renewalsFromMs)
      return { kind: 'asked', reply };
    const second = await this.auth.reauthorize(first, signal);
    if (second.kind !== 'granted') return toRefusal(second);
    const again = await this.send(path, second, inquiry, signal);
    if (isUnauthorized(again)) this.renewalsFromMs = this.clock.monotonicMs() + NO_RENEWAL_MS;
    return { kind: 'asked', reply: again };
  }

  private async send(
    path: string,
    granted: Granted,
    inquiry: Inquiry,
    signal: AbortSignal,
  ): Promise<HttpReply> {
    inquiry.wasSent = true;
    for (const secret of granted.secrets) inquiry.secrets.add(secret);
    const reply = await this.client.get(path, granted.header, signal);
    granted.learn?.(verdictOf(reply));
    return reply;
  }
}

function toRefusal(refusal: Exclude<Authorization, Granted>): Asked {
  return { kind: refusal.kind === 'refused' ? 'unauthorized' : 'unreachable', error: refusal.error };
}

function isUnauthorized(reply: HttpReply): boolean {
  return reply.kind !== 'none' && reply.status === 401;
}

const LONGEST_CODE = 40;

function toShownAnswer(answer: EpmAnswer, { secrets, wasSent }: Inquiry): EpmAnswer {
  switch (answer.kind) {
    case 'state': {
      const code = (toShown(answer.code, secrets) ?? 'none').slice(0, LONGEST_CODE).toWellFormed();
      return { ...answer, code, text: toShown(answer.text, secrets) };
    }
    case 'not_found':
      return { ...answer, text: toShown(answer.text, secrets) };
    case 'unreachable':
    case 'unauthorized': {
      const error = toShown(answer.error, secrets) ?? 'no reason given';
      return { ...answer, error, ...(wasSent ? {} : { asked: false }) };
    }
  }
}

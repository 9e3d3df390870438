import {
  SQSClient,
  type $Command,
  type ServiceInputTypes,
  type ServiceOutputTypes,
  type SQSClientResolvedConfig,
} from '@aws-sdk/client-sqs';
import type { QueueConfig } from '../../platform/config/config';
import { reasonOf, toQueueError } from './sqs.errors';

export type Command<I extends ServiceInputTypes, O extends ServiceOutputTypes> = $Command<
  I,
  O,
  SQSClientResolvedConfig
>;

/** The end of one call with its retries: somebody's request waits for it. Real time, not the Clock's: it guards sockets. */
const CALL_DEADLINE_MS = 3_000;
const CONNECT_MS = 1_000;
const ANSWER_MS = 2_000;
const CALL_ATTEMPTS = 3;
/** What SQS itself allows a call to wait for messages. */
export const LONG_POLL_SECONDS = 20;
/** How long a poll that waits for messages may still bring some after it was told to end: what came on the way would otherwise be handed out again only when its time is up. */
const POLL_GRACE_MS = 1_000;

/** Every call to SQS goes through here: bounded in time, its errors made ours. */
export class SqsConnection {
  /** Told after each call: `null` when it went well, else the fault in a word. */
  onOutcome: (fault: string | null) => void = () => undefined;
  readonly url: string;
  private readonly calls: SQSClient;
  /** Of their own: a poll waits longer for its answer, and what repeats it is the consumer. */
  private readonly polls: SQSClient;

  constructor(private readonly config: QueueConfig) {
    this.url = config.url;
    this.calls = this.createClient(ANSWER_MS, CALL_ATTEMPTS);
    this.polls = this.createClient(LONG_POLL_SECONDS * 1_000 + ANSWER_MS, 1);
  }

  /** @throws QueueUnavailable | QueueRequestRefused with what the SDK threw as cause */
  call<I extends ServiceInputTypes, O extends ServiceOutputTypes>(command: Command<I, O>): Promise<O> {
    return this.tried(() => this.inTime(command));
  }

  /**
   * A call on which no update depends: its outcome says nothing of whether the queue does what it is there for.
   * @throws QueueUnavailable | QueueRequestRefused
   */
  async look<I extends ServiceInputTypes, O extends ServiceOutputTypes>(command: Command<I, O>): Promise<O> {
    try {
      return await this.inTime(command);
    } catch (error) {
      throw toQueueError(error);
    }
  }

  /** @returns `null` when it was told to end first @throws QueueUnavailable */
  async poll<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
    command: Command<I, O>,
    signal: AbortSignal,
  ): Promise<O | null> {
    if (signal.aborted) return null;
    const given = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const onStop = () => (timer = setTimeout(() => given.abort(), POLL_GRACE_MS));
    signal.addEventListener('abort', onStop, { once: true });
    try {
      return await this.tried(() => this.polls.send(command, { abortSignal: given.signal }));
    } catch (error) {
      if (given.signal.aborted) return null;
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onStop);
    }
  }

  close(): void {
    this.calls.destroy();
    this.polls.destroy();
  }

  private async inTime<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
    command: Command<I, O>,
  ): Promise<O> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), CALL_DEADLINE_MS);
    try {
      return await this.calls.send(command, { abortSignal: deadline.signal });
    } finally {
      clearTimeout(timer);
    }
  }

  private async tried<O>(send: () => Promise<O>): Promise<O> {
    try {
      const output = await send();
      this.onOutcome(null);
      return output;
    } catch (error) {
      this.onOutcome(reasonOf(error));
      throw toQueueError(error);
    }
  }

  private createClient(answerMs: number, attempts: number): SQSClient {
    const { endpoint, region } = this.config;
    return new SQSClient({
      // Named even for AWS itself: else the SDK warns on the console about each queue URL that is not where it would look.
      endpoint,
      ...(region !== null && { region }),
      maxAttempts: attempts,
      requestHandler: {
        connectionTimeout: CONNECT_MS,
        requestTimeout: answerMs,
        throwOnRequestTimeout: true,
        httpAgent: { keepAlive: true },
        httpsAgent: { keepAlive: true },
      },
    });
  }
}

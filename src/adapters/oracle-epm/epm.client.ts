import type { Clock } from '../../domain/shared/clock';
import { exchange, type HttpReply } from './http-exchange';
import { Slots } from './slots';

/** Spec 20, "EPM polling". */
const TIMEOUT_MS = 30_000;
/** Oracle publishes no limit; more than this is not polite (contracts of Oracle EPM, "HTTP behaviour"). */
const MOST_AT_ONCE = 5;

/** Reads from one pod. It knows nothing of jobs, and the header goes to the pod and nowhere else. */
export class EpmClient {
  private readonly slots = new Slots(MOST_AT_ONCE);

  /** @param baseUrl without a slash at its end */
  constructor(
    private readonly baseUrl: string,
    private readonly clock: Clock,
  ) {}

  /** Never rejects. The time begins when it is this request's turn. */
  async get(path: string, authorization: string, signal: AbortSignal): Promise<HttpReply> {
    const leave = await this.slots.take(signal);
    if (leave === null) return { kind: 'none', why: 'aborted', error: 'given up before it was asked' };
    try {
      const headers = { authorization, accept: 'application/json' };
      const url = `${this.baseUrl}${path}`;
      return await exchange({ method: 'GET', url, headers, timeoutMs: TIMEOUT_MS }, this.clock, signal);
    } finally {
      leave();
    }
  }
}

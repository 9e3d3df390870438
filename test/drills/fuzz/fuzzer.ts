import fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiContract } from '../../harness/api-contract';
import { fuzzedRequests, type FuzzedRequest } from '../../harness/fuzzed-requests';
import { RawClient, type RawAnswer } from '../../harness/raw-client';
import { seededRandom } from '../../tools/replay/seeded-random';
import { isSendable, JudgingConnection } from './judging-connection';
import { FUZZ_KEYS } from './keys';
import { rawRequest, type RawRequest } from './raw-requests';
import { unnamed } from './named-fields';

const BATCH = 400;
const SYNC_EVERY = 100;
/** Whoever sends only a part gets no answer before the server's patience ends, and is not waited for. */
const ANSWER_WITHIN_MS = 3_000;
const RAW_CONNECTIONS = 8;
/** Told of each kind of fault. */
const EXAMPLES = 40;

/** Sends made-up requests over several connections at once, and keeps what was wrong with the answers. */
export class Fuzzer {
  readonly statuses = new Map<string, number>();
  readonly serverFaults: string[] = [];
  readonly undocumented: string[] = [];
  readonly unnamed: string[] = [];
  readonly unanswered: string[] = [];
  sent = 0;
  raw = 0;
  /** Answers that pass on what Slack did to a canvas. */
  ofSlack = 0;
  private batches = 0;
  private syncs = 0;

  constructor(
    private readonly url: string,
    private readonly contract: ApiContract,
    private readonly seed: number,
  ) {}

  /** @param requests made from the document. @param raw made of bytes */
  async send(requests: number, raw: number, connections: number): Promise<void> {
    const rawUntil = this.raw + raw;
    const until = this.sent + requests;
    await Promise.all([
      ...Array.from({ length: connections }, () => this.sendDocumented(until)),
      ...Array.from({ length: RAW_CONNECTIONS }, (_, n) =>
        this.sendRaw(rawUntil, `raw ${this.batches} ${n}`),
      ),
    ]);
  }

  private async sendDocumented(until: number): Promise<void> {
    const connection = new JudgingConnection(this.url, this.contract);
    const { admin, ...others } = FUZZ_KEYS;
    const { contract } = this;
    const requests = fuzzedRequests({
      document: contract.document,
      operations: () => contract.operations(),
      keys: [admin, ...Object.values(others)],
    });
    try {
      while (this.sent < until) {
        const batch = fc.sample(requests, { seed: this.seed + this.batches++, numRuns: BATCH });
        for (const one of batch.filter((made) => isSendable(made) && this.isTurnOf(made))) {
          if (this.sent >= until) return;
          this.sent += 1;
          await this.sendOne(connection, one);
        }
      }
    } finally {
      connection.close();
    }
  }

  private async sendOne(connection: JudgingConnection, one: FuzzedRequest): Promise<void> {
    const name = `${one.method} ${one.path.slice(0, 80)}`;
    try {
      const { statusCode, body, faults } = await connection.call(one);
      this.count(String(statusCode));
      const told = `${name}: ${statusCode} ${body.slice(0, 200)}`;
      if (isOfSlack(statusCode, body)) this.ofSlack += 1;
      else if (statusCode >= 500) keep(this.serverFaults, told);
      // Found out before there is a request that the document could speak of.
      else if (statusCode === 431) keep(this.undocumented, ...(isEnvelope(body) ? [] : [told]));
      else if (faults.length > 0) keep(this.undocumented, `${told} (${faults.join('; ')})`);
      if (statusCode === 400 && one.method !== 'HEAD')
        keep(this.unnamed, ...unnamed(this.contract, one, body));
    } catch (error) {
      this.count('none');
      keep(this.unanswered, `${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private async sendRaw(until: number, purpose: string): Promise<void> {
    const random = seededRandom(this.seed, purpose);
    while (this.raw < until) {
      this.raw += 1;
      const made = rawRequest(random);
      try {
        this.judgeRaw(made, await exchange(this.url, made));
      } catch (error) {
        keep(this.unanswered, `${made.what}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  private judgeRaw({ what, parts }: RawRequest, answer: RawAnswer | null): void {
    this.count(answer === null ? 'none (raw)' : `${answer.status} (raw)`);
    if (answer === null) return;
    const { status, body } = answer;
    const told = `${what} ${JSON.stringify(String(parts[0]).slice(0, 80))}: ${status} ${body.slice(0, 200)}`;
    if (status >= 500) keep(this.serverFaults, told);
    else if (status >= 400 && body !== '' && !isEnvelope(body)) keep(this.undocumented, told);
  }

  /** Each sync is worth several calls to Slack, which takes fifty a minute: as many as the others would only wait. */
  private isTurnOf({ method, path }: FuzzedRequest): boolean {
    if (method !== 'POST' || !path.startsWith('/canvas/sync')) return true;
    return this.syncs++ % SYNC_EVERY === 0;
  }

  private count(what: string): void {
    this.statuses.set(what, (this.statuses.get(what) ?? 0) + 1);
  }
}

/** @returns `null` also when the connection ends, or stays open, without an answer: half of a request has none. @throws Error when there is no connection */
async function exchange(url: string, { parts, pauseMs, atEnd }: RawRequest): Promise<RawAnswer | null> {
  const client = await RawClient.open(url);
  const over = new AbortController();
  const late = sleep(ANSWER_WITHIN_MS, null, { signal: over.signal }).catch(() => null);
  try {
    for (const part of parts) {
      client.send(part);
      if (pauseMs > 0) await sleep(pauseMs);
    }
    return atEnd === 'hang up' ? null : await Promise.race([client.next(), late]);
  } finally {
    over.abort();
    client.drop();
  }
}

/** Spec 20: a canvas that Slack did not take is answered with 502 and Slack's reason. */
function isOfSlack(status: number, body: string): boolean {
  return status === 502 && body.includes('"SLACK_ERROR"');
}

/** One of the two shapes of an error. */
function isEnvelope(body: string): boolean {
  try {
    const said = JSON.parse(body) as {
      code?: unknown;
      message?: unknown;
      success?: unknown;
      error?: { code?: unknown };
    };
    const isGeneral = typeof said.code === 'string' && said.message !== undefined;
    return isGeneral || (said.success === false && typeof said.error?.code === 'string');
  } catch {
    return false;
  }
}

function keep(list: string[], ...faults: readonly string[]): void {
  if (list.length < EXAMPLES) list.push(...faults);
}

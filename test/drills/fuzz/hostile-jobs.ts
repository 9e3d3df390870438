import fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostileText } from '../../builders/hostile-text';
import type { ApiClient } from '../frame/api-client';

/** The one mention that is wanted: the person whom a job names. */
export const ALERTED = 'U0WANTED01';
const PAUSE_MS = 700;
const MARKUP = [
  '<!channel>',
  '<!here>',
  '<@U0000000001>',
  '<https://evil.test|ok>',
  '&lt;!channel&gt;',
  '```<!everyone>```',
];

/** Reports that are as good as any, but for what they say: a job fails a second or so, and a cell changes, in the words of the worst of senders. */
export class HostileJobs {
  taken = 0;
  refused = 0;
  readonly serverFaults: string[] = [];
  private jobs = 0;
  private readonly texts: Iterator<string>;

  constructor(
    private readonly api: ApiClient,
    seed: number,
    private readonly cells: readonly { readonly app: string; readonly domain: string }[],
  ) {
    this.texts = textsOf(seed);
  }

  /** Until aborted. */
  async report(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.failJob();
      await this.pushCell();
      await sleep(PAUSE_MS);
    }
  }

  private async failJob(): Promise<void> {
    const id = `hostile-${++this.jobs}`;
    const names = { service_name: this.name(), job_name: this.name() };
    const more = { tags: [this.name().slice(0, 20)], alert_user_id: ALERTED };
    const body = { scheduler_id: id, ...names };
    if (!(await this.send('POST', '/schedulers/register', { ...body, ...more }))) return;
    const report = { ...body, timestamp: new Date().toISOString(), run_id: this.text().slice(0, 100) };
    const metadata = { [this.text().slice(0, 40) || 'x']: this.text() };
    await this.send('PUT', `/schedulers/${id}/status`, {
      ...report,
      status: 'failed',
      error_message: `x${this.text()}`,
      metadata,
    });
  }

  private async pushCell(): Promise<void> {
    const cell = this.cells[this.jobs % this.cells.length];
    const status = ['Loading', 'OK', 'Warning', 'Error'][this.jobs % 4];
    const words = {
      job_id: this.text().slice(0, 90),
      message: this.text().slice(0, 190),
      server: this.name().slice(0, 40),
    };
    await this.send('POST', '/status', { ...cell, status, ...words });
  }

  private async send(method: 'POST' | 'PUT', path: string, body: object): Promise<boolean> {
    const reply = await this.api.attempt({ method, path, body });
    if ('status' in reply && reply.status >= 500)
      this.serverFaults.push(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    const isTaken = 'status' in reply && reply.status < 300;
    if (isTaken) this.taken += 1;
    else this.refused += 1;
    return isTaken;
  }

  /** Names may be no control characters, and must say something. */
  private name(): string {
    return `x${this.text()}`
      .replaceAll(/\p{Cc}|\p{Cs}|\p{Cn}/gu, '')
      .trim()
      .slice(0, 90);
  }

  private text(): string {
    return this.texts.next().value as string;
  }
}

function* textsOf(seed: number): Generator<string> {
  const marked = fc.tuple(fc.constantFrom('', ...MARKUP), hostileText).map(([markup, text]) => markup + text);
  for (let batch = 0; ; batch++) yield* fc.sample(marked, { seed: seed + batch, numRuns: 200 });
}

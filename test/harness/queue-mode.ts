import type { LightMyRequestResponse } from 'fastify';
import { FakeClock } from '../fakes/fake-clock';
import { FakeSlack, type FakeMessage } from '../fakes/fake-slack';
import { DEAD_LETTERS, FakeSqs } from '../fakes/fake-sqs';
import { Api, registration, statusUpdate, type CallOptions, type Json } from './api';
import { letTimePass } from './let-time-pass';
import { KEYS, Vesper, type HarnessOptions } from './vesper';

const CHANNEL = 'C0000000001';
/** Short against the 20 s after which a held message is prolonged, with real time enough for that call. */
const STEP_MS = 5_000;
const REAL_TURNS = 4;

/** A Vesper whose status updates are queued, with its clock, a strict SQS and a strict Slack. */
export class QueueMode {
  readonly logged: Json[] = [];

  private constructor(
    readonly clock: FakeClock,
    readonly sqs: FakeSqs,
    readonly slack: FakeSlack,
    private readonly options: HarnessOptions,
  ) {}

  vesper!: Vesper;
  api!: Api;

  static async begin(options: HarnessOptions = {}): Promise<QueueMode> {
    const clock = new FakeClock('2026-03-02T17:30:00.000Z');
    const sqs = await FakeSqs.start({ clock });
    const slack = await FakeSlack.start({ now: () => clock.now().getTime() });
    const mode = new QueueMode(clock, sqs, slack, { ...options, clock, slack });
    mode.vesper = await mode.start();
    mode.api = await Api.of(mode.vesper);
    return mode;
  }

  /** Another instance on the same storage, queue and time. */
  start(environment: Readonly<Record<string, string>> = {}): Promise<Vesper> {
    return Vesper.start({
      ...this.options,
      ...(this.vesper !== undefined && { on: this.vesper.storage }),
      environment: { ...this.sqs.environment, ...environment },
      logTo: (line) => void this.logged.push(JSON.parse(line) as Json),
    });
  }

  /** Ends the instance and puts another in its place. */
  async restart(): Promise<void> {
    await letTimePass(this.clock, this.vesper.stop());
    this.vesper = await this.start();
    this.api = await Api.of(this.vesper);
  }

  async register(...ids: readonly string[]): Promise<void> {
    for (const id of ids) await this.api.call('POST', '/schedulers/register', registration(id));
  }

  /** The event time is now unless said otherwise. */
  report(
    id: string,
    status: string,
    more: object = {},
    call: CallOptions = {},
  ): Promise<LightMyRequestResponse> {
    const body = statusUpdate(id, status, this.clock.now().toISOString(), more);
    return this.api.call('PUT', `/schedulers/${id}/status`, body, call);
  }

  /** Works through the queue and tells what follows. */
  async consume(vesper = this.vesper): Promise<void> {
    await letTimePass(this.clock, vesper.run('status-queue', 'dispatch'));
  }

  /** Lets time pass while background work goes on as it likes. */
  async pass(minutes: number): Promise<void> {
    for (let passed = 0; passed < minutes * 60_000; passed += STEP_MS) {
      await this.clock.advance(STEP_MS);
      for (let turn = 0; turn < REAL_TURNS; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  async get(id: string): Promise<Json> {
    return (await this.api.call('GET', `/schedulers/${id}`)).json<Json>();
  }

  /** Newest first. */
  async history(id: string): Promise<Json[]> {
    return (await this.api.call('GET', `/schedulers/${id}/history?limit=1000`)).json<Json[]>();
  }

  async health(): Promise<{ status: string; checks: Readonly<Record<string, string>> }> {
    return (await this.api.call('GET', '/health', undefined, { key: null })).json();
  }

  async metric(sample: string): Promise<number> {
    const { body } = await this.api.call('GET', '/metrics', undefined, { key: KEYS.admin });
    const line = body.split('\n').find((text) => text.startsWith(`${sample} `));
    return Number(line?.slice(sample.length) ?? 0);
  }

  /** Messages in the channel itself. */
  posts(): FakeMessage[] {
    return this.slack.messages(CHANNEL).filter(({ threadTs, ts }) => threadTs === null || threadTs === ts);
  }

  deadLetters(): { readonly body: string; readonly reason: string | undefined }[] {
    return this.sqs
      .messages(DEAD_LETTERS)
      .map(({ body, attributes }) => ({ body, reason: attributes['reason']?.StringValue }));
  }

  logOf(sentence: string): Json[] {
    return this.logged.filter(({ msg }) => msg === sentence);
  }

  async end(): Promise<void> {
    await letTimePass(this.clock, this.vesper.dispose());
    await this.slack.close();
    await this.sqs.close();
  }
}

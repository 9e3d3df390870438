import type { LightMyRequestResponse } from 'fastify';
import { FakeClock } from '../fakes/fake-clock';
import { FakeSlack, type FakeMessage, type FakeSlackOptions } from '../fakes/fake-slack';
import { letTimePass } from './let-time-pass';
import { Vesper, type HarnessOptions } from './vesper';

export const CHANNEL = 'C0000000001';

/** A Vesper with its clock and a strict Slack, and the words in which a night is told. */
export class MonitoredNight {
  private constructor(
    readonly clock: FakeClock,
    readonly slack: FakeSlack,
    public vesper: Vesper,
    private readonly options: HarnessOptions,
  ) {}

  static async begin(
    at: string,
    options: HarnessOptions = {},
    slackOptions: FakeSlackOptions = {},
  ): Promise<MonitoredNight> {
    const clock = new FakeClock(at);
    const slack = await FakeSlack.start({ now: () => clock.now().getTime(), ...slackOptions });
    const all = { ...options, clock, slack };
    return new MonitoredNight(clock, slack, await Vesper.start(all), all);
  }

  /** Another instance on the same storage and the same time. */
  anotherInstance(): Promise<Vesper> {
    return Vesper.start({ ...this.options, on: this.vesper.storage });
  }

  /** Stops Vesper and starts it again on the same storage. */
  async restart(): Promise<void> {
    await letTimePass(this.clock, this.vesper.stop());
    this.vesper = await this.anotherInstance();
  }

  register(id: string, more: object = {}): Promise<LightMyRequestResponse> {
    return this.vesper.request('POST', '/schedulers/register', {
      scheduler_id: id,
      service_name: 'Ledger',
      job_name: id,
      ...more,
    });
  }

  report(id: string, status: string, more: object = {}): Promise<LightMyRequestResponse> {
    return this.vesper.request('PUT', `/schedulers/${id}/status`, {
      ...{
        scheduler_id: id,
        service_name: 'Ledger',
        job_name: id,
        status,
        timestamp: this.clock.now().toISOString(),
      },
      ...(status === 'failed' ? { error_message: 'disk full' } : {}),
      ...more,
    });
  }

  heartbeat(id: string): Promise<LightMyRequestResponse> {
    return this.vesper.request('POST', `/schedulers/${id}/heartbeat`);
  }

  /** Gives background jobs their turn, letting as much time pass as their pacing asks for. */
  async run(...tasks: Parameters<Vesper['run']>): Promise<void> {
    await letTimePass(this.clock, this.vesper.run(...tasks));
  }

  /** Lets time pass with the jobs having their turns all along. */
  async pass(duration: string, step: string, ...tasks: Parameters<Vesper['run']>): Promise<void> {
    const until = this.clock.now().getTime() + toMinutes(duration) * 60_000;
    while (this.clock.now().getTime() < until) {
      await this.clock.advance(step);
      await this.run(...tasks);
    }
  }

  /** Messages in the channel itself, oldest first. */
  posts(): FakeMessage[] {
    return this.slack
      .messages(CHANNEL)
      .filter((message) => message.threadTs === null || message.threadTs === message.ts);
  }

  replies(to: FakeMessage | undefined): FakeMessage[] {
    return this.slack.thread(CHANNEL, to?.ts ?? '');
  }

  async end(): Promise<void> {
    await letTimePass(this.clock, this.vesper.dispose());
    await this.slack.close();
  }
}

function toMinutes(duration: string): number {
  const match = /^(\d+)(m|h)$/.exec(duration);
  if (match === null) throw new Error(`not minutes or hours: ${duration}`);
  return Number(match[1]) * (match[2] === 'h' ? 60 : 1);
}

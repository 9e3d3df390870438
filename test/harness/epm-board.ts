import type { LightMyRequestResponse } from 'fastify';
import type { Alert, AlertStatus } from '../../src/domain/alerts/alert';
import { FakeClock } from '../fakes/fake-clock';
import { FakeSlack, type FakeMessage } from '../fakes/fake-slack';
import type { Json } from './api';
import { letTimePass } from './let-time-pass';
import { until } from './until';
import { KEYS, Vesper, type HarnessOptions } from './vesper';

/** Slack's channel of the environment: what has no channel of its own is told here. */
export const DEFAULT_CHANNEL = 'C0000000001';
export const MAIN_CHANNEL = 'C0000000002';
export const ARCS_CHANNEL = 'C0000000003';

export const CHANNELS = { [MAIN_CHANNEL]: { name: 'epm-main' }, [ARCS_CHANNEL]: { name: 'arcs-support' } };

/** Apps with several domains, with one, with a default, in two channels and in none. */
export const APPS = {
  Planning: { domains: ['Actual', 'Budget', 'Forecast'], channels: [MAIN_CHANNEL] },
  FCCS: { display_name: 'Consolidation & Close', domains: ['Consolidation'], channels: [MAIN_CHANNEL] },
  ARCS: { domains: ['Reconciliation', 'default'], channels: [MAIN_CHANNEL, ARCS_CHANNEL] },
  Tax: { domains: ['Provision'] },
};

/** Looking costs the storage more than what is waited for, if it never pauses. */
const LOOK_AGAIN_MS = 10;

export interface CellJson {
  readonly status: string;
  readonly job_id: string | null;
  readonly message: string | null;
  readonly updated: string | null;
  readonly duration_sec: number | null;
  readonly stale: boolean;
}

export interface RecentJobJson {
  readonly job_id: string;
  readonly apps: readonly string[];
  readonly status: string;
  readonly started: string | null;
  readonly completed: string | null;
}

/** A Vesper with a board, its clock and a strict Slack, and the words in which it is spoken to. */
export class EpmBoard {
  private constructor(
    readonly clock: FakeClock,
    readonly slack: FakeSlack,
    public vesper: Vesper,
    private options: HarnessOptions,
    /** What all its instances have logged. */
    readonly logged: readonly string[],
  ) {}

  static async begin(options: HarnessOptions = {}, clock = new FakeClock()): Promise<EpmBoard> {
    const logged: string[] = [];
    const slack = await FakeSlack.start({
      now: () => clock.now().getTime(),
      channels: [
        { id: DEFAULT_CHANNEL, name: 'ops' },
        { id: MAIN_CHANNEL, name: 'epm-main' },
        { id: ARCS_CHANNEL, name: 'arcs-support' },
      ],
    });
    const all = {
      appsFile: JSON.stringify({ apps: APPS, channels: CHANNELS }),
      logTo: (line: string) => void logged.push(line),
      ...options,
      ...{ clock, slack },
    };
    return new EpmBoard(clock, slack, await Vesper.start(all), all, logged);
  }

  /** Another instance on the same storage and the same time. */
  anotherInstance(change: HarnessOptions = {}): Promise<Vesper> {
    return Vesper.start({ ...this.options, ...change, on: this.vesper.storage });
  }

  /** Stops Vesper and starts it again on the same storage, with another configuration if so wanted. */
  async restart(change: HarnessOptions = {}): Promise<void> {
    await letTimePass(this.clock, this.vesper.stop());
    this.options = { ...this.options, ...change };
    this.vesper = await this.anotherInstance();
  }

  /** Tells one status, by another instance if so wanted. */
  push(cell: string, status: string, more: object = {}, vesper = this.vesper) {
    const [app, domain] = cell.split('.');
    return this.send(vesper, '/status', { app, ...(domain !== undefined && { domain }), status, ...more });
  }

  /** Tells many, each as `Planning.Actual` with its status. */
  pushAll(updates: readonly (readonly [string, string, object?])[], more: object = {}) {
    const elements = updates.map(([cell, status, fields]) => {
      const [app, domain] = cell.split('.');
      return { app, domain, status, ...fields };
    });
    return this.send(this.vesper, '/status/batch', { updates: elements, ...more });
  }

  /** A cell, as `Planning.Actual`. */
  async cell(name: string): Promise<CellJson> {
    const [app = '', domain = ''] = name.split('.');
    const found = (await this.board()).apps[app]?.[domain];
    if (found === undefined) throw new Error(`no cell ${name}`);
    return found;
  }

  /** Statuses of these cells, as `Planning.Actual`. */
  async statuses(...names: readonly string[]): Promise<readonly string[]> {
    const { apps } = await this.board();
    return names.map((name) => {
      const [app = '', domain = ''] = name.split('.');
      return apps[app]?.[domain]?.status ?? 'absent';
    });
  }

  async board() {
    return (await this.read('/status')).json<{
      last_updated: string | null;
      apps: Record<string, Record<string, CellJson>>;
      recent_jobs: RecentJobJson[];
    }>();
  }

  /** Newest first. */
  async audit(app: string, query = ''): Promise<readonly Json[]> {
    return (await this.read(`/status/${app}/audit${query}`)).json<{ entries: Json[] }>().entries;
  }

  /** Alerts as they stand, newest first. */
  async alerts(dedupKey: string | null = null, status: AlertStatus | null = null): Promise<readonly Alert[]> {
    const page = { limit: 500, after: null };
    return (await this.vesper.foundations.store.alerts.list({ status, dedupKey }, page)).items;
  }

  /** Of the app's state in the storage: it moves with every write. */
  async versionOf(app: string): Promise<number> {
    const [state] = await this.vesper.foundations.store.board.findApps([app]);
    return state?.version ?? 0;
  }

  /** Gives background jobs their turn, letting as much time pass as they wait for. */
  async run(...tasks: Parameters<Vesper['run']>): Promise<void> {
    await letTimePass(this.clock, this.vesper.run(...tasks));
  }

  /** Lets time pass in steps, with the jobs having their turns all along. */
  async pass(steps: number, step: string, ...tasks: Parameters<Vesper['run']>): Promise<void> {
    for (let n = 0; n < steps; n++) {
      await this.clock.advance(step);
      await this.run(...tasks);
    }
  }

  /** Waits, without moving the clock, for what goes on by itself. */
  until(what: () => boolean | Promise<boolean>): Promise<void> {
    return until(what, { withinMs: 20_000, everyMs: LOOK_AGAIN_MS });
  }

  /** Messages in the channel itself, oldest first. */
  posts(channel: string): FakeMessage[] {
    return this.slack.messages(channel).filter(({ threadTs, ts }) => threadTs === null || threadTs === ts);
  }

  replies(channel: string, to: FakeMessage | undefined): FakeMessage[] {
    return this.slack.thread(channel, to?.ts ?? '');
  }

  async end(): Promise<void> {
    await letTimePass(this.clock, this.vesper.dispose());
    await this.slack.close();
  }

  private send(vesper: Vesper, path: string, body: object): Promise<LightMyRequestResponse> {
    return vesper.request('POST', path, body, KEYS.board);
  }

  private async read(path: string): Promise<LightMyRequestResponse> {
    const response = await this.vesper.request('GET', path, undefined, KEYS.reader);
    if (response.statusCode !== 200) throw new Error(`${path}: ${response.body}`);
    return response;
  }
}

/** All that a message says. */
export function textOf(message: FakeMessage | undefined): string {
  return `${message?.text} ${JSON.stringify(message?.blocks)}`;
}

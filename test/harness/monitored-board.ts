import { FakeClock, toMs } from '../fakes/fake-clock';
import {
  FakeSlack,
  type FakeCall,
  type FakeCanvas,
  type FakeCanvasEdit,
  type FakeSlackOptions,
} from '../fakes/fake-slack';
import type { Json } from './api';
import { letTimePass } from './let-time-pass';
import { KEYS, Vesper, type HarnessOptions } from './vesper';

/** Channel with a canvas of Planning (Actual, Budget) and FCCS (Consolidation). */
export const MAIN = 'C0000000001';
/** Channel with a canvas of Tax (Provision, default). */
export const SIDE = 'C0000000002';

/** The canvases that {@link MonitoredBoard.begin} finds in Slack, unless the test's file says otherwise. */
export const CANVAS_OF: Readonly<Record<string, string>> = { [MAIN]: 'F0MAIN00001', [SIDE]: 'F0SIDE00001' };

/** Text of config/apps.json. @param canvasIds by channel; one without gets its canvas from Vesper */
export function boardFile(canvasIds: Readonly<Record<string, string>> = CANVAS_OF): string {
  const channel = (id: string, name: string) => ({
    name,
    ...(id in canvasIds && { canvas_id: canvasIds[id] }),
  });
  return JSON.stringify({
    apps: {
      Planning: { domains: ['Actual', 'Budget'], channels: [MAIN] },
      FCCS: { domains: ['Consolidation'], channels: [MAIN] },
      Tax: { domains: ['Provision', 'default'], channels: [SIDE] },
    },
    channels: { [MAIN]: channel(MAIN, 'epm-main'), [SIDE]: channel(SIDE, 'tax') },
  });
}

export interface BoardOptions extends HarnessOptions {
  /** The test lets the workers go on by themselves: nothing else is to wake them. */
  readonly startsWorkers?: boolean;
}

/** A Vesper with its clock, a strict Slack with canvases, and the words in which the life of a board is told. */
export class MonitoredBoard {
  private readonly instances: Vesper[] = [];
  private jobs = 0;

  private constructor(
    readonly clock: FakeClock,
    readonly slack: FakeSlack,
    private readonly options: HarnessOptions,
  ) {}

  static async begin(
    options: BoardOptions = {},
    slackOptions: FakeSlackOptions = {},
  ): Promise<MonitoredBoard> {
    const clock = new FakeClock();
    const channels = [
      { id: MAIN, name: 'epm-main' },
      { id: SIDE, name: 'tax' },
    ];
    const slack = await FakeSlack.start({ now: () => clock.now().getTime(), channels, ...slackOptions });
    const appsFile = options.appsFile ?? boardFile();
    for (const [channel, id] of Object.entries(CANVAS_OF))
      if (appsFile.includes(id)) slack.createCanvas(channel, { id });
    const board = new MonitoredBoard(clock, slack, { clock, slack, ...options, appsFile });
    await board.anotherInstance(options);
    return board;
  }

  /** The instance that was started last. */
  get vesper(): Vesper {
    return this.instances.at(-1) as Vesper;
  }

  /** One more on the same storage, from now on {@link vesper}. What changes there wakes its worker, which has its turns from the test unless that {@link BoardOptions.startsWorkers}. */
  async anotherInstance(options: BoardOptions = {}): Promise<Vesper> {
    const [first] = this.instances;
    const on = first === undefined ? {} : { on: first.storage };
    const vesper = await Vesper.start({ ...this.options, ...on, ...options });
    if (options.startsWorkers) vesper.application.startWorkers();
    else vesper.foundations.canvasBell.onRing(() => vesper.application.canvases.wake());
    this.instances.push(vesper);
    return vesper;
  }

  /** Stops {@link vesper} and starts it again on the same storage. */
  async restart(options: HarnessOptions = {}): Promise<void> {
    const storage = this.vesper.storage;
    await letTimePass(this.clock, this.vesper.stop());
    this.instances.pop();
    await this.anotherInstance({ on: storage, ...options });
  }

  /** A push for `Planning/Actual`, or another cell, by a job of its own; @returns its answer @throws Error unless it was taken */
  async push(cell: string, status: string, more: object = {}, to = this.vesper): Promise<Json> {
    const [app, domain] = cell.split('/');
    const update = { app, domain, status, job_id: `JOB_${++this.jobs}`, ...more };
    const answer = await to.request('POST', '/status', update, KEYS.board);
    if (answer.statusCode !== 200) throw new Error(`not taken: ${answer.statusCode} ${answer.body}`);
    return answer.json<Json>();
  }

  /** The answer to `POST /canvas/sync`; as much time passes as it takes. */
  async sync(channel?: string, to = this.vesper): Promise<{ status: number; body: Json }> {
    const asked = to.request('POST', '/canvas/sync', channel === undefined ? {} : { channel }, KEYS.board);
    const answer = await letTimePass(this.clock, asked);
    return { status: answer.statusCode, body: answer.json<Json>() };
  }

  async preview(channel = MAIN, from = this.vesper): Promise<string> {
    const answer = await from.request('GET', `/canvas/preview?channel=${channel}`, undefined, KEYS.board);
    return String(answer.json<Json>()['markdown']);
  }

  /** Gives the canvases of an instance their turn. No time passes. */
  run(vesper = this.vesper): Promise<void> {
    return vesper.run('canvas-refresh');
  }

  /** Lets the canvases be written that are written at every start, and be that long over. */
  async settle(): Promise<void> {
    await this.run();
    await this.clock.advance('10s');
  }

  /** Lets time pass with the canvases having their turns all along. */
  async pass(duration: string, step = '200ms', ...vespers: readonly Vesper[]): Promise<void> {
    const running = vespers.length === 0 ? [this.vesper] : vespers;
    const until = this.clock.monotonicMs() + toMs(duration);
    while (this.clock.monotonicMs() < until) {
      await this.clock.advance(step);
      await Promise.all(running.map((vesper) => this.run(vesper)));
    }
  }

  canvas(id = CANVAS_OF[MAIN] as string): FakeCanvas {
    return this.slack.canvas(id);
  }

  /** Vesper's own edits of a canvas, oldest first. */
  edits(id?: string): readonly FakeCanvasEdit[] {
    return this.canvas(id).edits.filter(({ by }) => by === 'vesper');
  }

  /** Attempts at editing canvases, failed ones included. */
  attempts(): readonly FakeCall[] {
    return this.slack.calls('canvases.edit');
  }

  async end(): Promise<void> {
    for (const vesper of this.instances.toReversed()) await letTimePass(this.clock, vesper.dispose());
    await this.slack.close();
  }
}

export interface Held {
  /** Resolves when the call has come that is held. */
  readonly reached: Promise<void>;
  readonly release: () => void;
}

type Method = (...args: never[]) => Promise<unknown>;

/** Stops the next call of a method at its end: it is done, but its caller does not go on until it is released. */
export function holdAfter<T extends object>(target: T, name: keyof T): Held {
  return holdNext(target, name, async (call, pass) => {
    const result = await call();
    await pass();
    return result;
  });
}

/** Stops the next call of a method at its begin. */
export function holdBefore<T extends object>(target: T, name: keyof T): Held {
  return holdNext(target, name, async (call, pass) => {
    await pass();
    return call();
  });
}

function holdNext<T extends object>(
  target: T,
  name: keyof T,
  held: (call: () => Promise<unknown>, pass: () => Promise<void>) => Promise<unknown>,
): Held {
  const reached = signal();
  const released = signal();
  const pass = () => {
    reached.give();
    return released.given;
  };
  const method = (target[name] as Method).bind(target);
  const spy = jest.spyOn(target as Record<string, Method>, name as string);
  spy.mockImplementationOnce((...args) => held(() => method(...args), pass));
  return { reached: reached.given, release: released.give };
}

function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  let give!: () => void;
  const given = new Promise<void>((resolve) => (give = resolve));
  return { given, give };
}

/** The next call of a method fails with an error; `done`: it was carried out all the same. */
export function failNext<T extends object>(target: T, name: keyof T, error: Error, done = false): void {
  const method = (target[name] as Method).bind(target);
  jest.spyOn(target as Record<string, Method>, name as string).mockImplementationOnce(async (...args) => {
    if (done) await method(...args);
    throw error;
  });
}

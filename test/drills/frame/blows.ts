import { setTimeout as sleep } from 'node:timers/promises';
import type { VesperProcess } from '../../processes/vesper-process';

/** Longer than the 30 s after which somebody else may take over what an instance was doing. */
const PAUSE_MS = 40_000;
const RESTART_AFTER_MS = 10_000;

/** What an instance is about to send when something happens to it. */
export type Moment = 'table post' | 'table edit' | 'summary';

export interface Blow {
  readonly at: Moment;
  readonly blow: 'kill' | 'pause';
}

/** Waits for each moment, and hits the instance that comes to it first. */
export class Blows {
  readonly dealt: string[] = [];
  /** What came of blows from which an instance did not come back. */
  readonly failures: string[] = [];
  hit: readonly VesperProcess[] = [];
  private readonly waiting: Blow[];
  private underWay = 0;

  constructor(
    blows: readonly Blow[],
    private readonly say: (text: string) => void,
  ) {
    this.waiting = [...blows];
  }

  get isOver(): boolean {
    return this.waiting.length === 0 && this.underWay === 0;
  }

  /** Called before the request goes on its way to Slack, where it arrives all the same. */
  see(instance: number, text: string): void {
    const [next] = this.waiting;
    const vesper = this.hit[instance];
    if (next === undefined || vesper === undefined || momentOf(text) !== next.at) return;
    this.waiting.shift();
    this.dealt.push(`${next.blow} at ${next.at}`);
    this.say(`${next.blow} of instance ${instance + 1} at its ${next.at}`);
    this.underWay += 1;
    void this.deal(next, vesper)
      .catch((error: unknown) => this.failures.push(String(error)))
      .finally(() => (this.underWay -= 1));
  }

  private async deal({ blow }: Blow, vesper: VesperProcess): Promise<void> {
    if (blow === 'pause') {
      vesper.signal('SIGSTOP');
      await sleep(PAUSE_MS);
      vesper.signal('SIGCONT');
      return;
    }
    await vesper.kill();
    await sleep(this.hit.length === 1 ? 0 : RESTART_AFTER_MS);
    await vesper.start();
  }
}

function momentOf(text: string): Moment | null {
  if (!/^POST \/api\/chat\.(postMessage|update) /.test(text)) return null;
  if (/EOD(\+|%20| )summary/.test(text)) return 'summary';
  if (!/EOD(\+|%20| )status/.test(text)) return null;
  return text.startsWith('POST /api/chat.update') ? 'table edit' : 'table post';
}

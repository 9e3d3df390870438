import { join } from 'node:path';
import { OrderProcess } from './order-process';
import type { PlayOrder, PlayResult } from './play';

/** Makes the HTTP load, from its own process. */
export class LoadGenerator {
  private readonly process = new OrderProcess<PlayOrder, PlayResult>(
    join(__dirname, 'load-generator.process.ts'),
  );
  private plays = 0;

  /** @throws Error when any answer was not the expected one: figures of refused requests mean nothing */
  async play(order: Omit<PlayOrder, 'play'>): Promise<PlayResult> {
    this.plays += 1;
    const result = await this.process.send({ ...order, play: this.plays });
    const faults = Object.entries(result.faults);
    if (faults.length > 0) {
      const list = faults.map(([what, times]) => `${times} × ${what}`).join(', ');
      throw new Error(`${order.kind} at port ${order.target.port}: of ${result.requests} answers ${list}`);
    }
    return result;
  }

  stop(): void {
    this.process.stop();
  }
}

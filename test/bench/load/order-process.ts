import { fork, type ChildProcess } from 'node:child_process';
import { keepTrackOf } from '../../processes/child-processes';

interface Answer<R> {
  readonly result?: R;
  readonly error?: string;
}

/** A process of its own that carries out one order at a time, so that making load takes no time from what is measured. */
export class OrderProcess<O extends object, R> {
  private readonly child: ChildProcess;

  /** @param file a TypeScript file that calls {@link carryOutOrders} */
  constructor(file: string) {
    this.child = keepTrackOf(fork(file, [], { execArgv: ['--import', 'tsx'] }));
  }

  get pid(): number | null {
    return this.child.pid ?? null;
  }

  send(order: O): Promise<R> {
    return new Promise((resolve, reject) => {
      const gone = () => reject(new Error('the process that makes the load ended'));
      this.child.once('exit', gone);
      this.child.once('message', ({ result, error }: Answer<R>) => {
        this.child.off('exit', gone);
        if (result === undefined) reject(new Error(error));
        else resolve(result);
      });
      this.child.send(order);
    });
  }

  stop(): void {
    this.child.kill();
  }
}

/** The other side: answers each order of the parent with what `work` makes of it, and ends with the parent. */
export function carryOutOrders<O, R>(work: (order: O) => Promise<R>): void {
  process.on('message', (order: O) => {
    work(order).then(
      (result) => process.send?.({ result }),
      (error: unknown) => process.send?.({ error: String(error) }),
    );
  });
  process.once('disconnect', () => process.exit(0));
}

import type { Clock } from '../../domain/shared/clock';
import { StorageUnavailable } from '../../domain/shared/errors';

/** About as long as one call to the storage may take: when the storage is away, all who wait learn it by the second turn and not one turn after the other. */
const LONGEST_WAIT_MS = 4_000;

/** Lets work of one key wait for the work of the same key before it; work of different keys goes on side by side. */
export class KeyedQueue {
  private readonly tails = new Map<string, Promise<unknown>>();

  constructor(private readonly clock: Clock) {}

  /** @throws StorageUnavailable when the turn of this work comes only after four seconds; nothing of it was begun */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.tails.get(key);
    const since = this.clock.monotonicMs();
    const inTurn = () => {
      if (this.clock.monotonicMs() - since <= LONGEST_WAIT_MS) return work();
      throw new StorageUnavailable('Too many changes of the same thing wait for each other');
    };
    const current = before === undefined ? work() : before.then(inTurn, inTurn);
    this.tails.set(key, current);
    try {
      return await current;
    } finally {
      if (this.tails.get(key) === current) this.tails.delete(key);
    }
  }
}

import { SystemClock } from '../../src/adapters/system/system.clock';
import { toMs } from './fake-clock';

/**
 * The real clock, moved ahead when a test says so. For what talks to an engine with a clock of its own: a frozen clock would let
 * its records expire there, and whoever waits between two attempts would wait for ever.
 */
export class ShiftedClock extends SystemClock {
  private aheadMs = 0;

  override now(): Date {
    return new Date(super.now().getTime() + this.aheadMs);
  }

  /** From now on it is that much later. */
  skip(duration: string): void {
    this.aheadMs += toMs(duration);
  }
}

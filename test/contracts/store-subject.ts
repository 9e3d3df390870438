import type { Store } from '../../src/adapters/persistence/store';
import type { ShiftedClock } from '../fakes/shifted-clock';

/** A store under test. All tests of one contract share it, so each uses ids of its own. */
export interface StoreSubject {
  readonly store: () => Store;
  readonly clock: ShiftedClock;
  readonly retentionDays: number;
  /** Closes the store and opens it again on what it has written. */
  readonly reopen: () => Promise<void>;
  /** How many random sequences are worth their time on it. */
  readonly sequences: number;
}

/** Declares all tests of one part of a store, once for every store. */
export type Contract = (subject: StoreSubject) => void;

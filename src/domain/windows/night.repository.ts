import type { Night } from './night';

export interface NightRepository {
  find(windowName: string, businessDate: string): Promise<Night | null>;
  /** @throws ChangedConcurrently unless the stored version is the given one (none stored for 0) @returns it with its new version */
  record(night: Night): Promise<Night>;
}

export const NightRepository = Symbol('NightRepository');

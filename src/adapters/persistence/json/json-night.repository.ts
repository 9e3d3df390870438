import type { Night } from '../../../domain/windows/night';
import type { NightRepository } from '../../../domain/windows/night.repository';
import type { Journal } from './journal';
import type { JsonState } from './json-state';

export class JsonNightRepository implements NightRepository {
  constructor(
    private readonly state: JsonState,
    private readonly journal: Journal,
  ) {}

  async find(windowName: string, businessDate: string): Promise<Night | null> {
    return this.state.nights.get(keyOf(windowName, businessDate)) ?? null;
  }

  async record(night: Night): Promise<Night> {
    const { nights } = this.state;
    const key = keyOf(night.windowName, night.businessDate);
    if ((nights.head(key)?.version ?? 0) !== night.version) throw await nights.conflictAt(key);
    const next = { ...night, version: night.version + 1 };
    return this.journal.commit([nights.put(key, next)], next);
  }
}

function keyOf(windowName: string, businessDate: string): string {
  return `${businessDate} ${windowName}`;
}

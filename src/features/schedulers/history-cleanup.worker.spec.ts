import { FakeClock } from '../../../test/fakes/fake-clock';
import type { StorageUpkeep } from '../../domain/shared/storage-upkeep';
import { HistoryCleanupWorker } from './history-cleanup.worker';

describe('the cleaning of history', () => {
  let clock: FakeClock;
  let hold: AbortController;
  let asked: { readonly before: Date; readonly signal: AbortSignal }[];
  /** What happens while the storage deletes. */
  let meanwhile: () => void;
  let worker: HistoryCleanupWorker;

  beforeEach(() => {
    clock = new FakeClock('2026-03-02T17:45:00.000Z');
    hold = new AbortController();
    asked = [];
    meanwhile = () => undefined;
    const deleteExpired: StorageUpkeep['deleteExpired'] = (before, signal) => {
      asked.push({ before, signal });
      meanwhile();
      return Promise.resolve(1);
    };
    worker = new HistoryCleanupWorker({ deleteExpired }, 30, clock, 'Asia/Jakarta');
  });

  it('deletes what is older than the retention, once a day', async () => {
    await worker.run(clock.now(), hold);
    expect(asked.map(({ before }) => before)).toEqual([new Date('2026-01-31T17:45:00.000Z')]);
    expect(worker.isDue()).toBe(false);
    await clock.advance('23h');
    expect(worker.isDue()).toBe(false);
    await clock.advance('1h');
    expect(worker.isDue()).toBe(true);
  });

  it('can be ended at any time, and is then due again at the next hour', async () => {
    meanwhile = () => hold.abort();
    await worker.run(clock.now(), hold);
    expect(asked.map(({ signal }) => signal)).toEqual([hold.signal]);
    expect(worker.isDue()).toBe(true);
  });
});

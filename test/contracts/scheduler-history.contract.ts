import type { Store } from '../../src/adapters/persistence/store';
import type { StatusDecision } from '../../src/domain/schedulers/decide-status-update';
import { historySortKey, type HistoryEntry } from '../../src/domain/schedulers/history-entry';
import type { HistoryQuery } from '../../src/domain/schedulers/scheduler.repository';
import type { StatusUpdate } from '../../src/domain/schedulers/status-update';
import { aStatusUpdate } from '../builders/a-status-update';
import { at, days, decide, newId, read, register, remove, report } from './acts';
import { allPages, inByteOrder } from './expectations';
import type { StoreSubject } from './store-subject';

/** What a scheduler has reported. */
export function schedulerHistoryContract({ store }: StoreSubject): void {
  it('is newest first by event time, in whatever order the reports came', async () => {
    const { schedulerId } = await register(store());
    const reported: HistoryEntry[] = [];
    for (const minute of [5, 1, 9, 3, 7]) {
      const update = aStatusUpdate(schedulerId).completed(minute).at(at(minute)).build();
      reported.push((await report(store(), update, at(10))).entry);
    }
    const expected = newestFirst(reported);
    expect(expected.map(({ executionTimeMs }) => executionTimeMs)).toEqual([9, 7, 5, 3, 1]);
    for (const limit of [1, 2, 4, 5, 6])
      expect(await history(store(), { schedulerId }, limit)).toEqual(expected);
  });

  it('keeps all entries of one millisecond, and pages through them', async () => {
    const { schedulerId } = await register(store());
    const reported: HistoryEntry[] = [];
    for (let n = 0; n < 5; n++) {
      const update = aStatusUpdate(schedulerId).completed(n).at(at(0, 123)).build();
      reported.push((await report(store(), update)).entry);
    }
    for (const limit of [1, 2, 5]) {
      expect(await history(store(), { schedulerId }, limit)).toEqual(newestFirst(reported));
    }
  });

  it('takes `from` and `to` as inclusive, to the millisecond', async () => {
    const { schedulerId } = await register(store());
    const reported: HistoryEntry[] = [];
    for (const ms of [0, 1, 2, 3, 4]) {
      reported.push(
        (await report(store(), aStatusUpdate(schedulerId).completed(ms).at(at(0, ms)).build())).entry,
      );
    }
    const between = async (from: number, to: number | null, limit = 100) =>
      (
        await history(store(), { schedulerId, from: at(0, from), to: to === null ? null : at(0, to) }, limit)
      ).map(({ executionTimeMs }) => executionTimeMs);
    expect(await between(1, 3)).toEqual([3, 2, 1]);
    expect(await between(1, 3, 1)).toEqual([3, 2, 1]);
    expect(await between(2, 2)).toEqual([2]);
    expect(await between(3, null)).toEqual([4, 3]);
    expect(await between(5, null)).toEqual([]);
    expect(await between(3, 1)).toEqual([]);
    expect(await between(-10, -1)).toEqual([]);
  });

  it('filters by status before it counts a page', async () => {
    const { schedulerId } = await register(store());
    for (let n = 0; n < 12; n++) {
      const update = aStatusUpdate(schedulerId).at(at(n));
      await report(store(), (n % 4 === 0 ? update.failed(`${n}`) : update.running()).build());
    }
    const failed = await history(store(), { schedulerId, status: 'failed' }, 2);
    expect(failed.map(({ errorMessage }) => errorMessage)).toEqual(['8', '4', '0']);
    expect(await history(store(), { schedulerId, status: 'completed' }, 2)).toEqual([]);
  });

  it('never shows entries before `from`, also not to a cursor of theirs', async () => {
    const { schedulerId } = await register(store());
    const entries: HistoryEntry[] = [];
    for (const n of [0, 1, 2]) {
      entries.push((await report(store(), aStatusUpdate(schedulerId).completed(n).at(at(n)).build())).entry);
    }
    const after = historySortKey(entries[1] as HistoryEntry);
    const query = { schedulerId, from: at(1), to: null, status: null };
    expect(await store().schedulers.listHistory(query, { limit: 5, after })).toEqual({
      items: [],
      next: null,
    });
    const ancient = await report(store(), aStatusUpdate(schedulerId).at(new Date(0)).build(), at(4));
    expect(ancient.applied).toBe(false);
    expect(await history(store(), { schedulerId })).toEqual([...entries].reverse());
  });

  it('neither skips nor repeats entries while newer and older ones arrive', async () => {
    const { schedulerId } = await register(store());
    const there: HistoryEntry[] = [];
    for (const n of [10, 11, 12, 13, 14, 15]) {
      there.push((await report(store(), aStatusUpdate(schedulerId).at(at(n)).build())).entry);
    }
    const seen = await allPages(
      2,
      (page) => store().schedulers.listHistory({ schedulerId, from: at(-60), to: null, status: null }, page),
      async (pagesRead) => {
        if (pagesRead > 2) return;
        await report(
          store(),
          aStatusUpdate(schedulerId)
            .at(at(20 + pagesRead))
            .build(),
        );
        await report(store(), aStatusUpdate(schedulerId).at(at(pagesRead)).build(), at(30));
      },
    );
    const seenIds = seen.map(({ id }) => id);
    expect(new Set(seenIds).size).toBe(seenIds.length);
    expect(seenIds).toEqual(expect.arrayContaining(there.map(({ id }) => id)));
    expect(seen).toEqual(newestFirst(seen));
  });

  it("is empty for an unknown scheduler, stays after a removal and is no other one's", async () => {
    expect(await history(store(), { schedulerId: newId() })).toEqual([]);
    const { schedulerId } = await register(store());
    await register(store(), { schedulerId: `${schedulerId}-2` });
    const own = await report(store(), aStatusUpdate(schedulerId).at(at(0)).build());
    const other = await report(store(), aStatusUpdate(`${schedulerId}-2`).at(at(0)).build());
    await remove(store(), schedulerId);
    expect(await history(store(), { schedulerId })).toEqual([own.entry]);
    expect(await history(store(), { schedulerId: `${schedulerId}-2` })).toEqual([other.entry]);
  });

  it('carries more than a thousand large entries over the days that they span', async () => {
    const { schedulerId } = await register(store());
    const metadata = { text: '夜'.repeat(350) };
    const reported = await reportMany(store(), schedulerId, 1_005, (n) =>
      aStatusUpdate(schedulerId)
        .completed(n)
        .with({ metadata })
        .at(at(-n * 20))
        .build(),
    );
    const expected = newestFirst(reported);
    const from = at(-days(20));
    expect(await history(store(), { schedulerId, from }, 1_000)).toEqual(expected);
    expect(await history(store(), { schedulerId, from }, 73)).toEqual(expected);
    const middle = { schedulerId, from: at(-days(10)), to: at(-days(5)) };
    const inside = expected.filter(({ timestamp }) => timestamp >= middle.from && timestamp <= middle.to);
    expect(await history(store(), middle, 100)).toEqual(inside);
  });
}

/** Reports one after the other, deciding each on the last decision instead of reading again. */
async function reportMany(
  store: Store,
  schedulerId: string,
  count: number,
  updateOf: (n: number) => StatusUpdate,
): Promise<readonly HistoryEntry[]> {
  const { scheduler, slots } = await read(store, schedulerId);
  const decisions: StatusDecision[] = [];
  for (let n = 0; n < count; n++) {
    const current = decisions.at(-1)?.scheduler ?? scheduler;
    const decision = decide({ scheduler: current, slots }, updateOf(n), at(0));
    await store.schedulers.recordStatus(decision);
    decisions.push(decision);
  }
  return decisions.map(({ entry }) => entry);
}

function history(
  store: Store,
  query: Partial<HistoryQuery> & { schedulerId: string },
  limit = 100,
): Promise<readonly HistoryEntry[]> {
  const asked = { from: at(-60), to: null, status: null, ...query };
  return allPages(limit, (page) => store.schedulers.listHistory(asked, page));
}

function newestFirst(entries: readonly HistoryEntry[]): readonly HistoryEntry[] {
  return [...inByteOrder(entries, historySortKey)].reverse();
}

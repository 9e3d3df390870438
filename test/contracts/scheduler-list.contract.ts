import type { Store } from '../../src/adapters/persistence/store';
import { listSortKey, type Scheduler, type SchedulerProfile } from '../../src/domain/schedulers/scheduler';
import type { SchedulerFilter } from '../../src/domain/schedulers/scheduler-filter';
import { aStatusUpdate } from '../builders/a-status-update';
import { at, DEFAULT_TIMEOUT_MINUTES, newId, register, remove, report } from './acts';
import { allPages, collect, eventually, inByteOrder } from './expectations';
import type { StoreSubject } from './store-subject';

/** Lists and scans. Every test looks only at schedulers whose id holds its own token. */
export function schedulerListContract({ store }: StoreSubject): void {
  describe('the list', () => {
    it('comes in the byte order of service, job and id, whatever the characters', async () => {
      const token = newId('order');
      const names = [
        'A',
        'a',
        'B',
        'A 2',
        'A\u007f',
        'é',
        'e\u0301',
        '\u{E000}',
        '\uFF5E',
        '🌙',
        '𝒳',
        '夜',
        '~',
        '😀',
      ];
      const jobs = ['🌙', '\uFFFD', 'nightly', 'Nightly'];
      const profiles = [
        ...names.map((serviceName) => ({ serviceName, jobName: 'same' })),
        ...jobs.map((jobName) => ({ serviceName: 'tie', jobName })),
        ...[1, 2, 3].map(() => ({ serviceName: 'tie', jobName: 'tie' })),
      ];
      const registered = await registerAll(store(), token, profiles);
      const expected = inByteOrder(registered, listSortKey);
      expect(await listed(store(), { q: token })).toEqual(expected);
      for (const limit of [1, 7, expected.length - 1, expected.length, expected.length + 1]) {
        expect(await listed(store(), { q: token }, limit)).toEqual(expected);
      }
    });

    it('keeps schedulers apart whose long names begin alike', async () => {
      const token = newId('long');
      const names = ['夜'.repeat(255), `${'夜'.repeat(254)}昼`, 'x'.repeat(255), `${'x'.repeat(254)}y`];
      const registered = await registerAll(
        store(),
        token,
        names.flatMap((serviceName) => names.map((jobName) => ({ serviceName, jobName }))),
      );
      expect(await listed(store(), { q: token }, 3)).toEqual(inByteOrder(registered, listSortKey));
    });

    it('moves a scheduler whose names change, and leaves no trace of the old place', async () => {
      const token = newId('move');
      const [first, second] = await registerAll(store(), token, [{ serviceName: 'A' }, { serviceName: 'B' }]);
      if (first === undefined || second === undefined) throw new Error('not registered');
      const moved = await register(store(), { schedulerId: first.schedulerId, serviceName: 'C' });
      expect(await listed(store(), { q: token }, 1)).toEqual([second, moved]);
    });

    it('leaves out removed schedulers until they are registered again', async () => {
      const token = newId('removed');
      const [kept, gone] = await registerAll(store(), token, [{}, {}]);
      if (kept === undefined || gone === undefined) throw new Error('not registered');
      await remove(store(), gone.schedulerId);
      expect(await listed(store(), { q: token })).toEqual([kept]);
      await register(store(), { schedulerId: gone.schedulerId });
      expect(await listed(store(), { q: token })).toHaveLength(2);
    });

    it('pages on after a scheduler that has been removed or moved in the meantime', async () => {
      const token = newId('cursor');
      const all = await registerAll(
        store(),
        token,
        Array.from({ length: 6 }, (_, n) => ({ serviceName: `S${n}` })),
      );
      const rest = await allPages(
        2,
        (page) => store().schedulers.list(aFilter({ q: token }), page),
        async (pagesRead) => {
          if (pagesRead === 1) await remove(store(), all[1]?.schedulerId ?? '');
        },
      );
      expect(rest.map(({ serviceName }) => serviceName)).toEqual(['S0', 'S1', 'S2', 'S3', 'S4', 'S5']);
      const after = listSortKey(all[1] as Scheduler);
      const page = await store().schedulers.list(aFilter({ q: token }), { limit: 1, after });
      expect(page.items[0]?.serviceName).toBe('S2');
    });

    it('neither skips nor repeats what was there from the start while others are registered', async () => {
      const token = newId('busy');
      const there = await registerAll(
        store(),
        token,
        Array.from({ length: 9 }, (_, n) => ({ serviceName: `M${n}` })),
      );
      const seen = await allPages(
        2,
        (page) => store().schedulers.list(aFilter({ q: token }), page),
        async (pagesRead) => {
          const around = ['A', 'M', `M${pagesRead}z`, 'Z'].map((serviceName) => ({ serviceName }));
          if (pagesRead < 4) await registerAll(store(), token, around);
        },
      );
      const seenIds = seen.map(({ schedulerId }) => schedulerId);
      expect(new Set(seenIds).size).toBe(seenIds.length);
      expect(seenIds).toEqual(expect.arrayContaining(there.map(({ schedulerId }) => schedulerId)));
    });

    it('is empty when nothing matches', async () => {
      expect(
        await store().schedulers.list(aFilter({ q: newId('none') }), { limit: 10, after: null }),
      ).toEqual({
        items: [],
        next: null,
      });
    });

    it('shows what each filter asks for, alone and together, a page at a time', async () => {
      const token = newId('filter');
      const [quiet, running, failed, elsewhere] = await registerAll(store(), token, [
        { serviceName: 'One', tags: ['night', 'eu'] },
        { serviceName: 'One', jobName: 'Émile 🌙', tags: ['night'] },
        { serviceName: 'Two', tags: ['eu'], heartbeatTimeoutMinutes: 60 },
        { serviceName: 'Two', windows: ['other'] },
      ]);
      if (!quiet || !running || !failed || !elsewhere) throw new Error('not registered');
      await report(store(), aStatusUpdate(running.schedulerId).running().at(at(0)).build());
      await report(store(), aStatusUpdate(failed.schedulerId).failed().at(at(1)).build());
      await report(store(), aStatusUpdate(elsewhere.schedulerId).running().at(at(25)).build());
      const shown = async (filter: Partial<SchedulerFilter>) =>
        (await listed(store(), { q: token, now: at(30), ...filter }, 1)).map(
          ({ schedulerId }) => schedulerId,
        );
      const idsOf = (...some: Scheduler[]) => some.map(({ schedulerId }) => schedulerId);

      expect(await shown({ status: 'failed' })).toEqual(idsOf(failed));
      expect(await shown({ status: 'pending' })).toEqual(idsOf(quiet));
      expect(await shown({ serviceName: 'One' })).toEqual(idsOf(quiet, running));
      expect(await shown({ serviceName: 'on' })).toEqual([]);
      expect(await shown({ tag: 'eu' })).toEqual(idsOf(quiet, failed));
      expect(await shown({ inWindow: ({ windows }) => windows.includes('other') })).toEqual(idsOf(elsewhere));
      expect(await shown({ stale: true })).toEqual(idsOf(running));
      expect(await shown({ stale: false })).toHaveLength(3);
      expect(await shown({ stale: true, now: at(5) })).toEqual([]);
      expect(await shown({ q: 'éMILE 🌙', serviceName: 'One', tag: 'night', status: 'running' })).toEqual(
        idsOf(running),
      );
      expect(await shown({ serviceName: 'Two', tag: 'night' })).toEqual([]);
    });
  });

  describe('the scans', () => {
    it('bring every living scheduler once, and of the running ones each and no other', async () => {
      const token = newId('scan');
      const all = await registerAll(
        store(),
        token,
        Array.from({ length: 120 }, () => ({ serviceName: '🌙'.repeat(60) })),
      );
      const [first, second, third, fourth, fifth] = all;
      if (!first || !second || !third || !fourth || !fifth) throw new Error('not registered');
      await Promise.all(
        all
          .slice(0, 40)
          .map(({ schedulerId }) => report(store(), aStatusUpdate(schedulerId).running().at(at(0)).build())),
      );
      await report(store(), aStatusUpdate(first.schedulerId).completed().at(at(1)).build());
      await report(store(), aStatusUpdate(second.schedulerId).failed().at(at(1)).build());
      await report(store(), aStatusUpdate(third.schedulerId).completed().at(at(-1)).build(), at(1));
      await remove(store(), fourth.schedulerId);
      await store().schedulers.recordHeartbeat(fifth.schedulerId, at(3));
      await register(store(), { schedulerId: fifth.schedulerId, serviceName: 'Renamed' });

      const mine = (found: readonly Scheduler[]) =>
        byId(found.filter(({ schedulerId }) => schedulerId.startsWith(token)));
      const living = mine(await collect(store().schedulers.scanAll()));
      expect(living).toEqual(byId(await listed(store(), { q: token })));
      expect(living).toHaveLength(119);
      const running = byId(await listed(store(), { q: token, status: 'running' }));
      expect(running).toHaveLength(37);
      const scan = async () => mine(await collect(store().schedulers.scanRunning()));
      const sameIds = (found: readonly Scheduler[]) => JSON.stringify(found) === JSON.stringify(running);
      expect(await eventually(scan, sameIds)).toEqual(running);
    });

    it('bring a removed running scheduler back once it is registered again', async () => {
      const { schedulerId } = await register(store());
      await report(store(), aStatusUpdate(schedulerId).running().at(at(0)).build());
      await remove(store(), schedulerId);
      const scan = async () =>
        (await collect(store().schedulers.scanRunning())).some((found) => found.schedulerId === schedulerId);
      expect(await eventually(scan, (found) => !found)).toBe(false);
      await register(store(), { schedulerId });
      expect(await eventually(scan, (found) => found)).toBe(true);
    });
  });
}

async function registerAll(
  store: Store,
  token: string,
  profiles: readonly Partial<SchedulerProfile>[],
): Promise<readonly Scheduler[]> {
  return Promise.all(
    profiles.map((profile, n) => register(store, { schedulerId: newId(`${token}.${n}`), ...profile })),
  );
}

function listed(
  store: Store,
  filter: Partial<SchedulerFilter>,
  limit = 1_000,
): Promise<readonly Scheduler[]> {
  return allPages(limit, (page) => store.schedulers.list(aFilter(filter), page));
}

function aFilter(fields: Partial<SchedulerFilter>): SchedulerFilter {
  return {
    status: null,
    serviceName: null,
    tag: null,
    inWindow: null,
    stale: null,
    q: null,
    defaultTimeoutMinutes: DEFAULT_TIMEOUT_MINUTES,
    now: at(30),
    ...fields,
  };
}

function byId(schedulers: readonly Scheduler[]): readonly Scheduler[] {
  return inByteOrder(schedulers, ({ schedulerId }) => schedulerId);
}

import type { Store } from '../../src/adapters/persistence/store';
import { listSortKey, type Scheduler } from '../../src/domain/schedulers/scheduler';
import type { SchedulerFilter } from '../../src/domain/schedulers/scheduler-filter';
import { aStatusUpdate } from '../builders/a-status-update';
import { at, DEFAULT_TIMEOUT_MINUTES, newId, register, registerAll, remove, report } from './acts';
import { allPages, inByteOrder, settles } from './expectations';
import type { StoreSubject } from './store-subject';

/** The list. Every test looks only at schedulers whose id holds its own token. */
export function schedulerListContract({ store }: StoreSubject): void {
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
    await settles(() => listed(store(), { q: token }), expected);
    for (const limit of [1, 7, expected.length - 1, expected.length, expected.length + 1]) {
      await settles(() => listed(store(), { q: token }, limit), expected);
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
    await settles(() => listed(store(), { q: token }, 3), inByteOrder(registered, listSortKey));
  });

  it('moves a scheduler whose names change, and leaves no trace of the old place', async () => {
    const token = newId('move');
    const [first, second] = await registerAll(store(), token, [{ serviceName: 'A' }, { serviceName: 'B' }]);
    if (first === undefined || second === undefined) throw new Error('not registered');
    const moved = await register(store(), { schedulerId: first.schedulerId, serviceName: 'C' });
    await settles(() => listed(store(), { q: token }, 1), [second, moved]);
  });

  it('leaves out removed schedulers until they are registered again', async () => {
    const token = newId('removed');
    const [kept, gone] = await registerAll(store(), token, [{}, {}]);
    if (kept === undefined || gone === undefined) throw new Error('not registered');
    await remove(store(), gone.schedulerId);
    await settles(() => listed(store(), { q: token }), [kept]);
    await register(store(), { schedulerId: gone.schedulerId });
    await settles(async () => (await listed(store(), { q: token })).length, 2);
  });

  it('pages on after a scheduler that has been removed or moved in the meantime', async () => {
    const token = newId('cursor');
    const all = await registerAll(
      store(),
      token,
      Array.from({ length: 6 }, (_, n) => ({ serviceName: `S${n}` })),
    );
    await settles(() => listed(store(), { q: token }), all);
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
    await settles(() => listed(store(), { q: token }), there);
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

  it('takes any text as a place in it, also of another service', async () => {
    const token = newId('place');
    const [a, b] = await registerAll(store(), token, [{ serviceName: 'B' }, { serviceName: 'D' }]);
    if (!a || !b) throw new Error('not registered');
    await settles(() => listed(store(), { q: token }), [a, b]);
    const behind = async (after: string, serviceName: string | null = null) =>
      (await store().schedulers.list(aFilter({ q: token, serviceName }), { limit: 10, after })).items;
    expect(await behind('\0')).toEqual([a, b]);
    expect(await behind('C')).toEqual([b]);
    expect(await behind('C'.repeat(1_500))).toEqual([b]);
    expect(await behind('🌙')).toEqual([]);
    expect(await behind(listSortKey(a), 'D')).toEqual([b]);
    expect(await behind(listSortKey(a), 'B')).toEqual([]);
    expect(await behind(listSortKey(b), 'B')).toEqual([]);
  });

  it('is empty when nothing matches', async () => {
    expect(await store().schedulers.list(aFilter({ q: newId('none') }), { limit: 10, after: null })).toEqual({
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
      (await listed(store(), { q: token, now: at(30), ...filter }, 1)).map(({ schedulerId }) => schedulerId);
    const idsOf = (...some: Scheduler[]) => some.map(({ schedulerId }) => schedulerId);

    await settles(() => shown({ status: 'failed' }), idsOf(failed));
    await settles(() => shown({ status: 'pending' }), idsOf(quiet));
    await settles(() => shown({ serviceName: 'One' }), idsOf(quiet, running));
    await settles(() => shown({ serviceName: 'on' }), []);
    await settles(() => shown({ tag: 'eu' }), idsOf(quiet, failed));
    await settles(() => shown({ inWindow: ({ windows }) => windows.includes('other') }), idsOf(elsewhere));
    await settles(() => shown({ stale: true }), idsOf(running));
    await settles(() => shown({ stale: false }), idsOf(quiet, failed, elsewhere));
    await settles(() => shown({ stale: true, now: at(5) }), []);
    await settles(
      () => shown({ q: 'éMILE 🌙', serviceName: 'One', tag: 'night', status: 'running' }),
      idsOf(running),
    );
    await settles(() => shown({ serviceName: 'Two', tag: 'night' }), []);
  });
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

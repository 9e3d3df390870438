import { aCellUpdate } from '../../../test/builders/a-cell-update';
import { aJob } from '../../../test/builders/an-app-board';
import type { DatedUpdate } from './cell';
import { mergeJobs, RECENT_JOBS, withJobLeft, withJobUpdate, type EpmJob } from './epm-job';

const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 12, minute));
const actual = () => aCellUpdate('Planning', 'Actual');
const budget = () => aCellUpdate('Planning', 'Budget');

function after(...updates: readonly { build(): DatedUpdate }[]): readonly EpmJob[] {
  return updates.reduce<readonly EpmJob[]>((jobs, update) => withJobUpdate(jobs, update.build()), []);
}

describe('the jobs of an app', () => {
  it('are opened by Loading and closed by OK or Warning of the same job', () => {
    const begun = actual().loading('J').at(at(1));
    expect(after(begun)).toEqual([
      aJob('J', { status: 'Loading', startedAt: at(1), completedAt: null, openDomains: ['Actual'] }),
    ]);
    expect(after(begun, actual().ok('J').at(at(2)))).toEqual([
      aJob('J', { status: 'OK', startedAt: at(1), completedAt: at(2) }),
    ]);
    expect(after(begun, actual().warning('J').at(at(2)))).toEqual([
      aJob('J', { status: 'Warning', startedAt: at(1), completedAt: at(2) }),
    ]);
  });

  it('have no part in what names no job, and in what clears', () => {
    expect(after(actual().loading(null), actual().ok(null), actual().blank())).toEqual([]);
    const begun = actual().loading('J').at(at(1));
    const cleared = actual().with({ status: 'Blank', jobId: 'J' }).at(at(2));
    expect(after(begun, cleared)).toEqual(after(begun));
  });

  it('know no begin when only their end was heard of', () => {
    expect(after(actual().ok('J').at(at(2)))).toEqual([aJob('J', { startedAt: null, completedAt: at(2) })]);
  });

  it('last until their last domain has ended', () => {
    const begun = [budget().loading('J').at(at(2)), actual().loading('J').at(at(1))];
    const half = [...begun, actual().ok('J').at(at(5))];
    expect(after(...half)).toEqual([
      aJob('J', { status: 'Loading', startedAt: at(1), completedAt: null, openDomains: ['Budget'] }),
    ]);
    expect(after(...half, budget().ok('J').at(at(4)))).toMatchObject([
      { status: 'OK', startedAt: at(1), completedAt: at(4) },
    ]);
  });

  it('are a Warning once any domain ended with it, whatever the others say', () => {
    const begun = [actual().loading('J').at(at(1)), budget().loading('J').at(at(1))];
    const warned = [...begun, actual().warning('J').at(at(2))];
    expect(after(...warned)).toMatchObject([{ status: 'Warning', completedAt: null }]);
    expect(after(...warned, budget().ok('J').at(at(3)))).toMatchObject([
      { status: 'Warning', completedAt: at(3), openDomains: [] },
    ]);
  });

  it('are well again when the only domain that warned recovers, and never for a Warning', () => {
    const warned = after(actual().loading('J').at(at(1)), actual().warning('J').at(at(2)));
    const well = actual().ok('J').at(at(3)).build();
    expect(withJobUpdate(warned, well)).toMatchObject([{ status: 'Warning', completedAt: at(3) }]);
    expect(withJobUpdate(warned, well, true)).toMatchObject([{ status: 'OK', completedAt: at(3) }]);
    const worse = actual().warning('J').at(at(3)).build();
    expect(withJobUpdate(warned, worse, true)).toMatchObject([{ status: 'Warning' }]);
    const going = after(budget().loading('J').at(at(1)), actual().warning('J').at(at(2)));
    expect(withJobUpdate(going, well, true)).toMatchObject([{ status: 'Loading', openDomains: ['Budget'] }]);
  });

  it('take a begin that is heard of after the end', () => {
    const jobs = after(actual().ok('J').at(at(5)), actual().loading('J').at(at(1)));
    expect(jobs).toEqual([aJob('J', { status: 'OK', startedAt: at(1), completedAt: at(5) })]);
  });

  it('begin anew with a Loading from after their end', () => {
    const jobs = after(
      actual().loading('J').at(at(1)),
      actual().warning('J').at(at(2)),
      actual().loading('J').at(at(3)),
    );
    expect(jobs).toEqual([
      aJob('J', { status: 'Loading', startedAt: at(3), completedAt: null, openDomains: ['Actual'] }),
    ]);
  });

  it('take no notice of the end of an earlier run of the same id', () => {
    const again = after(actual().loading('J').at(at(3)));
    const late = actual().warning('J').at(at(2)).build();
    expect(withJobUpdate(again, late)).toBe(again);
  });

  it('leave no trace of what is heard again', () => {
    const ended = after(actual().loading('J').at(at(1)), actual().ok('J').at(at(2)));
    for (const again of [actual().loading('J').at(at(1)), actual().ok('J').at(at(2))])
      expect(withJobUpdate(ended, again.build())).toBe(ended);
  });

  it('go on in the domains that were not left', () => {
    const both = after(actual().loading('J').at(at(1)), budget().loading('J').at(at(1)));
    expect(withJobLeft(both, 'J', 'Actual', at(2))).toMatchObject([
      { status: 'Loading', completedAt: null, openDomains: ['Budget'] },
    ]);
    expect(withJobLeft(both, 'other', 'Actual', at(2))).toBe(both);
  });

  it('are kept in the order of their begins, the newest fifty of them', () => {
    const many = Array.from({ length: RECENT_JOBS + 3 }, (_, n) => actual().loading(`J${n}`).at(at(n)));
    const jobs = after(...many.toReversed());
    expect(jobs.map(({ jobId }) => jobId)).toEqual(
      Array.from({ length: RECENT_JOBS }, (_, n) => `J${n + 3}`),
    );
  });
});

describe('the jobs of several apps', () => {
  const merge = (jobsOfApps: Record<string, readonly EpmJob[]>) =>
    mergeJobs(Object.entries(jobsOfApps).map(([app, jobs]) => ({ app, jobs })));

  it('are one list, newest first, of fifty at most', () => {
    const jobs = (prefix: string) =>
      Array.from({ length: 40 }, (_, n) => aJob(`${prefix}${n}`, { startedAt: at(n) }));
    const merged = merge({ Planning: jobs('P'), FCCS: jobs('F') });
    expect(merged).toHaveLength(RECENT_JOBS);
    expect(merged.slice(0, 2).map(({ jobId }) => jobId)).toEqual(['P39', 'F39']);
    expect(merged.map(({ startedAt }) => startedAt?.getTime() ?? 0)).toEqual(
      merged.map(({ startedAt }) => startedAt?.getTime() ?? 0).toSorted((a, b) => b - a),
    );
  });

  it('show a job of several apps once, from its first begin to its last end', () => {
    const merged = merge({
      Planning: [aJob('J', { startedAt: at(2), completedAt: at(4) })],
      FCCS: [aJob('J', { startedAt: at(1), completedAt: at(3) })],
      ARCS: [aJob('J', { startedAt: null, completedAt: at(5) })],
    });
    expect(merged).toEqual([
      { jobId: 'J', apps: ['Planning', 'FCCS', 'ARCS'], status: 'OK', startedAt: at(1), completedAt: at(5) },
    ]);
  });

  it.each([
    ['OK', 'OK', 'OK', at(4)],
    ['OK', 'Loading', 'Loading', null],
    ['Loading', 'OK', 'Loading', null],
    ['OK', 'Warning', 'Warning', at(4)],
    ['Warning', 'Loading', 'Warning', null],
  ] as const)('are %s and %s, so %s together', (left, right, together, completedAt) => {
    const job = (status: EpmJob['status'], minute: number) =>
      aJob('J', { status, completedAt: status === 'Loading' ? null : at(minute) });
    expect(merge({ Planning: [job(left, 3)], FCCS: [job(right, 4)] })).toMatchObject([
      { status: together, completedAt },
    ]);
  });
});

it('takes the same number in two apps for two jobs: each server of EPM counts by itself', () => {
  const jobs = [aJob('101', { startedAt: at(1), completedAt: at(2) })];
  const merged = mergeJobs([
    { app: 'Planning', jobs },
    { app: 'ARCS', jobs },
  ]);
  expect(merged.map(({ apps }) => apps)).toEqual([['Planning'], ['ARCS']]);
});

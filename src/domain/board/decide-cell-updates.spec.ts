import { aCellUpdate } from '../../../test/builders/a-cell-update';
import { aCell, aJob, anAppBoard } from '../../../test/builders/an-app-board';
import { boardCircumstances } from '../../../test/builders/board-circumstances';
import {
  decidedOn,
  decideOn as decideAt,
  undated,
  type SaidUpdate,
} from '../../../test/builders/board-decisions';
import { emptyAppBoard, type AppBoard } from './app-board';
import { AlertsStillDue, decideCellUpdates } from './decide-cell-updates';

const at = (minute: number, ms = 0) => new Date(Date.UTC(2026, 2, 2, 17, minute, 0, ms));
const NOW = at(30);
const actual = () => aCellUpdate('Planning', 'Actual');
const budget = () => aCellUpdate('Planning', 'Budget');
const fccs = () => aCellUpdate('FCCS', 'Consolidation');
const LOADING = aCell('Actual', { status: 'Loading', jobId: 'J', statusAt: at(10), startedAt: at(10) });

/** An app that was heard of a minute ago. */
const heardApp = (app = 'Planning') => anAppBoard(app).with({ lastUpdateAt: at(29) });

const decideOn = (known: readonly AppBoard[], said: readonly SaidUpdate[], fields = {}) =>
  decideAt(NOW, known, said, fields);
const decided = (known: readonly AppBoard[], said: readonly SaidUpdate[]) => decidedOn(NOW, known, said);

describe('late events', () => {
  const before = heardApp().withCell(LOADING).build();
  const late = actual()
    .ok('I')
    .at(new Date(LOADING.statusAt.getTime() - 1));

  it('are kept in the history of their job, and audited as not applied', () => {
    const { boards, audits } = decided([before], [late]);
    expect(boards[0]).toMatchObject({ cells: [LOADING], jobs: [{ jobId: 'I', status: 'OK' }] });
    expect(audits[0]?.changes).toMatchObject([{ to: 'OK', applied: false, jobId: 'I' }]);
  });

  it('write nothing when they are heard again, or name no job', () => {
    const [after] = decided([before], [late]).boards as [AppBoard];
    expect(decideOn([after], [late])).toBeNull();
    expect(decideOn([before], [late.with({ jobId: null })])).toBeNull();
  });
});

it('leaves a job of which nobody will say how it ended when its cell turns to another, or is cleared', () => {
  const begun = decided([emptyAppBoard('Planning')], [actual().loading('J').at(at(1))]).boards;
  const other = decided(begun, [actual().loading('K').at(at(2))]).boards[0];
  expect(other?.jobs).toMatchObject([
    { jobId: 'J', status: 'Blank', completedAt: at(2), openDomains: [] },
    { jobId: 'K', status: 'Loading' },
  ]);
  const cleared = decided(begun, [actual().blank().at(at(3))]).boards[0];
  expect(cleared?.jobs).toMatchObject([{ jobId: 'J', status: 'Blank', completedAt: at(3) }]);
});

describe('updates of cells', () => {
  it('change the app, tell the job and leave an audit of who changed what', () => {
    const before = anAppBoard('Planning').withCell(LOADING).with({ version: 7 }).build();
    const { boards, audits } = decided([before], [actual().warning('J', 'boom').at(at(20))]);
    expect(boards).toEqual([
      {
        app: 'Planning',
        cells: [
          {
            ...LOADING,
            ...{ status: 'Warning', message: 'boom', statusAt: at(20), receivedAt: NOW, durationMs: 600_000 },
          },
        ],
        jobs: [expect.objectContaining({ jobId: 'J', status: 'Warning', completedAt: at(20) })],
        lastUpdateAt: NOW,
        version: 8,
      },
    ]);
    const change = {
      ...{ domain: 'Actual', from: 'Loading', to: 'Warning', applied: true },
      ...{ jobId: 'J', message: 'boom', timestamp: at(20) },
    };
    expect(audits).toMatchObject([
      { app: 'Planning', at: NOW, by: 'erp-key', correlationId: 'correlation-1', changes: [change] },
    ]);
  });

  it('write nothing when status and job are those of now', () => {
    const before = heardApp().withCell(LOADING).build();
    expect(decideOn([before], [actual().loading('J').at(at(20))])).toBeNull();
    expect(
      decideOn([before], [actual().loading('J').at(at(5)), actual().loading('J').at(at(25))]),
    ).toBeNull();
    expect(decideOn([], [actual().blank()])).toBeNull();
  });

  it('of an older event leave the cell as it is, and are kept in its job and the audit', () => {
    const before = anAppBoard('Planning').withCell(LOADING).build();
    const { boards, audits, alertChanges } = decided([before], [actual().warning('OLD').at(at(9))]);
    expect(boards[0]?.cells).toEqual([LOADING]);
    expect(boards[0]?.jobs).toMatchObject([{ jobId: 'OLD', status: 'Warning', completedAt: at(9) }]);
    expect(boards[0]).toMatchObject({ lastUpdateAt: NOW, version: before.version + 1 });
    expect(audits[0]?.changes).toMatchObject([
      { from: 'Loading', to: 'Warning', applied: false, jobId: 'OLD' },
    ]);
    expect(alertChanges).toEqual([]);
  });

  it('are refused when they happened more than five minutes ahead of our clock, naming the element of a batch', () => {
    const within = new Date(NOW.getTime() + 5 * 60_000);
    const beyond = new Date(within.getTime() + 1);
    expect(decideOn([], [actual().ok().at(within)])).not.toBeNull();
    expect(() => decideOn([], [actual().ok().at(beyond)])).toThrow(
      /^timestamp must not be more than 5 minutes/,
    );
    expect(() => decideOn([], [actual().ok(), budget().ok().at(beyond)])).toThrow(/^updates\[1\]\.timestamp/);
  });

  it('of several apps are one decision, in which each app that changed is once', () => {
    const known = heardApp('FCCS')
      .withCell(aCell('Consolidation', { status: 'OK', jobId: 'K' }))
      .build();
    const updates = [actual().loading('J').at(at(1)), fccs().ok('K'), budget().loading('J').at(at(1))];
    const { boards, audits } = decided([known], updates);
    expect(boards.map(({ app, version }) => [app, version])).toEqual([['Planning', 1]]);
    expect(audits.map(({ changes }) => changes.map(({ domain }) => domain))).toEqual([['Actual', 'Budget']]);
    const both = decided([known], [actual().ok().at(at(1)), fccs().warning('L').at(at(13))]);
    expect(both.boards.map(({ app }) => app)).toEqual(['Planning', 'FCCS']);
    expect(new Set(both.audits.map(({ id }) => id)).size).toBe(2);
  });

  it('of one cell apply in their order', () => {
    const updates = [
      actual().loading('J').at(at(1)),
      actual().loading('J').at(at(1)),
      actual().warning('J').at(at(3)),
      actual().ok('I').at(at(2)),
    ];
    const { boards, audits } = decided([], updates);
    expect(boards[0]?.cells).toMatchObject([{ status: 'Warning', jobId: 'J', durationMs: 120_000 }]);
    expect(audits[0]?.changes.map(({ from, to, applied }) => [from, to, applied])).toEqual([
      ['Blank', 'Loading', true],
      ['Loading', 'Warning', true],
      ['Warning', 'OK', false],
    ]);
    expect(boards[0]?.version).toBe(1);
  });

  it('are never decided on an app or an alert that was not read', () => {
    const update = actual().warning().build();
    const circumstances = boardCircumstances(NOW, [update]);
    expect(() => decideCellUpdates(new Map(), [update], circumstances)).toThrow(TypeError);
    expect(() => decideOn([], [actual().warning()], { slots: new Map() })).toThrow(TypeError);
  });
});

describe('an update that names no time', () => {
  it('happens now', () => {
    const { boards, audits } = decided([], [undated(actual().ok('J'))]);
    expect(boards[0]?.cells).toMatchObject([{ statusAt: NOW }]);
    expect(boards[0]?.jobs).toMatchObject([{ completedAt: NOW }]);
    expect(audits[0]?.changes).toMatchObject([{ timestamp: NOW }]);
  });

  it('is never late, also when what it follows was told by a clock that is ahead', () => {
    const ahead = anAppBoard('Planning')
      .withCell({ ...LOADING, statusAt: at(34) })
      .build();
    const { boards, audits } = decided([ahead], [undated(actual().ok('J'))]);
    expect(boards[0]?.cells).toMatchObject([{ status: 'OK', statusAt: at(34) }]);
    expect(audits[0]?.changes).toMatchObject([{ applied: true, timestamp: at(34) }]);
  });

  it('follows what the same request says before it', () => {
    const { boards } = decided([], [actual().loading('J').at(at(33)), undated(actual().ok('J'))]);
    expect(boards[0]?.cells).toMatchObject([{ status: 'OK', statusAt: at(33), durationMs: 0 }]);
  });
});

describe('updates that say nothing new', () => {
  const heardAt = (lastUpdateAt: Date) =>
    anAppBoard('Planning').withCell(LOADING).with({ lastUpdateAt, version: 4 }).build();
  const again = () => actual().loading('J').at(at(10));
  const anHourAgo = new Date(NOW.getTime() - 3_600_000);

  it('are a sign of life that is written at most once an hour, without a change of anything else', () => {
    const before = heardAt(anHourAgo);
    expect(decided([before], [again()])).toEqual({
      boards: [{ ...before, lastUpdateAt: NOW, version: 5 }],
      audits: [],
      alertChanges: [],
    });
    expect(decideOn([heardAt(new Date(anHourAgo.getTime() + 1))], [again()])).toBeNull();
  });

  it('are one also when they are late and without a job', () => {
    const { boards } = decided([heardAt(anHourAgo)], [actual().ok(null).at(at(9))]);
    expect(boards).toMatchObject([{ cells: [LOADING], lastUpdateAt: NOW }]);
  });

  it('are none for an app that never had an update', () => {
    expect(decideOn([emptyAppBoard('Planning')], [actual().blank()])).toBeNull();
  });

  it('of one app are written beside the changes of another, which alone are audited', () => {
    const { boards, audits } = decided([heardAt(anHourAgo)], [again(), fccs().ok().at(at(1))]);
    expect(boards.map(({ app, version }) => [app, version])).toEqual([
      ['Planning', 5],
      ['FCCS', 1],
    ]);
    expect(audits.map(({ app }) => app)).toEqual(['FCCS']);
  });
});

describe('a cell whose alert is still due', () => {
  const due = { by: 'erp-key', correlationId: 'push-1', said: null };
  const before = anAppBoard('Planning')
    .withCell({ ...LOADING, alertDue: due })
    .build();

  it('takes no update before it is told, not even one that is known or late', () => {
    for (const next of [actual().ok('J').at(at(20)), actual().loading('J'), actual().ok('I').at(at(1))])
      expect(() => decideOn([before], [budget().ok(), next])).toThrow(new AlertsStillDue('Planning'));
  });

  it('does not keep other cells from theirs, and goes on owing it', () => {
    const { boards } = decided([before], [budget().ok()]);
    expect(boards[0]?.cells).toMatchObject([{ domain: 'Actual', alertDue: due }, { domain: 'Budget' }]);
  });
});

describe('a job', () => {
  const jobsAfter = (...said: readonly SaidUpdate[]) => decided([], said).boards[0]?.jobs;
  const warned = [actual().warning('J').at(at(1)), budget().warning('J').at(at(2))] as const;

  it('recovers when the only cell that warned about it says OK', () => {
    const both = [warned[0], budget().ok('J').at(at(2))];
    expect(jobsAfter(...both)).toMatchObject([{ jobId: 'J', status: 'Warning' }]);
    expect(jobsAfter(...both, actual().ok('J').at(at(3)))).toMatchObject([
      { jobId: 'J', status: 'OK', completedAt: at(3) },
    ]);
  });

  it('goes on warning while another cell does, and recovers with the last', () => {
    const half = [...warned, actual().ok('J').at(at(3))];
    expect(jobsAfter(...half)).toMatchObject([{ status: 'Warning' }]);
    expect(jobsAfter(...half, budget().ok('J').at(at(4)))).toMatchObject([{ status: 'OK' }]);
  });

  it('does not recover by another cell, by another job, or by what is late', () => {
    const isWarning = [{ jobId: 'J', status: 'Warning' }];
    expect(jobsAfter(warned[0], budget().ok('J').at(at(3)))).toMatchObject(isWarning);
    const elsewhere = [budget().ok('K').at(at(2)), budget().ok('J').at(at(3))];
    const warnsStill = expect.objectContaining({ jobId: 'J', status: 'Warning' });
    expect(jobsAfter(warned[0], ...elsewhere)).toContainEqual(warnsStill);
    expect(jobsAfter(warned[0], actual().ok('J').at(at(0)))).toMatchObject(isWarning);
    const movedOn = [warned[0], actual().loading('K').at(at(2)), budget().warning('L').at(at(2))];
    expect(jobsAfter(...movedOn, budget().ok('J').at(at(3)))).toContainEqual(warnsStill);
    const other = jobsAfter(warned[0], actual().warning('K').at(at(2)), actual().ok('K').at(at(3)));
    expect(other).toMatchObject([
      { jobId: 'J', status: 'Warning' },
      { jobId: 'K', status: 'OK' },
    ]);
  });

  it('tells the duration also when another one came between in its cell', () => {
    const between = [actual().loading('J').at(at(1)), actual().loading('K').at(at(2))];
    const { boards } = decided([], [...between, actual().ok('J').at(at(5))]);
    expect(boards[0]?.cells).toMatchObject([{ jobId: 'J', startedAt: at(1), durationMs: 240_000 }]);
  });
});

describe('a cell that EPM was asked about', () => {
  const healed = aCell('Actual', {
    ...{ status: 'OK', jobId: 'J', healed: true, polledSince: at(11) },
    ...{ statusAt: at(20), startedAt: at(10), durationMs: 600_000 },
  });
  const job = aJob('J', { startedAt: at(10), completedAt: at(20) });
  const before = anAppBoard('Planning').withCell(healed).withJob(job).build();

  it('takes the word of the job itself, though that is older and comes later', () => {
    const { boards, audits, alertChanges } = decided([before], [actual().warning('J', 'boom').at(at(15))]);
    expect(boards[0]?.cells).toMatchObject([
      {
        ...{ status: 'Warning', message: 'boom', statusAt: at(15), durationMs: 300_000 },
        ...{ healed: false, polledSince: null },
      },
    ]);
    expect(boards[0]?.jobs).toMatchObject([{ jobId: 'J', status: 'Warning' }]);
    expect(audits[0]?.changes).toMatchObject([{ from: 'OK', to: 'Warning', applied: true }]);
    expect(alertChanges.map(({ alert }) => alert.dedupKey)).toEqual(['board_warning:Planning:Actual']);
  });

  it('is cured by it, and so is the job', () => {
    const gaveUp = anAppBoard('Planning')
      .withCell({ ...healed, status: 'Warning' })
      .withJob({ ...job, status: 'Warning' })
      .build();
    const { boards } = decided([gaveUp], [actual().ok('J').at(at(15))]);
    expect(boards).toMatchObject([{ cells: [{ status: 'OK' }], jobs: [{ status: 'OK' }] }]);
  });
});

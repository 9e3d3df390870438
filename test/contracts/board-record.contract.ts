import { emptyAppBoard, type AppBoard } from '../../src/domain/board/app-board';
import { emptySlot, type AlertSlot } from '../../src/domain/alerts/alert';
import { MOST_ALERTS_AT_ONCE, MOST_APPS } from '../../src/domain/board/board';
import type { BoardDecision } from '../../src/domain/board/board-decision';
import type { CellUpdate } from '../../src/domain/board/cell';
import { RECENT_JOBS } from '../../src/domain/board/epm-job';
import { dedupKeysOf } from '../../src/domain/board/decide-cell-updates';
import { ChangedConcurrently } from '../../src/domain/shared/errors';
import { aCellUpdate } from '../builders/a-cell-update';
import { aCell, aJob, anAppBoard } from '../builders/an-app-board';
import { at, ids, newId } from './acts';
import {
  appOf,
  auditOf,
  decidePush,
  expectAlertsWritten,
  expectBoardNotWritten,
  expectBoardWritten,
  push,
  readBoard,
} from './board-acts';
import { race } from './expectations';
import { ODD_NAME, ODD_TEXT } from './odd-values';
import type { StoreSubject } from './store-subject';

/** Apps of the board with what is written together with them: all of it or nothing. */
export function boardRecordContract({ store, reopen }: StoreSubject): void {
  const newApp = (prefix = 'app') => newId(prefix);

  it('gives an empty board for an app that never had an update, and lists none', async () => {
    const app = newApp();
    expect(await store().board.findApps([app])).toEqual([emptyAppBoard(app)]);
    expect(await store().board.findApps([])).toEqual([]);
    expect((await store().board.listApps()).map((board) => board.app)).not.toContain(app);
  });

  it('writes app, audit, alert, slot and outbox together', async () => {
    const app = newApp();
    const updates = [aCellUpdate(app).warning('LOAD_1', ODD_TEXT).at(at(0, 1)).build()];
    const decision = await push(store(), updates);
    expect(decision.alertChanges).toHaveLength(1);
    await expectBoardWritten(store(), decision);
  });

  it('resolves with the next update what the last one opened', async () => {
    const app = newApp();
    await push(store(), [aCellUpdate(app).warning('LOAD_1').at(at(0)).build()]);
    const decision = await push(store(), [aCellUpdate(app).ok('LOAD_2').at(at(1)).build()]);
    expect(decision.alertChanges.map(({ alert }) => alert.status)).toEqual(['resolved']);
    await expectBoardWritten(store(), decision);
  });

  it('gives back every field, whatever is in it', async () => {
    const board = anOddBoard(newApp(ODD_NAME));
    const audit = anOddAudit(board.app);
    await store().board.record({ boards: [board], audits: [audit], alertChanges: [] });
    expect(await appOf(store(), board.app)).toEqual(board);
    expect(await store().board.listApps()).toContainEqual(board);
    expect(await auditOf(store(), board.app)).toEqual([audit]);
  });

  it('keeps apps apart whose names are alike', async () => {
    const name = newApp();
    const names = [name, name.toUpperCase(), `${name} `, `${name}#1`, `${name}:Actual`];
    for (const [n, app] of names.entries())
      await push(store(), [aCellUpdate(app).ok(`JOB_${n}`).at(at(n)).build()]);
    const found = new Map((await store().board.findApps(names)).map((board) => [board.app, board]));
    const jobsOf = (app: string) => found.get(app)?.cells.map(({ jobId }) => jobId);
    expect(names.map(jobsOf)).toEqual(names.map((_, n) => [`JOB_${n}`]));
    for (const [n, app] of names.entries())
      expect((await auditOf(store(), app)).flatMap(({ changes }) => changes)).toMatchObject([
        { jobId: `JOB_${n}` },
      ]);
  });

  it('answers apps that have updates and apps that have none in one question', async () => {
    const [known, unknown] = [newApp(), newApp()];
    const { boards } = await push(store(), [aCellUpdate(known).ok().at(at(0)).build()]);
    const found = await store().board.findApps([unknown, known]);
    expect(new Set(found)).toEqual(new Set([...boards, emptyAppBoard(unknown)]));
  });

  it('lists every app once, as it last was', async () => {
    const app = newApp();
    await push(store(), [aCellUpdate(app).loading().at(at(0)).build()]);
    const { boards } = await push(store(), [aCellUpdate(app).ok().at(at(1)).build()]);
    const listed = (await store().board.listApps()).filter((board) => board.app === app);
    expect(listed).toEqual(boards);
  });

  it('refuses any version but the next one, and writes nothing', async () => {
    const app = newApp();
    const first = decidePush(
      await readBoard(store(), [{ app, domain: 'Actual' }]),
      [aCellUpdate(app).warning().at(at(0)).build()],
      at(0),
    );
    await refuses(withVersion(first, 2));
    await expectBoardNotWritten(store(), withVersion(first, 2));
    await store().board.record(first);
    for (const version of [1, 3]) await refuses(withVersion({ ...first, alertChanges: [] }, version));
    await expectBoardWritten(store(), first);
    expect(await auditOf(store(), app)).toEqual(first.audits);
  });

  it('writes nothing when an alert slot has changed since it was read', async () => {
    const app = newApp();
    const before = await readBoard(store(), [{ app, domain: 'Actual' }]);
    const decision = decidePush(before, [aCellUpdate(app).warning().at(at(0)).build()], at(0));
    const alertChanges = decision.alertChanges.map((change) => ({
      ...change,
      slot: { ...change.slot, version: change.slot.version + 1 },
    }));
    await refuses({ ...decision, alertChanges });
    await expectBoardNotWritten(store(), { ...decision, alertChanges });
    await expectBoardNotWritten(store(), decision);
  });

  it('writes nothing of any app when one of several has changed', async () => {
    const [first, second, third] = [newApp(), newApp(), newApp()];
    const cells = [first, second, third].map((app) => ({ app, domain: 'Actual' }));
    const before = await readBoard(store(), cells);
    const updates = cells.map(({ app }) => aCellUpdate(app).warning().at(at(5)).build());
    const decision = decidePush(before, updates, at(5));
    const meanwhile = await push(store(), [aCellUpdate(second).loading().at(at(1)).build()]);
    await refuses(decision);
    await expectBoardNotWritten(store(), decision);
    await expectBoardWritten(store(), meanwhile);
    await expectBoardWritten(store(), await push(store(), updates));
  });

  it('lets one of many win that were decided on the same app', async () => {
    const app = newApp();
    // Warnings meet at their alert as well, beginnings at the app alone.
    for (const [round, status] of (['Warning', 'Loading'] as const).entries()) {
      const before = await readBoard(store(), [{ app, domain: 'Actual' }]);
      const decisions = Array.from({ length: 6 }, (_, n) => {
        const update = aCellUpdate(app).with({ status, jobId: `JOB_${round}_${n}`, timestamp: at(round) });
        return decidePush(before, [update.build()], at(round));
      });
      const winners = await race(decisions.map((decision) => () => recorded(decision)));
      expect(winners).toHaveLength(1);
      await expectBoardWritten(store(), winners[0] as BoardDecision);
      expect(await auditOf(store(), app)).toHaveLength(round + 1);
      for (const decision of decisions) {
        if (decision !== winners[0]) await expectBoardNotWritten(store(), decision);
      }
    }
  });

  it('lets one win of two that share an app and a part that they do not share', async () => {
    const [left, shared, right] = [newApp(), newApp(), newApp()];
    const decisions = await Promise.all(
      [
        [left, shared],
        [shared, right],
      ].map(async (apps, n) => {
        const updates = apps.map((app) => aCellUpdate(app).warning(`JOB_${n}`).at(at(0)).build());
        return decidePush(await readBoard(store(), updates), updates, at(0));
      }),
    );
    const winners = await race(decisions.map((decision) => () => recorded(decision)));
    expect(winners).toHaveLength(1);
    const [winner, loser] = winners[0] === decisions[0] ? decisions : decisions.toReversed();
    await expectBoardWritten(store(), winner as BoardDecision);
    await expectBoardNotWritten(store(), loser as BoardDecision);
  });

  it('lets all win that are about different apps', async () => {
    const decisions = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const updates = [aCellUpdate(newApp()).warning().at(at(0)).build()];
        return decidePush(await readBoard(store(), updates), updates, at(0));
      }),
    );
    expect(await race(decisions.map((decision) => () => recorded(decision)))).toHaveLength(6);
    for (const decision of decisions) await expectBoardWritten(store(), decision);
  });

  it('writes the biggest decision there can be at once', async () => {
    const decision = await theBiggestDecision();
    await store().board.record(decision);
    const found = await store().board.findApps(decision.boards.map(({ app }) => app));
    expect(new Set(found)).toEqual(new Set(decision.boards));
    for (const audit of decision.audits) expect(await auditOf(store(), audit.app)).toEqual([audit]);
    await expectAlertsWritten(store(), decision);
    await refuses(decision);
  });

  it('finds all as it was after it was closed and opened again, and goes on from there', async () => {
    const app = newApp();
    await push(store(), [aCellUpdate(app).loading('LOAD_1').at(at(0)).build()]);
    const warned = await push(store(), [aCellUpdate(app).warning('LOAD_1', ODD_TEXT).at(at(1)).build()]);
    const audits = await auditOf(store(), app);
    expect(audits).toHaveLength(2);
    await reopen();
    await expectBoardWritten(store(), warned);
    expect(await auditOf(store(), app)).toEqual(audits);
    expect(await store().board.listApps()).toContainEqual(warned.boards[0]);
    await refuses({ ...warned, alertChanges: [] });
    const ended = await push(store(), [aCellUpdate(app).ok('LOAD_2').at(at(2)).build()]);
    expect(ended.boards[0]?.version).toBe(3);
    expect(ended.alertChanges[0]?.alert.id).toBe(warned.alertChanges[0]?.alert.id);
    await expectBoardWritten(store(), ended);
  });

  async function recorded(decision: BoardDecision): Promise<BoardDecision> {
    await store().board.record(decision);
    return decision;
  }

  async function refuses(decision: BoardDecision): Promise<void> {
    await expect(store().board.record(decision)).rejects.toThrow(ChangedConcurrently);
  }

  /** Every app there may be, full of jobs, with a batch of a hundred long warnings, some of which begin to flap: two outbox entries each. */
  async function theBiggestDecision(): Promise<BoardDecision> {
    const apps = Array.from({ length: MOST_APPS }, () => newApp());
    const cells = Array.from({ length: 100 }, (_, n) => ({
      app: apps[n % MOST_APPS] as string,
      domain: `Domain ${Math.floor(n / MOST_APPS)}`,
    }));
    const updates = cells.map(({ app, domain }, n) => aLongWarning(app, domain, n));
    const decision = decidePush(
      {
        boards: new Map(apps.map((app) => [app, aFullBoard(app)])),
        slots: new Map(dedupKeysOf(cells).map((key) => [key, aRestlessSlot(key)])),
      },
      updates,
      at(0),
    );
    expect(decision.boards).toHaveLength(MOST_APPS);
    expect(decision.alertChanges).toHaveLength(MOST_ALERTS_AT_ONCE);
    expect(decision.alertChanges.flatMap(({ outbox }) => outbox)).toHaveLength(2 * MOST_ALERTS_AT_ONCE);
    expect(decision.boards.flatMap((board) => board.cells.filter(({ alertDue }) => alertDue))).toHaveLength(
      cells.length - MOST_ALERTS_AT_ONCE,
    );
    return decision;
  }
}

function withVersion(decision: BoardDecision, version: number): BoardDecision {
  return { ...decision, boards: decision.boards.map((board) => ({ ...board, version })) };
}

function aLongWarning(app: string, domain: string, n: number): CellUpdate {
  const jobId = `${'夜'.repeat(90)}${n}`;
  return aCellUpdate(app, domain).warning(jobId, '夜'.repeat(200)).at(at(0)).build();
}

/** Never stored, and yet with as many long jobs as an app can have. */
function aFullBoard(app: string): AppBoard {
  const jobs = Array.from({ length: RECENT_JOBS }, (_, n) =>
    aJob(`${'夜'.repeat(98)}${n}`, { startedAt: at(-n), completedAt: at(-n, 1) }),
  );
  return anAppBoard(app).with({ jobs, lastUpdateAt: null, version: 0 }).build();
}

/** The next change makes it flap. */
function aRestlessSlot(dedupKey: string): AlertSlot {
  return { ...emptySlot(dedupKey), recentChanges: [at(-4), at(-3), at(-2), at(-1)] };
}

function anOddBoard(app: string): AppBoard {
  return {
    app,
    cells: [
      aCell('', { statusAt: new Date(0), jobId: '', message: '', server: '' }),
      aCell(ODD_NAME, {
        status: 'Loading',
        jobId: ODD_TEXT,
        message: ODD_TEXT,
        server: ODD_NAME,
        statusAt: at(0, 1),
        receivedAt: at(0, 2),
        startedAt: at(0, 3),
        stale: true,
        unknownSince: at(0, 4),
        alertDue: {
          by: ODD_NAME,
          correlationId: ODD_TEXT,
          said: aCell('Actual', { status: 'Warning', message: ODD_TEXT }),
        },
      }),
      aCell('constructor', { status: 'Warning', durationMs: 2 ** 53 - 1, jobId: null }),
      aCell('b', { status: 'Blank', statusAt: new Date('9999-12-31T23:59:59.999Z'), durationMs: 0 }),
    ],
    jobs: [
      aJob(ODD_TEXT, { status: 'Loading', completedAt: null, openDomains: ['', ODD_NAME] }),
      aJob('', { status: 'Warning', startedAt: null, completedAt: new Date(1) }),
    ],
    lastUpdateAt: at(0, 999),
    version: 1,
  };
}

function anOddAudit(app: string) {
  const change = { from: 'Blank', to: 'Loading', applied: true, timestamp: at(0, 1) } as const;
  return {
    id: ids.next(),
    app,
    at: at(0, 999),
    by: ODD_NAME,
    correlationId: ODD_TEXT,
    changes: [
      { ...change, domain: '', jobId: null, message: null },
      { ...change, domain: ODD_NAME, jobId: ODD_TEXT, message: ODD_TEXT, applied: false },
      { ...change, domain: 'b', jobId: '', message: '', to: 'Warning', timestamp: new Date(0) } as const,
    ],
  };
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aCell, anAppBoard } from '../../../../test/builders/an-app-board';
import { FakeClock } from '../../../../test/fakes/fake-clock';
import { FaultyDisk } from '../../../../test/fakes/faulty-disk';
import { JsonFolders, register } from '../../../../test/harness/json-folder';
import { emptyAppBoard } from '../../../domain/board/app-board';
import type { BoardAudit } from '../../../domain/board/board-audit';
import { emptyCanvasRecord } from '../../../domain/board/canvas-record';
import type { EpmToken } from '../../../domain/board/epm-token.repository';
import { StorageUnavailable } from '../../../domain/shared/errors';

const folders = new JsonFolders();
const NOW = folders.clock.now();
const TOKEN: EpmToken = {
  ...{ connection: 'shared', sealed: 'sealed', seed: 'seed' },
  ...{ issuedAt: NOW, refusal: null, version: 0 },
};

function aDecision(version = 1, ...apps: readonly string[]) {
  return {
    boards: apps.map((app) => anAppBoard(app).withCell(aCell()).with({ version }).build()),
    audits: apps.map((app) => anAudit(app, version)),
    alertChanges: [],
  };
}

function anAudit(app: string, n: number): BoardAudit {
  const change = { domain: 'Actual', jobId: 'JOB_1', message: null, timestamp: NOW } as const;
  return {
    ...{ id: `${app}-${n}`, app, at: NOW, by: 'key', correlationId: 'c' },
    changes: [{ ...change, from: 'Blank', to: 'OK', applied: true }],
  };
}

const audit = (app: string) => ({ app, domain: null, from: new Date(0) });
const PAGE = { limit: 10, after: null };

describe('the board in a JSON store', () => {
  it('is found as it was after the process was killed', async () => {
    const dataDir = await folders.create();
    const { board, epmTokens } = await folders.open(dataDir);
    const decision = aDecision(1, 'Planning', 'FCCS');
    await board.record(decision);
    const canvas = await board.recordCanvas(emptyCanvasRecord('C1'));
    const token = await epmTokens.record(TOKEN);
    await board.recordWatch(NOW);
    const found = await folders.open(await folders.copy(dataDir));
    expect(await found.board.listApps()).toEqual(decision.boards);
    expect((await found.board.listAudit(audit('FCCS'), PAGE)).items).toEqual([decision.audits[1]]);
    expect(await found.board.findCanvas('C1')).toEqual(canvas);
    expect(await found.epmTokens.find('shared')).toEqual(token);
    expect(await found.board.recordWatch(new Date(0))).toEqual(NOW);
  });

  it('is written as one line of the journal, however many apps a decision changes', async () => {
    const dataDir = await folders.create();
    const { board } = await folders.open(dataDir);
    const linesOf = async () => (await readFile(join(dataDir, 'journal.jsonl'), 'utf8')).split('\n').length;
    const before = await linesOf();
    await board.record(aDecision(1, 'Planning', 'FCCS', 'ARCS'));
    expect(await linesOf()).toBe(before + 1);
  });

  it('shows nothing of a decision that the disk did not take, and takes it when there is room', async () => {
    const disk = new FaultyDisk();
    const { board } = await folders.open(await folders.create(), { openFile: disk.openFile });
    disk.room = 0;
    await expect(board.record(aDecision(1, 'Planning', 'FCCS'))).rejects.toThrow(StorageUnavailable);
    await expect(board.recordWatch(NOW)).rejects.toThrow(StorageUnavailable);
    expect(await board.listApps()).toEqual([]);
    expect(await board.findApps(['Planning'])).toEqual([emptyAppBoard('Planning')]);
    expect((await board.listAudit(audit('FCCS'), PAGE)).items).toEqual([]);
    disk.heal();
    await board.record(aDecision(1, 'Planning', 'FCCS'));
    expect(await board.recordWatch(new Date(1))).toEqual(new Date(1));
    expect(await board.listApps()).toHaveLength(2);
  });

  it('shows nothing before it is durable, and lets nobody begin to watch a second time meanwhile', async () => {
    const disk = new FaultyDisk();
    const { board } = await folders.open(await folders.create(), { openFile: disk.openFile });
    const { reached, release } = disk.hold('datasync');
    const recording = Promise.all([board.record(aDecision(1, 'Planning')), board.recordWatch(NOW)]);
    await reached;
    expect(await board.listApps()).toEqual([]);
    expect((await board.listAudit(audit('Planning'), PAGE)).items).toEqual([]);
    const second = board.recordWatch(new Date(1));
    release();
    await recording;
    expect(await second).toEqual(NOW);
    expect(await board.listApps()).toHaveLength(1);
  });

  it('begins to be watched with the next who asks when the disk did not take the first', async () => {
    const disk = new FaultyDisk();
    const { board } = await folders.open(await folders.create(), { openFile: disk.openFile });
    disk.failOnce('datasync');
    const first = board.recordWatch(NOW);
    const second = board.recordWatch(new Date(1));
    await expect(first).rejects.toThrow(StorageUnavailable);
    expect(await second).toEqual(new Date(1));
    expect(await board.recordWatch(NOW)).toEqual(new Date(1));
  });

  it('files its audit by day, and drops what has outlived its retention', async () => {
    const clock = new FakeClock();
    const dataDir = await folders.create();
    const { board, upkeep } = await folders.open(dataDir, { clock });
    await board.record(aDecision(1, 'Planning'));
    await upkeep.backUp(NOW);
    expect(await readdir(join(dataDir, 'board-audit'))).toEqual(['2026-03-02']);
    await clock.advance('1d');
    await board.record({
      ...aDecision(2, 'Planning'),
      audits: [{ ...anAudit('Planning', 2), at: clock.now() }],
    });
    expect(await upkeep.deleteExpired(new Date(NOW.getTime() + 1), new AbortController().signal)).toBe(1);
    expect((await board.listAudit(audit('Planning'), PAGE)).items.map(({ id }) => id)).toEqual([
      'Planning-2',
    ]);
    expect(await readdir(join(dataDir, 'board-audit'))).toEqual(['2026-03-03']);
  });

  it('is empty in a folder from before there was one', async () => {
    const dataDir = await folders.create();
    const before = await folders.open(dataDir);
    await register(before, 'a');
    await before.close();
    const text = await readFile(join(dataDir, 'state.json'), 'utf8');
    expect(text).not.toMatch(/"t":"(boards|canvases|boardWatch|epmTokens)"/);
    const { board, epmTokens } = await folders.open(dataDir);
    expect(await board.listApps()).toEqual([]);
    expect(await board.findCanvas('C1')).toEqual(emptyCanvasRecord('C1'));
    expect(await epmTokens.find('shared')).toBeNull();
  });
});

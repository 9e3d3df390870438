import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NO_BOARD } from '../../../../test/builders/a-board';
import { aCell, aJob, anAppBoard } from '../../../../test/builders/an-app-board';
import {
  EXPORT,
  openWithBoard,
  readExport,
  setFirstCell,
  statusIn,
  untilWritten,
} from '../../../../test/harness/exported-board';
import { JsonFolders } from '../../../../test/harness/json-folder';
import { until } from '../../../../test/harness/until';

const folders = new JsonFolders();

describe('the export of the board', () => {
  it('shows every configured cell with all that is known of it, and nothing else', async () => {
    const dataDir = await folders.create();
    const { store } = await openWithBoard(folders, dataDir);
    const cell = aCell('Actual', {
      ...{ status: 'Warning', jobId: 'LOAD_1', message: '"odd" 🌙\n', durationMs: 61_500 },
      ...{ statusAt: new Date('2026-03-02T17:00:00.123Z'), stale: true },
      receivedAt: new Date('2026-03-02T17:00:00.456Z'),
    });
    const job = aJob('LOAD_1', { status: 'Warning', startedAt: null });
    const planning = anAppBoard('Planning').withCell(cell, aCell('Gone')).withJob(job).build();
    const removed = anAppBoard('Removed').withJob(aJob('OTHER')).withCell(aCell('Actual')).build();
    await store.board.record({ boards: [planning, removed], audits: [], alertChanges: [] });
    await store.close();
    const blank = { status: 'Blank', job_id: null, message: null, updated: null, duration_sec: null };
    expect(await readExport(join(dataDir, EXPORT))).toEqual({
      version: 1,
      last_updated: '2026-03-02T17:00:00.456Z',
      metadata: { note: expect.stringContaining('never read back') as string, time_zone: 'Asia/Jakarta' },
      apps: {
        Planning: {
          display_name: 'Planning & Budget',
          channels: ['C1'],
          domains: {
            Actual: {
              status: 'Warning',
              job_id: 'LOAD_1',
              message: '"odd" 🌙\n',
              updated: '2026-03-02T17:00:00.123Z',
              duration_sec: 61.5,
            },
            Budget: blank,
          },
        },
        FCCS: { display_name: 'FCCS', channels: ['C1', 'C2'], domains: { Consolidation: blank } },
      },
      recent_jobs: [
        {
          job_id: 'LOAD_1',
          apps: ['Planning'],
          status: 'Warning',
          started: null,
          completed: '2026-03-02T12:00:00.000Z',
        },
      ],
    });
  });

  it('is there from the start, before anything has changed, for owner and group only', async () => {
    const dataDir = await folders.create();
    await openWithBoard(folders, dataDir);
    await untilWritten(dataDir);
    expect(await readExport(join(dataDir, EXPORT))).toMatchObject({ last_updated: null, recent_jobs: [] });
    expect((await stat(join(dataDir, EXPORT))).mode & 0o777).toBe(0o640);
  });

  it('is written anew at the start from what was recovered, whatever it said', async () => {
    const dataDir = await folders.create();
    const { store } = await openWithBoard(folders, dataDir);
    await untilWritten(dataDir);
    await setFirstCell(store, 'Loading');
    const killed = await folders.copy(dataDir);
    const path = join(killed, EXPORT);
    await writeFile(path, (await readFile(path, 'utf8')).replaceAll('Blank', 'OK'));
    const { notices } = await openWithBoard(folders, killed);
    await until(async () => (await statusIn(path)) === 'Loading');
    expect(await statusIn(path, 'FCCS', 'Consolidation')).toBe('Blank');
    expect(notices).toEqual([]);
  });

  it.each([
    ['torn', '{"version":1,"last_upd'],
    ['empty', ''],
    ['of another kind', '[]'],
    ['an export without its jobs', '{"version":1,"last_updated":null,"metadata":{},"apps":{}}'],
    [
      'an export with an unknown status',
      '{"version":1,"last_updated":null,"metadata":{},"apps":{"A":{"display_name":"A","channels":[],"domains":{"D":{"status":"Green"}}}},"recent_jobs":[]}',
    ],
  ])('sets aside a file that is %s, and says so', async (_, content) => {
    const dataDir = await folders.create();
    await writeFile(join(dataDir, EXPORT), content);
    const { store, notices } = await openWithBoard(folders, dataDir);
    await setFirstCell(store, 'OK');
    await store.close();
    expect(await statusIn(join(dataDir, EXPORT))).toBe('OK');
    const aside = 'apps_status.json.damaged-20260302T170000000Z';
    expect(await readFile(join(dataDir, aside), 'utf8')).toBe(content);
    expect(notices).toEqual([
      `apps_status.json was not as Vesper writes it and is now ${aside}; it is written anew from the journal's state`,
    ]);
    const { store: again, notices: nothingNew } = await openWithBoard(folders, dataDir);
    await again.close();
    expect(nothingNew).toEqual([]);
  });

  it('sets aside even a folder of its name', async () => {
    const dataDir = await folders.create();
    await mkdir(join(dataDir, EXPORT));
    const { store } = await openWithBoard(folders, dataDir);
    await store.close();
    expect(await readdir(dataDir)).toContain('apps_status.json.damaged-20260302T170000000Z');
    expect(await statusIn(join(dataDir, EXPORT))).toBe('Blank');
  });

  it('is not made while the board is switched off', async () => {
    const dataDir = await folders.create();
    await writeFile(join(dataDir, EXPORT), 'mine');
    const { store } = await openWithBoard(folders, dataDir, { board: NO_BOARD });
    await setFirstCell(store, 'OK');
    await store.upkeep.backUp(folders.clock.now());
    await store.close();
    expect(await readFile(join(dataDir, EXPORT), 'utf8')).toBe('mine');
    expect((await readdir(join(dataDir, 'backups'))).filter((name) => name.includes('apps'))).toEqual([]);
  });
});

describe('a backup', () => {
  it('has a copy of the export beside it, of which the last 24 are kept', async () => {
    const dataDir = await folders.create();
    const { store, clock } = await openWithBoard(folders, dataDir);
    await setFirstCell(store, 'Warning');
    for (let hour = 0; hour < 26; hour++) {
      await store.upkeep.backUp(clock.now());
      clock.stepWallTo(new Date(clock.now().getTime() + 3_600_000));
    }
    const names = (await readdir(join(dataDir, 'backups'))).sort();
    const copies = names.filter((name) => name.startsWith('apps_status-'));
    expect(copies).toHaveLength(24);
    expect(copies.at(0)).toBe('apps_status-20260302T190000000Z.json');
    expect(names.filter((name) => name.startsWith('state-'))).toEqual(
      copies.map((name) => name.replace('apps_status', 'state')),
    );
    await store.close();
    expect(await readFile(join(dataDir, 'backups', copies.at(-1) ?? ''), 'utf8')).toBe(
      await readFile(join(dataDir, EXPORT), 'utf8'),
    );
  });

  it('is also made when the export was removed', async () => {
    const dataDir = await folders.create();
    const { store, clock } = await openWithBoard(folders, dataDir);
    await untilWritten(dataDir);
    await rm(join(dataDir, EXPORT));
    await store.upkeep.backUp(clock.now());
    expect(await statusIn(join(dataDir, 'backups', 'apps_status-20260302T170000000Z.json'))).toBe('Blank');
  });
});

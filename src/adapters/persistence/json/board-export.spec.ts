import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aBoard, NO_BOARD } from '../../../../test/builders/a-board';
import { aCell, aJob, anAppBoard } from '../../../../test/builders/an-app-board';
import { FakeClock } from '../../../../test/fakes/fake-clock';
import { FaultyDisk } from '../../../../test/fakes/faulty-disk';
import { JsonFolders, register } from '../../../../test/harness/json-folder';
import { until } from '../../../../test/harness/until';
import type { CellStatus } from '../../../domain/board/cell';
import type { JsonStore, JsonStoreOptions } from './json.store';

const folders = new JsonFolders();
const BOARD = aBoard()
  .withChannel('C1')
  .withApp('Planning', { displayName: 'Planning & Budget', domains: ['Actual', 'Budget'] })
  .withApp('FCCS', { domains: ['Consolidation'], channelIds: ['C1', 'C2'] })
  .build();
const NAME = 'apps_status.json';

/** A store whose board has settled after its start. */
async function opened(dataDir: string, options: Partial<JsonStoreOptions> = {}) {
  const clock = new FakeClock();
  const disk = new FaultyDisk();
  const notices: string[] = [];
  const store = await folders.open(dataDir, {
    ...{ clock, board: BOARD, openFile: disk.openFile },
    onNotice: (message) => notices.push(message),
    ...options,
  });
  return { store, clock, disk, notices };
}

/** The app's first cell takes this status. */
async function change(store: JsonStore, status: CellStatus, app = 'Planning'): Promise<void> {
  const [stored] = await store.board.findApps([app]);
  const version = (stored?.version ?? 0) + 1;
  const cell = aCell(app === 'FCCS' ? 'Consolidation' : 'Actual', { status });
  const boards = [anAppBoard(app).withCell(cell).with({ version }).build()];
  await store.board.record({ boards, audits: [], alertChanges: [] });
}

interface Export {
  readonly apps: Record<string, { readonly domains: Record<string, { readonly status: string }> }>;
}

async function readExport(path: string): Promise<Export> {
  return JSON.parse(await readFile(path, 'utf8')) as Export;
}

async function statusIn(path: string, app = 'Planning', domain = 'Actual'): Promise<string | undefined> {
  return (await readExport(path)).apps[app]?.domains[domain]?.status;
}

async function untilWritten(dataDir: string): Promise<void> {
  await until(async () => (await readdir(dataDir)).includes(NAME));
}

describe('the export of the board', () => {
  it('shows every configured cell with all that is known of it, and nothing else', async () => {
    const dataDir = await folders.create();
    const { store } = await opened(dataDir);
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
    expect(await readExport(join(dataDir, NAME))).toEqual({
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
    await opened(dataDir);
    await untilWritten(dataDir);
    expect(await readExport(join(dataDir, NAME))).toMatchObject({ last_updated: null, recent_jobs: [] });
    expect((await stat(join(dataDir, NAME))).mode & 0o777).toBe(0o640);
  });

  it('is written anew at the start from what was recovered, whatever it said', async () => {
    const dataDir = await folders.create();
    const { store } = await opened(dataDir);
    await untilWritten(dataDir);
    await change(store, 'Loading');
    const killed = await folders.copy(dataDir);
    const path = join(killed, NAME);
    await writeFile(path, (await readFile(path, 'utf8')).replaceAll('Blank', 'OK'));
    const { notices } = await opened(killed);
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
    await writeFile(join(dataDir, NAME), content);
    const { store, notices } = await opened(dataDir);
    await change(store, 'OK');
    await store.close();
    expect(await statusIn(join(dataDir, NAME))).toBe('OK');
    const aside = 'apps_status.json.damaged-20260302T170000000Z';
    expect(await readFile(join(dataDir, aside), 'utf8')).toBe(content);
    expect(notices).toEqual([
      `apps_status.json was not as Vesper writes it and is now ${aside}; it is written anew from the journal's state`,
    ]);
    const { store: again, notices: nothingNew } = await opened(dataDir);
    await again.close();
    expect(nothingNew).toEqual([]);
  });

  it('sets aside even a folder of its name', async () => {
    const dataDir = await folders.create();
    await mkdir(join(dataDir, NAME));
    const { store } = await opened(dataDir);
    await store.close();
    expect(await readdir(dataDir)).toContain('apps_status.json.damaged-20260302T170000000Z');
    expect(await statusIn(join(dataDir, NAME))).toBe('Blank');
  });

  it('is not made while the board is switched off', async () => {
    const dataDir = await folders.create();
    await writeFile(join(dataDir, NAME), 'mine');
    const { store } = await opened(dataDir, { board: NO_BOARD });
    await change(store, 'OK');
    await store.upkeep.backUp(folders.clock.now());
    await store.close();
    expect(await readFile(join(dataDir, NAME), 'utf8')).toBe('mine');
    expect((await readdir(join(dataDir, 'backups'))).filter((name) => name.includes('apps'))).toEqual([]);
  });
});

describe('writing the export', () => {
  it('is waited for by nobody, and changes that come meanwhile share the next one, the last of them in it', async () => {
    const dataDir = await folders.create();
    const { store, clock, disk } = await opened(dataDir);
    await untilWritten(dataDir);
    const before = exportsBegun(disk);
    const { reached, release } = disk.hold('write', NAME);
    await clock.advance('1s');
    await change(store, 'Loading');
    await reached;
    for (const status of ['Warning', 'Loading', 'Warning', 'OK'] as const) await change(store, status);
    expect(await statusIn(join(dataDir, NAME))).toBe('Blank');
    release();
    await until(async () => (await statusIn(join(dataDir, NAME))) === 'Loading');
    await clock.advance('1s');
    await until(async () => (await statusIn(join(dataDir, NAME))) === 'OK');
    await clock.advance('10s');
    expect(exportsBegun(disk) - before).toBe(2);
  });

  it('happens once a second at most, however often the board changes', async () => {
    const dataDir = await folders.create();
    const { store, clock, disk } = await opened(dataDir);
    await untilWritten(dataDir);
    const before = exportsBegun(disk);
    for (let n = 0; n < 40; n++) {
      await change(store, n % 2 === 0 ? 'Loading' : 'OK');
      await clock.advance('100ms');
    }
    await clock.advance('1s');
    await until(async () => (await statusIn(join(dataDir, NAME))) === 'OK');
    expect(exportsBegun(disk) - before).toBeGreaterThanOrEqual(3);
    expect(exportsBegun(disk) - before).toBeLessThanOrEqual(5);
  });

  it('does not happen for what is not of the board', async () => {
    const dataDir = await folders.create();
    const { store, clock, disk } = await opened(dataDir);
    await untilWritten(dataDir);
    const before = exportsBegun(disk);
    await clock.advance('2s');
    await register(store, 'a');
    await clock.advance('2s');
    expect(exportsBegun(disk)).toBe(before);
  });

  it('shows nothing that is not durable', async () => {
    const dataDir = await folders.create();
    const { store, clock, disk } = await opened(dataDir);
    await untilWritten(dataDir);
    disk.fail('datasync');
    await expect(change(store, 'Warning')).rejects.toThrow('the journal cannot be written');
    disk.heal();
    await clock.advance('2s');
    await change(store, 'OK', 'FCCS');
    await store.close();
    expect(await statusIn(join(dataDir, NAME))).toBe('Blank');
    expect(await statusIn(join(dataDir, NAME), 'FCCS', 'Consolidation')).toBe('OK');
  });

  it('leaves the file whole at every moment', async () => {
    const dataDir = await folders.create();
    const { store, clock, disk } = await opened(dataDir);
    await untilWritten(dataDir);
    const seen = new Set<string | undefined>();
    disk.before = async () => {
      seen.add(await statusIn(join(dataDir, NAME)));
    };
    for (const status of ['Loading', 'OK'] as const) {
      await clock.advance('1s');
      await change(store, status);
      await clock.advance('1s');
      await until(async () => (await statusIn(join(dataDir, NAME))) === status);
    }
    expect(seen).toEqual(new Set(['Blank', 'Loading']));
  });

  it('that fails is told once, refuses no request and is repeated until it succeeds', async () => {
    const dataDir = await folders.create();
    const { store, clock, disk, notices } = await opened(dataDir);
    await untilWritten(dataDir);
    await clock.advance('1s');
    failExports(disk);
    await change(store, 'Loading');
    await until(() => notices.length > 0);
    await change(store, 'OK');
    await clock.advance('3m');
    expect(notices).toEqual(['apps_status.json cannot be written; it is tried again']);
    expect(await statusIn(join(dataDir, NAME))).toBe('Blank');
    await until(async () => !(await readdir(dataDir)).includes(`${NAME}.tmp`));
    expect((await store.upkeep.checkHealth()).storage).toBe('ok');
    disk.heal();
    await clock.advance('1m');
    await until(() => notices.length > 1);
    expect(notices[1]).toBe('apps_status.json is written again');
    expect(await statusIn(join(dataDir, NAME))).toBe('OK');
  });

  it('is not done in a folder that another process has taken over', async () => {
    const dataDir = await folders.create();
    const { store, clock, disk, notices } = await opened(dataDir);
    await untilWritten(dataDir);
    const { reached, release } = disk.hold('write', NAME);
    await clock.advance('1s');
    await change(store, 'Loading');
    await reached;
    await writeFile(
      join(dataDir, 'vesper.lock'),
      JSON.stringify({ token: 'another', pid: 1, host: 'there' }),
    );
    await clock.advance('10s');
    release();
    await until(() => notices.length > 0);
    expect(notices).toEqual(['apps_status.json cannot be written; it is tried again']);
    expect(await statusIn(join(dataDir, NAME))).toBe('Blank');
  });

  it('of the last state is done on closing, also while another waits its time', async () => {
    const dataDir = await folders.create();
    const { store } = await opened(dataDir);
    await untilWritten(dataDir);
    await change(store, 'Loading');
    await change(store, 'Warning');
    await store.close();
    expect(await statusIn(join(dataDir, NAME))).toBe('Warning');
  });

  it('that fails on closing keeps nothing from being closed', async () => {
    const dataDir = await folders.create();
    const { store, disk, notices } = await opened(dataDir);
    await untilWritten(dataDir);
    failExports(disk);
    await change(store, 'OK');
    await store.close();
    expect(notices).toEqual(['apps_status.json cannot be written; it is tried again']);
    const { store: again } = await opened(dataDir);
    await again.close();
    expect(await statusIn(join(dataDir, NAME))).toBe('OK');
  });
});

describe('a backup', () => {
  it('has a copy of the export beside it, of which the last 24 are kept', async () => {
    const dataDir = await folders.create();
    const { store, clock } = await opened(dataDir);
    await change(store, 'Warning');
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
      await readFile(join(dataDir, NAME), 'utf8'),
    );
  });

  it('is also made when the export was removed', async () => {
    const dataDir = await folders.create();
    const { store, clock } = await opened(dataDir);
    await untilWritten(dataDir);
    await rm(join(dataDir, NAME));
    await store.upkeep.backUp(clock.now());
    expect(await statusIn(join(dataDir, 'backups', 'apps_status-20260302T170000000Z.json'))).toBe('Blank');
  });
});

function exportsBegun(disk: FaultyDisk): number {
  return disk.asked.filter(({ operation, path }) => operation === 'open' && path.endsWith(`${NAME}.tmp`))
    .length;
}

function failExports(disk: FaultyDisk): void {
  disk.before = (operation, path) => {
    if (operation === 'write' && path.includes(NAME)) throw new Error('no room');
  };
}

import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaultyDisk } from '../../../../test/fakes/faulty-disk';
import {
  EXPORT,
  openWithBoard,
  setFirstCell,
  statusIn,
  untilWritten,
} from '../../../../test/harness/exported-board';
import { JsonFolders, register } from '../../../../test/harness/json-folder';
import { until } from '../../../../test/harness/until';

const folders = new JsonFolders();

describe('writing the export', () => {
  it('is waited for by nobody, and changes that come meanwhile share the next one, the last of them in it', async () => {
    const dataDir = await folders.create();
    const { store, clock, disk } = await openWithBoard(folders, dataDir);
    await untilWritten(dataDir);
    const before = exportsBegun(disk);
    const { reached, release } = disk.hold('write', EXPORT);
    await clock.advance('1s');
    await setFirstCell(store, 'Loading');
    await reached;
    for (const status of ['Warning', 'Loading', 'Warning', 'OK'] as const) await setFirstCell(store, status);
    expect(await statusIn(join(dataDir, EXPORT))).toBe('Blank');
    release();
    await until(async () => (await statusIn(join(dataDir, EXPORT))) === 'Loading');
    await clock.advance('1s');
    await until(async () => (await statusIn(join(dataDir, EXPORT))) === 'OK');
    await clock.advance('10s');
    expect(exportsBegun(disk) - before).toBe(2);
  });

  it('happens once a second at most, however often the board changes', async () => {
    const dataDir = await folders.create();
    const { store, clock, disk } = await openWithBoard(folders, dataDir);
    await untilWritten(dataDir);
    const before = exportsBegun(disk);
    for (let n = 0; n < 40; n++) {
      await setFirstCell(store, n % 2 === 0 ? 'Loading' : 'OK');
      await clock.advance('100ms');
    }
    await clock.advance('1s');
    await until(async () => (await statusIn(join(dataDir, EXPORT))) === 'OK');
    expect(exportsBegun(disk) - before).toBeGreaterThanOrEqual(3);
    expect(exportsBegun(disk) - before).toBeLessThanOrEqual(5);
  });

  it('does not happen for what is not of the board', async () => {
    const dataDir = await folders.create();
    const { store, clock, disk } = await openWithBoard(folders, dataDir);
    await untilWritten(dataDir);
    const before = exportsBegun(disk);
    await clock.advance('2s');
    await register(store, 'a');
    await clock.advance('2s');
    expect(exportsBegun(disk)).toBe(before);
  });

  it('shows nothing that is not durable', async () => {
    const dataDir = await folders.create();
    const { store, clock, disk } = await openWithBoard(folders, dataDir);
    await untilWritten(dataDir);
    disk.fail('datasync');
    await expect(setFirstCell(store, 'Warning')).rejects.toThrow('the journal cannot be written');
    disk.heal();
    await clock.advance('2s');
    await setFirstCell(store, 'OK', 'FCCS');
    await store.close();
    expect(await statusIn(join(dataDir, EXPORT))).toBe('Blank');
    expect(await statusIn(join(dataDir, EXPORT), 'FCCS', 'Consolidation')).toBe('OK');
  });

  it('leaves the file whole at every moment', async () => {
    const dataDir = await folders.create();
    const { store, clock, disk } = await openWithBoard(folders, dataDir);
    await untilWritten(dataDir);
    const seen = new Set<string | undefined>();
    disk.before = async () => {
      seen.add(await statusIn(join(dataDir, EXPORT)));
    };
    for (const status of ['Loading', 'OK'] as const) {
      await clock.advance('1s');
      await setFirstCell(store, status);
      await clock.advance('1s');
      await until(async () => (await statusIn(join(dataDir, EXPORT))) === status);
    }
    expect(seen).toEqual(new Set(['Blank', 'Loading']));
  });

  it('that fails is told once, refuses no request and is repeated until it succeeds', async () => {
    const dataDir = await folders.create();
    const { store, clock, disk, notices } = await openWithBoard(folders, dataDir);
    await untilWritten(dataDir);
    await clock.advance('1s');
    failExports(disk);
    await setFirstCell(store, 'Loading');
    await until(() => notices.length > 0);
    await setFirstCell(store, 'OK');
    await clock.advance('3m');
    expect(notices).toEqual(['apps_status.json cannot be written; it is tried again']);
    expect(await statusIn(join(dataDir, EXPORT))).toBe('Blank');
    await until(async () => !(await readdir(dataDir)).includes(`${EXPORT}.tmp`));
    expect((await store.upkeep.checkHealth()).storage).toBe('ok');
    disk.heal();
    await clock.advance('1m');
    await until(() => notices.length > 1);
    expect(notices[1]).toBe('apps_status.json is written again');
    expect(await statusIn(join(dataDir, EXPORT))).toBe('OK');
  });

  it('is not done in a folder that another process has taken over', async () => {
    const dataDir = await folders.create();
    const { store, clock, disk, notices } = await openWithBoard(folders, dataDir);
    await untilWritten(dataDir);
    const { reached, release } = disk.hold('write', EXPORT);
    await clock.advance('1s');
    await setFirstCell(store, 'Loading');
    await reached;
    await writeFile(
      join(dataDir, 'vesper.lock'),
      JSON.stringify({ token: 'another', pid: 1, host: 'there' }),
    );
    await clock.advance('10s');
    release();
    await until(() => notices.length > 0);
    expect(notices).toEqual(['apps_status.json cannot be written; it is tried again']);
    expect(await statusIn(join(dataDir, EXPORT))).toBe('Blank');
  });

  it('of the last state is done on closing, also while another waits its time', async () => {
    const dataDir = await folders.create();
    const { store } = await openWithBoard(folders, dataDir);
    await untilWritten(dataDir);
    await setFirstCell(store, 'Loading');
    await setFirstCell(store, 'Warning');
    await store.close();
    expect(await statusIn(join(dataDir, EXPORT))).toBe('Warning');
  });

  it('that fails on closing keeps nothing from being closed', async () => {
    const dataDir = await folders.create();
    const { store, disk, notices } = await openWithBoard(folders, dataDir);
    await untilWritten(dataDir);
    failExports(disk);
    await setFirstCell(store, 'OK');
    await store.close();
    expect(notices).toEqual(['apps_status.json cannot be written; it is tried again']);
    const { store: again } = await openWithBoard(folders, dataDir);
    await again.close();
    expect(await statusIn(join(dataDir, EXPORT))).toBe('OK');
  });
});

function exportsBegun(disk: FaultyDisk): number {
  return disk.asked.filter(({ operation, path }) => operation === 'open' && path.endsWith(`${EXPORT}.tmp`))
    .length;
}

function failExports(disk: FaultyDisk): void {
  disk.before = (operation, path) => {
    if (operation === 'write' && path.includes(EXPORT)) throw new Error('no room');
  };
}

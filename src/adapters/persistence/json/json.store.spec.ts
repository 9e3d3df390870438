import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FakeClock } from '../../../../test/fakes/fake-clock';
import { FaultyDisk } from '../../../../test/fakes/faulty-disk';
import { contentOf, JsonFolders, register } from '../../../../test/harness/json-folder';
import { FolderUnusable } from './storage.errors';

const folders = new JsonFolders();

describe('opening a JSON store', () => {
  it('makes the folder, for its owner and group only', async () => {
    const dataDir = join(await folders.create(), 'deep', 'data');
    const store = await folders.open(dataDir);
    await register(store, 'a');
    await store.upkeep.backUp(folders.clock.now());
    const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
    expect(await modeOf(dataDir)).toBe(0o750);
    for (const name of await readdir(dataDir, { recursive: true })) {
      const path = join(dataDir, name);
      const isFolder = (await stat(path)).isDirectory();
      expect({ name, mode: await modeOf(path) }).toEqual({ name, mode: isFolder ? 0o750 : 0o640 });
    }
  });

  it.each(['a file', 'a file/within'])('refuses %s in place of the folder and names it', async (name) => {
    const folder = await folders.create();
    await writeFile(join(folder, 'a file'), '');
    const opening = folders.open(join(folder, name));
    await expect(opening).rejects.toThrow(FolderUnusable);
    await expect(opening).rejects.toThrow(`DATA_DIR ${join(folder, name)} cannot be used`);
  });

  it('refuses a disk that takes no writes, and gives the folder free again', async () => {
    const disk = new FaultyDisk();
    disk.room = 0;
    const dataDir = await folders.create();
    await expect(folders.open(dataDir, { openFile: disk.openFile })).rejects.toThrow(
      /DATA_DIR .* cannot be used: ENOSPC/,
    );
    disk.room = 100;
    await expect(folders.open(dataDir, { openFile: disk.openFile })).rejects.toThrow(FolderUnusable);
    await (await folders.open(dataDir)).close();
  });

  it('knows when the last write was, also of the run before', async () => {
    const clock = new FakeClock();
    const dataDir = await folders.create();
    const store = await folders.open(dataDir, { clock });
    await clock.advance('1h');
    await register(store, 'a');
    await clock.advance('1h');
    const lastUpdate = new Date(clock.now().getTime() - 3_600_000);
    expect((await store.upkeep.checkHealth()).lastUpdate).toEqual(lastUpdate);
    await store.close();
    const header = JSON.stringify({ lastUpdate: lastUpdate.toISOString() }).slice(1, -1);
    expect((await readFile(join(dataDir, 'state.json'), 'utf8')).split('\n')[0]).toContain(header);
  });

  it('refuses everything after it was closed', async () => {
    const dataDir = await folders.create();
    const store = await folders.open(dataDir);
    await store.close();
    const before = await contentOf(dataDir);
    await expect(register(store, 'a')).rejects.toThrow('the storage is closed');
    await expect(store.upkeep.backUp(folders.clock.now())).rejects.toThrow('the storage is closed');
    expect((await store.upkeep.checkHealth()).storage).toBe('the storage is closed');
    expect(await contentOf(dataDir)).toEqual(before);
  });
});

describe('the health of a JSON store', () => {
  it('does not wait for a disk that hangs', async () => {
    const clock = new FakeClock();
    const disk = new FaultyDisk();
    const store = await folders.open(await folders.create(), { clock, openFile: disk.openFile });
    await clock.advance('5s');
    const { release } = disk.hold('datasync');
    const checking = store.upkeep.checkHealth();
    await clock.advance('1500ms');
    expect((await checking).storage).toBe('no write was finished within 1500 ms');
    release();
    expect((await store.upkeep.checkHealth()).storage).toBe('ok');
  });

  it('proves itself by one write for many that ask', async () => {
    const clock = new FakeClock();
    const disk = new FaultyDisk();
    const store = await folders.open(await folders.create(), { clock, openFile: disk.openFile });
    const before = disk.count('datasync');
    await Promise.all([store.upkeep.checkHealth(), store.upkeep.checkHealth()]);
    await store.upkeep.checkHealth();
    expect(disk.count('datasync') - before).toBe(1);
    await clock.advance('2s');
    await store.upkeep.checkHealth();
    expect(disk.count('datasync') - before).toBe(2);
  });
});

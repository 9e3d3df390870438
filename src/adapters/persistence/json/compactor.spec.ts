import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FakeClock } from '../../../../test/fakes/fake-clock';
import { FaultyDisk } from '../../../../test/fakes/faulty-disk';
import { idsIn, JsonFolders, register } from '../../../../test/harness/json-folder';
import { StorageUnavailable } from '../../../domain/shared/errors';

const folders = new JsonFolders();

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

async function journalsIn(dataDir: string): Promise<string[]> {
  return (await readdir(dataDir)).filter((name) => name.startsWith('journal')).sort();
}

describe('compaction', () => {
  it('keeps the last two snapshots and the journals since the older one', async () => {
    const dataDir = await folders.create();
    for (const round of [1, 2, 3, 4]) {
      const store = await folders.open(dataDir);
      await register(store, `s${round}`);
      await store.close();
    }
    expect(await journalsIn(dataDir)).toEqual(['journal-7.jsonl', 'journal.jsonl']);
    const seqOf = async (path: string) =>
      (JSON.parse((await readFile(join(dataDir, path), 'utf8')).split('\n')[0] ?? '') as { seq: number }).seq;
    expect(await seqOf('state.json')).toBe(8);
    expect(await seqOf('backups/previous.json')).toBe(6);
  });

  it('happens when the journal has grown beyond its limit, while writes go on', async () => {
    const disk = new FaultyDisk();
    const dataDir = await folders.create();
    const store = await folders.open(dataDir, { openFile: disk.openFile, journalLimitBytes: 20_000 });
    await register(store, 's0');
    const { reached, release } = disk.hold('write', 'state.json.tmp');
    let compacting = false;
    void reached.then(() => (compacting = true));
    let count = 1;
    while (!compacting) await register(store, `s${count++}`);
    expect((await stat(join(dataDir, 'journal.jsonl'))).size).toBeLessThan(10_000);
    await register(store, 'meanwhile');
    expect(await readdir(dataDir)).not.toContain('state.json');
    release();
    while (!(await readdir(dataDir)).includes('state.json')) await turn();
    const reopened = await folders.open(await folders.copy(dataDir));
    expect(await idsIn(reopened)).toHaveLength(count + 1);
  });

  it('that fails leaves everything in the journals, shows it, and is tried again after a minute', async () => {
    const clock = new FakeClock();
    const disk = new FaultyDisk();
    const dataDir = await folders.create();
    const first = await folders.open(dataDir, { clock });
    await register(first, 'a');
    const killed = await folders.copy(dataDir);
    disk.before = (_, path) => {
      if (path.endsWith('.tmp')) throw new Error('no room for a snapshot');
    };
    const store = await folders.open(killed, { clock, openFile: disk.openFile });
    const stateFile = async () => (await store.upkeep.checkHealth()).checks['state_file'];
    while ((await stateFile()) === 'ok') await turn();
    expect(await stateFile()).toBe('no room for a snapshot');
    await register(store, 'b');
    expect((await store.upkeep.checkHealth()).storage).toBe('ok');
    disk.heal();
    while ((await stateFile()) !== 'ok') await clock.advance('1s');
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(60_000);
    expect(await readdir(killed)).toContain('state.json');
    expect(await idsIn(await folders.open(await folders.copy(killed)))).toEqual(['a', 'b']);
  });

  it('does not let a snapshot that has gone bad take the place of a whole one', async () => {
    const dataDir = await folders.create();
    const store = await folders.open(dataDir);
    await register(store, 'a');
    await store.upkeep.backUp(folders.clock.now());
    await register(store, 'b');
    await store.upkeep.backUp(folders.clock.now());
    const previous = await readFile(join(dataDir, 'backups', 'previous.json'), 'utf8');
    await truncate(join(dataDir, 'state.json'), 100);
    await register(store, 'c');
    await store.upkeep.backUp(folders.clock.now());
    expect(await readFile(join(dataDir, 'backups', 'previous.json'), 'utf8')).toBe(previous);
    await writeFile(join(dataDir, 'state.json'), 'bad again');
    expect(await idsIn(await folders.open(await folders.copy(dataDir)))).toEqual(['a', 'b', 'c']);
  });

  it('on closing loses nothing when it fails', async () => {
    const disk = new FaultyDisk();
    const dataDir = await folders.create();
    const store = await folders.open(dataDir, { openFile: disk.openFile });
    await register(store, 'a');
    disk.room = 0;
    await store.close();
    expect(await readdir(dataDir)).not.toContain('vesper.lock');
    expect(await idsIn(await folders.open(dataDir))).toEqual(['a']);
  });
});

describe('backups', () => {
  it('are whole snapshots of which the last 24 are kept', async () => {
    const clock = new FakeClock();
    const dataDir = await folders.create();
    const store = await folders.open(dataDir, { clock });
    const made: (string | null)[] = [];
    for (let hour = 0; hour < 26; hour++) {
      if (hour < 2) await register(store, `s${hour}`);
      made.push(await store.upkeep.backUp(clock.now()));
      clock.stepWallTo(new Date(clock.now().getTime() + 3_600_000));
    }
    const kept = (await readdir(join(dataDir, 'backups'))).filter((name) => name !== 'previous.json');
    expect(kept.map((name) => join(dataDir, 'backups', name)).sort()).toEqual(made.slice(-24));
    expect(await readFile(made.at(-1) ?? '', 'utf8')).toBe(
      await readFile(join(dataDir, 'state.json'), 'utf8'),
    );
  });

  it("do not get in each other's way", async () => {
    const store = await folders.open(await folders.create());
    await register(store, 'a');
    const now = folders.clock.now();
    const made = await Promise.all([
      store.upkeep.backUp(now),
      store.upkeep.backUp(now),
      store.upkeep.backUp(now),
    ]);
    expect(new Set(made).size).toBe(1);
  });

  it('say so when they cannot be made', async () => {
    const disk = new FaultyDisk();
    const dataDir = await folders.create();
    const store = await folders.open(dataDir, { openFile: disk.openFile });
    await register(store, 'a');
    disk.room = 0;
    await expect(store.upkeep.backUp(folders.clock.now())).rejects.toThrow(StorageUnavailable);
    disk.heal();
    disk.before = (operation, path) => {
      if (operation === 'datasync' && path.endsWith('.tmp')) throw new Error('no room');
    };
    await expect(store.upkeep.backUp(folders.clock.now())).rejects.toThrow(
      'no backup could be made: no room',
    );
    const names = await readdir(dataDir, { recursive: true });
    expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([]);
    disk.heal();
    expect(await store.upkeep.backUp(folders.clock.now())).toContain('state-');
  });
});

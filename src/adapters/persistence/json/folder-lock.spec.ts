import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FakeClock } from '../../../../test/fakes/fake-clock';
import { FaultyDisk } from '../../../../test/fakes/faulty-disk';
import { contentOf, JsonFolders, register } from '../../../../test/harness/json-folder';
import { until } from '../../../../test/harness/until';
import { StorageUnavailable } from '../../../domain/shared/errors';
import { FolderLock } from './folder-lock';
import { currentProcess, startTimeOf, type ProcessIdentity } from './process-identity';
import { FolderInUse, FolderUnusable } from './storage.errors';

const folders = new JsonFolders();
const self = currentProcess();
/** No system hands out such a pid. */
const NOBODY = 2 ** 30;
const ELSEWHERE: ProcessIdentity = { ...self, host: 'another-host', bootId: 'another', pid: 1 };

async function lockedBy(owner: ProcessIdentity): Promise<string> {
  const path = join(await folders.create(), 'vesper.lock');
  await writeFile(path, JSON.stringify({ ...owner, token: 'before', since: '2026-03-01T00:00:00.000Z' }));
  return path;
}

async function ownerIn(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8')) as unknown;
}

describe('the lock of a folder', () => {
  it('refuses a second store and names the process that has the folder', async () => {
    const dataDir = await folders.create();
    const store = await folders.open(dataDir);
    await expect(folders.open(dataDir)).rejects.toThrow(FolderInUse);
    await expect(folders.open(dataDir)).rejects.toThrow(`is held by process ${process.pid} on `);
    await register(store, 'still works');
    await store.close();
    await (await folders.open(dataDir)).close();
    expect(await readdir(dataDir)).not.toContain('vesper.lock');
  });

  it('lets a second process exit with the pid of the first', async () => {
    const dataDir = await folders.create();
    await folders.open(dataDir);
    const script = `
      const { openJsonStore } = require(${JSON.stringify(join(__dirname, 'json.store.ts'))});
      const { SystemClock } = require(${JSON.stringify(join(__dirname, '../../system/system.clock.ts'))});
      openJsonStore({ dataDir: ${JSON.stringify(dataDir)}, retentionDays: 30, clock: new SystemClock() });`;
    const second = spawn(process.execPath, ['--import', 'tsx', '-e', script], { stdio: 'pipe' });
    let output = '';
    second.stderr.on('data', (text) => (output += String(text)));
    const [code] = (await once(second, 'close')) as [number];
    expect(code).toBe(1);
    expect(output).toContain(`is held by process ${process.pid} on ${self.host}`);
  }, 30_000);

  it('refuses another process', async () => {
    const dataDir = await folders.create();
    await (await folders.open(dataDir)).close();
    const path = join(dataDir, 'vesper.lock');
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1_000)'], { stdio: 'ignore' });
    try {
      await once(other, 'spawn');
      await writeFile(
        path,
        JSON.stringify({
          ...self,
          pid: other.pid,
          startedAt: startTimeOf(other.pid ?? 0),
          token: 'other',
          since: 'now',
        }),
      );
      await expect(folders.open(dataDir)).rejects.toThrow(`is held by process ${other.pid} on ${self.host}`);
    } finally {
      other.kill('SIGKILL');
      await once(other, 'exit');
    }
    await (await folders.open(dataDir)).close();
  });

  it.each([
    ['has died', { ...self, pid: NOBODY }],
    ['has died, and whose pid another process has got', { ...self, startedAt: '1' }],
  ])('is taken over from a process that %s', async (_, dead) => {
    const path = await lockedBy(dead);
    const lock = await FolderLock.acquire(path, new FakeClock());
    expect(await ownerIn(path)).toMatchObject({ pid: process.pid, host: self.host });
    await lock.release();
    expect(await readdir(join(path, '..'))).toEqual([]);
  });

  it('goes to exactly one of many that find it with a dead process', async () => {
    for (let round = 0; round < 30; round++) {
      const path = await lockedBy({ ...self, pid: NOBODY });
      const takers = Array.from({ length: 8 }, () => FolderLock.acquire(path, new FakeClock()));
      const results = await Promise.allSettled(takers);
      const winners = results.filter((result) => result.status === 'fulfilled');
      const losers = results.filter((result) => result.status === 'rejected');
      expect(winners).toHaveLength(1);
      expect(losers.every(({ reason }) => reason instanceof FolderInUse)).toBe(true);
      expect(winners[0]?.value.verify()).toBeNull();
      await winners[0]?.value.release();
      expect(await readdir(join(path, '..'))).toEqual([]);
    }
  }, 60_000);

  it('is taken over also when a process died while it was taking it over', async () => {
    const path = await lockedBy({ ...self, pid: NOBODY });
    const claim = { ...self, pid: NOBODY, token: 'claim', since: 'now' };
    await writeFile(`${path}.before`, JSON.stringify(claim));
    const lock = await FolderLock.acquire(path, new FakeClock());
    await lock.release();
    expect(await readdir(join(path, '..'))).toEqual([]);
  });

  it('is never judged when it cannot be read', async () => {
    const path = join(await folders.create(), 'vesper.lock');
    await writeFile(path, '');
    await expect(FolderLock.acquire(path, new FakeClock())).rejects.toThrow(FolderUnusable);
    await expect(FolderLock.acquire(path, new FakeClock())).rejects.toThrow(
      /if no process works in the folder, remove it/,
    );
  });
});

describe('a lock of another host or container', () => {
  it('is taken over once nobody has touched it for ten seconds', async () => {
    const clock = new FakeClock();
    const path = await lockedBy(ELSEWHERE);
    let taken = false;
    const acquiring = FolderLock.acquire(path, clock).then((lock) => {
      taken = true;
      return lock;
    });
    for (let second = 0; second < 9; second++) await pass(clock);
    expect(taken).toBe(false);
    while (!taken) await pass(clock);
    expect(clock.monotonicMs()).toBeLessThanOrEqual(11_000);
    await (await acquiring).release();
  });

  it('is respected while somebody touches it', async () => {
    const clock = new FakeClock();
    const path = await lockedBy(ELSEWHERE);
    const acquiring = FolderLock.acquire(path, clock).then(
      () => 'taken',
      (error: unknown) => error,
    );
    let answer: unknown = null;
    void acquiring.then((result) => (answer = result));
    for (let second = 1; answer === null; second++) {
      await utimes(path, second, second);
      await pass(clock, () => answer !== null);
    }
    expect(answer).toBeInstanceOf(FolderInUse);
    expect((answer as Error).message).toContain('process 1 on another-host');
  });

  it('is touched by its owner every two seconds', async () => {
    const clock = new FakeClock();
    const path = join(await folders.create(), 'vesper.lock');
    const lock = await FolderLock.acquire(path, clock);
    await utimes(path, 0, 0);
    while ((await stat(path)).mtimeMs === 0) await pass(clock);
    expect(clock.monotonicMs()).toBeLessThan(10_000);
    await lock.release();
  });
});

describe('a process that was stopped for so long that another has taken its folder', () => {
  /** The other one has written to the journal by now. */
  async function takeAway(dataDir: string): Promise<Record<string, string>> {
    const other = { ...ELSEWHERE, token: 'other', since: 'now' };
    await writeFile(join(dataDir, 'vesper.lock'), JSON.stringify(other));
    await appendFile(join(dataDir, 'journal.jsonl'), 'of the other process\n');
    return contentOf(dataDir);
  }

  it('refuses every write and touches nothing', async () => {
    const clock = new FakeClock();
    const dataDir = await folders.create();
    const store = await folders.open(dataDir, { clock });
    await register(store, 'a');
    const before = await takeAway(dataDir);
    await clock.advance('10s');
    await expect(store.upkeep.backUp(clock.now())).rejects.toThrow(StorageUnavailable);
    await expect(register(store, 'b')).rejects.toThrow(StorageUnavailable);
    await expect(register(store, 'b')).rejects.toThrow(/was taken over by process 1 on another-host/);
    expect((await store.upkeep.checkHealth()).storage).toMatch(/was taken over/);
    await store.close();
    expect(await contentOf(dataDir)).toEqual(before);
  });

  it('does not finish a snapshot that it had begun', async () => {
    const clock = new FakeClock();
    const disk = new FaultyDisk();
    const dataDir = await folders.create();
    const store = await folders.open(dataDir, { clock, openFile: disk.openFile });
    await register(store, 'a');
    await store.upkeep.backUp(clock.now());
    await register(store, 'b');
    const { reached, release } = disk.hold('write', 'state.json.tmp');
    const backup = store.upkeep.backUp(clock.now());
    await reached;
    const before = await takeAway(dataDir);
    await clock.advance('10s');
    release();
    await expect(backup).rejects.toThrow(StorageUnavailable);
    expect((await contentOf(dataDir))['state.json']).toEqual(before['state.json']);
  });

  it('refuses every write when the lock is gone', async () => {
    const clock = new FakeClock();
    const dataDir = await folders.create();
    const store = await folders.open(dataDir, { clock });
    await rm(join(dataDir, 'vesper.lock'));
    await clock.advance('10s');
    await expect(register(store, 'b')).rejects.toThrow(/vesper\.lock was removed/);
  });
});

/** A second of fake time, once the file system has said what is waited for, however long that takes. */
async function pass(clock: FakeClock, hasEnded = () => false): Promise<void> {
  await until(() => clock.isAwaited || hasEnded());
  await clock.advance('1s');
}

import { appendFile, copyFile, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { FaultyDisk } from '../../../../test/fakes/faulty-disk';
import { contentOf, idsIn, JsonFolders, register } from '../../../../test/harness/json-folder';
import { toJournalLine } from './journal-line';
import { CorruptJournal, NoUsableSnapshot, UnknownFormat } from './storage.errors';

const folders = new JsonFolders();

/** A folder as a killed process leaves it: some schedulers, each written by a batch of its own. */
async function killedWith(...ids: readonly string[]): Promise<string> {
  const dataDir = await folders.create();
  const store = await folders.open(dataDir);
  for (const id of ids) await register(store, id);
  return folders.copy(dataDir);
}

/** The same after each group was compacted: `state.json`, the one before it, and the journals of both. */
async function compactedWith(...groups: readonly (readonly string[])[]): Promise<string> {
  const dataDir = await folders.create();
  for (const ids of groups) {
    const store = await folders.open(dataDir);
    for (const id of ids) await register(store, id);
    await store.close();
  }
  return dataDir;
}

async function linesOf(dataDir: string): Promise<string[]> {
  return (await readFile(join(dataDir, 'journal.jsonl'), 'utf8')).split('\n').slice(0, -1);
}

/** The one closed journal of a folder. */
async function segmentOf(dataDir: string): Promise<string> {
  const names = (await readdir(dataDir)).filter((name) => /^journal-\d/.test(name));
  expect(names).toHaveLength(1);
  return join(dataDir, names[0] as string);
}

async function damage(path: string, byte: number): Promise<void> {
  const data = await readFile(path);
  data[byte] = (data[byte] ?? 0) ^ 1;
  await writeFile(path, data);
}

/** Opens and closes again. @returns what was found */
async function openedIds(dataDir: string): Promise<string[]> {
  const store = await folders.open(dataDir);
  const ids = await idsIn(store);
  await store.close();
  return ids;
}

describe('a journal whose last write was interrupted', () => {
  it('loses only what nobody was told of, wherever it was torn', async () => {
    const dataDir = await folders.create();
    const writing = await folders.open(dataDir);
    await register(writing, 'a');
    await writing.schedulers.recordHeartbeat('a', new Date());
    const killed = await folders.copy(dataDir);
    const whole = await readFile(join(killed, 'journal.jsonl'));
    const lastBegins = whole.lastIndexOf('\n', whole.length - 2) + 1;
    for (let length = lastBegins; length < whole.length; length++) {
      const torn = await folders.copy(killed);
      await truncate(join(torn, 'journal.jsonl'), length);
      const store = await folders.open(torn);
      expect((await store.schedulers.find('a'))?.lastHeartbeat).toBeNull();
      const { storage, notices } = await store.upkeep.checkHealth();
      expect({ storage, notices: notices.length }).toEqual({
        storage: 'ok',
        notices: length === lastBegins ? 0 : 1,
      });
      await register(store, 'b');
      await store.close();
      expect(await openedIds(torn)).toEqual(['a', 'b']);
    }
  }, 60_000);

  it('is cut off and told of', async () => {
    const dataDir = await killedWith('a', 'b');
    await appendFile(join(dataDir, 'journal.jsonl'), '{"sum":"12');
    const told: string[] = [];
    const store = await folders.open(dataDir, { onNotice: (message) => told.push(message) });
    const notice =
      'the last write to journal.jsonl was interrupted: 10 bytes that belong to no acknowledged request were cut off';
    expect(told).toEqual([notice]);
    expect((await store.upkeep.checkHealth()).notices).toEqual([expect.stringContaining(notice)]);
    expect(await idsIn(store)).toEqual(['a', 'b']);
  });

  it.each([
    ['zeros, as a file system leaves them after a power cut', '\0'.repeat(4_096)],
    [
      'half a batch',
      `${toJournalLine(4, 3, '"torn').slice(0, 40)}\n${toJournalLine(5, 3, '{"t":"x","k":"y"}')}`,
    ],
  ])('may end in %s', async (_, tail) => {
    const dataDir = await killedWith('a', 'b');
    await appendFile(join(dataDir, 'journal.jsonl'), tail);
    expect(await openedIds(dataDir)).toEqual(['a', 'b']);
  });

  it('may have been torn in its first line', async () => {
    const dataDir = await compactedWith(['a'], ['b']);
    await truncate(join(dataDir, 'journal.jsonl'), 20);
    const store = await folders.open(dataDir);
    await register(store, 'c');
    await store.close();
    expect(await openedIds(dataDir)).toEqual(['a', 'b', 'c']);
  });
});

describe('a journal that was damaged after it was acknowledged', () => {
  it('is refused with what would be lost and what to do, and nothing is changed', async () => {
    const dataDir = await killedWith('a', 'b', 'c', 'd');
    const lines = await linesOf(dataDir);
    const begins = lines.slice(0, 3).join('\n').length + 1;
    await damage(join(dataDir, 'journal.jsonl'), begins + 60);
    const before = await contentOf(dataDir);
    const opening = folders.open(dataDir);
    await expect(opening).rejects.toThrow(CorruptJournal);
    await expect(opening).rejects.toThrow(
      new RegExp(
        `journal\\.jsonl, line 4 \\(byte ${begins}\\).* commits 3 to 5 would be lost.*truncate -s ${begins} `,
      ),
    );
    expect(await contentOf(dataDir)).toEqual(before);
    await truncate(join(dataDir, 'journal.jsonl'), begins);
    expect(await openedIds(dataDir)).toEqual(['a']);
  });

  it('is refused wherever a bit has changed, unless it is in the last batch or in a line without a commit', async () => {
    const dataDir = await killedWith('a', 'b', 'c');
    const lines = await linesOf(dataDir);
    let begins = 0;
    for (const [index, line] of lines.entries()) {
      const damaged = await folders.copy(dataDir);
      await damage(join(damaged, 'journal.jsonl'), begins + (line.length >> 1));
      begins += line.length + 1;
      if (index === 0) expect(await openedIds(damaged)).toEqual(['a', 'b', 'c']);
      else if (index === lines.length - 1) expect(await openedIds(damaged)).toEqual(['a', 'b']);
      else await expect(folders.open(damaged)).rejects.toThrow(CorruptJournal);
    }
  });

  it('is refused when a line is missing', async () => {
    const dataDir = await killedWith('a', 'b', 'c');
    const lines = await linesOf(dataDir);
    const without = lines.filter((_, index) => index !== 2).map((line) => `${line}\n`);
    await writeFile(join(dataDir, 'journal.jsonl'), without.join(''));
    await expect(folders.open(dataDir)).rejects.toThrow(/commits 2 to 2 are missing before line 3/);
  });

  it('goes on over a damaged line that held no commit', async () => {
    const dataDir = await folders.create();
    const store = await folders.open(dataDir);
    await register(store, 'a');
    await store.upkeep.checkHealth();
    await register(store, 'b');
    await register(store, 'c');
    const killed = await folders.copy(dataDir);
    const lines = await linesOf(killed);
    const probe = lines.findLastIndex((line) => line.includes('"ops":[]'));
    expect(probe).toBe(3);
    await damage(join(killed, 'journal.jsonl'), lines.slice(0, probe).join('\n').length + 20);
    expect(await openedIds(killed)).toEqual(['a', 'b', 'c']);
  });

  it('is refused when a closed journal is gone that is still needed', async () => {
    const dataDir = await compactedWith(['a'], ['b'], ['c']);
    await writeFile(join(dataDir, 'state.json'), 'damaged');
    const segment = await segmentOf(dataDir);
    await rename(segment, join(dataDir, 'elsewhere'));
    await expect(folders.open(dataDir)).rejects.toThrow(NoUsableSnapshot);
    await expect(folders.open(dataDir)).rejects.toThrow(
      /damaged: .*state\.json.*begin only with commit 7: commits 5 to 6 would be lost.*move state\.json and all journal\*\.jsonl away/,
    );
    await rename(join(dataDir, 'elsewhere'), segment);
    expect(await openedIds(dataDir)).toEqual(['a', 'b', 'c']);
  });

  it.each([
    ['its successor', () => Promise.resolve()],
    ['no successor', (dataDir: string) => rm(join(dataDir, 'journal.jsonl'))],
  ])('is refused when a closed journal is damaged that is still needed and has %s', async (_, prepare) => {
    const dataDir = await compactedWith(['a'], ['b', 'c']);
    await writeFile(join(dataDir, 'state.json'), 'damaged');
    await prepare(dataDir);
    const segment = await segmentOf(dataDir);
    await truncate(segment, (await readFile(segment)).length - 5);
    await expect(folders.open(dataDir)).rejects.toThrow(
      /is damaged, and it was acknowledged.* and move journal\.jsonl away/,
    );
  });

  it('is no matter when a closed journal is damaged in a line without a commit, or not needed', async () => {
    const dataDir = await compactedWith(['a'], ['b', 'c']);
    await damage(await segmentOf(dataDir), 20);
    expect(await openedIds(await folders.copy(dataDir))).toEqual(['a', 'b', 'c']);
    await writeFile(join(dataDir, 'state.json'), 'damaged');
    expect(await openedIds(await folders.copy(dataDir))).toEqual(['a', 'b', 'c']);
    const state = await compactedWith(['a'], ['b', 'c']);
    await writeFile(await segmentOf(state), 'nothing of it');
    expect(await openedIds(state)).toEqual(['a', 'b', 'c']);
  });
});

describe('a damaged snapshot', () => {
  it.each([
    ['a flipped bit', (path: string) => damage(path, 200)],
    ['a missing end', async (path: string) => truncate(path, (await readFile(path)).length - 30)],
    ['no content', (path: string) => truncate(path, 0)],
    ['no existence', (path: string) => rm(path)],
  ])('with %s loses nothing', async (_, harm) => {
    const dataDir = await compactedWith(['a'], ['b'], ['c']);
    await harm(join(dataDir, 'state.json'));
    const store = await folders.open(dataDir);
    expect(await idsIn(store)).toEqual(['a', 'b', 'c']);
    expect((await store.upkeep.checkHealth()).storage).toBe('recovered');
    await store.close();
    const healed = await folders.open(dataDir);
    expect(await idsIn(healed)).toEqual(['a', 'b', 'c']);
    expect((await healed.upkeep.checkHealth()).storage).toBe('ok');
  });

  it('is kept under another name, and told of', async () => {
    const dataDir = await compactedWith(['a'], ['b']);
    await writeFile(join(dataDir, 'state.json'), 'damaged');
    const store = await folders.open(dataDir);
    const aside = (await readdir(dataDir)).find((name) => name.startsWith('state.json.corrupt-')) as string;
    expect(await readFile(join(dataDir, aside), 'utf8')).toBe('damaged');
    expect((await store.upkeep.checkHealth()).notices).toEqual([expect.stringContaining(aside)]);
  });

  it('is made up for by an hourly backup when the previous snapshot is damaged too', async () => {
    const dataDir = await folders.create();
    const store = await folders.open(dataDir);
    await register(store, 'a');
    const backup = await store.upkeep.backUp(folders.clock.now());
    expect(backup).toBe(join(dataDir, 'backups', 'state-20260302T170000000Z.json'));
    await register(store, 'b');
    const killed = await folders.copy(dataDir);
    await writeFile(join(killed, 'state.json'), 'damaged');
    await rm(join(killed, 'journal-1.jsonl'));
    const recovered = await folders.open(killed);
    expect(await idsIn(recovered)).toEqual(['a', 'b']);
    expect((await recovered.upkeep.checkHealth()).storage).toBe('recovered');
  });

  it('without any other is refused with the newest state that is left, and nothing is changed', async () => {
    const dataDir = await compactedWith(['a'], ['b'], ['c']);
    await writeFile(join(dataDir, 'state.json'), 'damaged');
    await writeFile(join(dataDir, 'backups', 'previous.json'), 'damaged');
    const before = await contentOf(dataDir);
    await expect(folders.open(dataDir)).rejects.toThrow(
      /no snapshot is usable.*Restore state\.json from a copy/,
    );
    for (const name of await readdir(dataDir)) {
      if (name.startsWith('journal')) await rm(join(dataDir, name));
    }
    await expect(folders.open(dataDir)).rejects.toThrow(/no snapshot is usable.*there is no journal/);
    expect((await contentOf(dataDir))['state.json']).toEqual(before['state.json']);
  });

  it('is refused when it reached further than all that is left: its journals are missing', async () => {
    const dataDir = await compactedWith(['a'], ['b'], ['c']);
    const state = await readFile(join(dataDir, 'state.json'), 'utf8');
    await writeFile(join(dataDir, 'state.json'), state.slice(0, -20));
    for (const name of await readdir(dataDir)) {
      if (name.startsWith('journal')) await rm(join(dataDir, name));
    }
    await expect(folders.open(dataDir)).rejects.toThrow(
      /reached to commit \d+, .* would be lost\. Nothing was changed/,
    );
    expect(await readFile(join(dataDir, 'state.json'), 'utf8')).toBe(state.slice(0, -20));
  });

  it('of another version is refused', async () => {
    const dataDir = await compactedWith(['a']);
    const header = '{"format":"vesper-state","version":2,"seq":1,"lastUpdate":null}\n';
    const sum = crc32(header).toString(16).padStart(8, '0');
    await writeFile(join(dataDir, 'state.json'), `${header}{"records":0,"sum":"${sum}"}\n`);
    await expect(folders.open(dataDir)).rejects.toThrow(UnknownFormat);
  });
});

describe('a snapshot put into the folder by hand', () => {
  it('is enough by itself, and the missing journal is told of', async () => {
    const dataDir = await compactedWith(['a', 'b']);
    const restored = await folders.create();
    await copyFile(join(dataDir, 'state.json'), join(restored, 'state.json'));
    const store = await folders.open(restored);
    expect(await idsIn(store)).toEqual(['a', 'b']);
    expect((await store.upkeep.checkHealth()).notices).toEqual([
      expect.stringContaining('no journal beside'),
    ]);
    await register(store, 'c');
    expect(await openedIds(await folders.copy(restored))).toEqual(['a', 'b', 'c']);
  });

  it('goes before an older journal', async () => {
    const older = await killedWith('a');
    const newer = await compactedWith(['a'], ['b']);
    await copyFile(join(newer, 'state.json'), join(older, 'state.json'));
    const store = await folders.open(older);
    await register(store, 'c');
    expect(await openedIds(await folders.copy(older))).toEqual(['a', 'b', 'c']);
    await store.close();
    expect(await openedIds(older)).toEqual(['a', 'b', 'c']);
  });
});

describe('a process killed while it makes a snapshot', () => {
  it('has lost nothing at any moment of it', async () => {
    const disk = new FaultyDisk();
    const dataDir = await folders.create();
    const store = await folders.open(dataDir, { openFile: disk.openFile });
    const moments: { readonly folder: string; readonly ids: readonly string[] }[] = [];
    for (const round of [1, 2, 3]) {
      await register(store, `s${round}`);
      const ids = await idsIn(store);
      disk.before = async () => void moments.push({ folder: await folders.copy(dataDir), ids });
      await store.upkeep.backUp(folders.clock.now());
      disk.heal();
      moments.push({ folder: await folders.copy(dataDir), ids });
    }
    expect(moments.length).toBeGreaterThan(20);
    for (const { folder, ids } of moments) {
      const found = await folders.open(folder);
      expect(await idsIn(found)).toEqual(ids);
      expect((await found.upkeep.checkHealth()).storage).toBe('ok');
      await found.close();
      expect((await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.tmp'))).toEqual(
        [],
      );
    }
  }, 60_000);

  it('has lost nothing between two journals', async () => {
    const dataDir = await killedWith('a', 'b');
    await rename(join(dataDir, 'journal.jsonl'), join(dataDir, 'journal-1.jsonl'));
    expect(await openedIds(dataDir)).toEqual(['a', 'b']);
  });

  it('has lost nothing when the new snapshot has not taken its place yet', async () => {
    const dataDir = await compactedWith(['a'], ['b']);
    await copyFile(join(dataDir, 'state.json'), join(dataDir, 'backups', 'previous.json'));
    expect(await openedIds(dataDir)).toEqual(['a', 'b']);
  });
});

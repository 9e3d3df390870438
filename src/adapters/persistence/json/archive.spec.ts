import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { aWindow } from '../../../../test/builders/a-window';
import { FakeClock } from '../../../../test/fakes/fake-clock';
import { FaultyDisk } from '../../../../test/fakes/faulty-disk';
import { JsonFolders, register } from '../../../../test/harness/json-folder';
import type { HistoryEntry } from '../../../domain/schedulers/history-entry';
import type { StatusDecision } from '../../../domain/schedulers/decide-status-update';
import { ChangedConcurrently, StorageUnavailable } from '../../../domain/shared/errors';
import { newNight } from '../../../domain/windows/night';
import { occurrenceOn } from '../../../domain/windows/occurrence';
import type { JsonStore } from './json.store';

const NOW = new Date('2026-03-02T17:00:00.000Z');
const MINUTE_MS = 60_000;
const folders = new JsonFolders(new FakeClock(NOW));
const never = new AbortController().signal;

function entryAt(minutesAgo: number, fields: Partial<HistoryEntry> = {}): HistoryEntry {
  return {
    id: `00000000-0000-8000-8000-${String(minutesAgo).padStart(12, '0')}`,
    schedulerId: 's',
    status: 'completed',
    timestamp: new Date(NOW.getTime() - minutesAgo * MINUTE_MS),
    executionTimeMs: 1,
    executionTimeSource: 'reported',
    errorMessage: null,
    metadata: null,
    runId: null,
    receivedAt: NOW,
    reportedBy: 'key',
    ...fields,
  };
}

function entryOf(schedulerId: string, minutesAgo: number): HistoryEntry {
  return entryAt(minutesAgo, { schedulerId, id: `${schedulerId}-${minutesAgo}` });
}

/** Writes an entry without changing anything else of its scheduler. */
async function record(store: JsonStore, entry: HistoryEntry): Promise<'recorded' | 'duplicate'> {
  const stored = await store.schedulers.find(entry.schedulerId);
  const scheduler = stored ?? (await register(store, entry.schedulerId));
  const next = { ...scheduler, statusAt: NOW, version: scheduler.version + 1 };
  const decision: StatusDecision = { applied: false, scheduler: next, entry, alertChanges: [] };
  return store.schedulers.recordStatus(decision);
}

async function listed(store: JsonStore, schedulerId = 's'): Promise<readonly HistoryEntry[]> {
  const query = { schedulerId, from: new Date(0), to: null, status: null };
  return (await store.schedulers.listHistory(query, { limit: 1_000, after: null })).items;
}

/** Lets everything that waits in memory be filed. */
async function file(store: JsonStore): Promise<void> {
  await store.upkeep.backUp(NOW);
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

async function filesIn(dataDir: string): Promise<string[]> {
  const names = await readdir(join(dataDir, 'history'), { recursive: true });
  return names.filter((name) => name.endsWith('.jsonl')).sort();
}

describe('history in daily files', () => {
  it('lies under the day of the event and the bucket of the scheduler', async () => {
    const dataDir = await folders.create();
    const store = await folders.open(dataDir);
    await record(store, entryAt(0));
    await record(store, entryAt(17 * 60 + 1));
    await record(store, entryAt(1));
    await file(store);
    const files = await filesIn(dataDir);
    expect(files.map((name) => dirname(name))).toEqual(['2026-03-01', '2026-03-02']);
    const lines = (await readFile(join(dataDir, 'history', files[1] ?? ''), 'utf8')).split('\n');
    expect(
      lines.filter((line) => line !== '').map((line) => (JSON.parse(line) as { id: string }).id),
    ).toEqual([entryAt(0).id, entryAt(1).id]);
  });

  it('is found within bounds that no calendar has', async () => {
    const store = await folders.open(await folders.create());
    await record(store, entryAt(0));
    await file(store);
    const query = { schedulerId: 's', from: new Date(-8.64e15), to: new Date(8.64e15), status: null };
    expect((await store.schedulers.listHistory(query, { limit: 1, after: null })).items).toEqual([
      entryAt(0),
    ]);
  });

  it('is found at bounds that are midnight', async () => {
    const store = await folders.open(await folders.create());
    const midnight = entryAt(17 * 60);
    await record(store, midnight);
    await file(store);
    const query = { schedulerId: 's', from: midnight.timestamp, to: midnight.timestamp, status: null };
    expect((await store.schedulers.listHistory(query, { limit: 1, after: null })).items).toEqual([midnight]);
  });

  it('is filed every minute, and at once when much of it waits', async () => {
    const clock = new FakeClock(NOW);
    const dataDir = await folders.create();
    const store = await folders.open(dataDir, { clock });
    await record(store, entryAt(0));
    await expect(filesIn(dataDir)).rejects.toThrow('ENOENT');
    while (!(await readdir(dataDir)).includes('history')) await clock.advance('1s');
    expect(clock.monotonicMs()).toBeLessThan(75_000);
    const long = { errorMessage: 'x'.repeat(100_000) };
    for (let day = 1; day <= 22; day++) await record(store, entryAt(day * 24 * 60, long));
    while ((await filesIn(dataDir)).length < 22) await turn();
    expect(await listed(store)).toHaveLength(23);
    expect(await listed(store, 'somebody else')).toEqual([]);
  });

  it('is listed whole while it is being filed', async () => {
    const disk = new FaultyDisk();
    const dataDir = await folders.create();
    const store = await folders.open(dataDir, { openFile: disk.openFile });
    const entries = Array.from({ length: 40 }, (_, n) => entryAt(n * 360));
    for (const entry of entries) await record(store, entry);
    const seen: (readonly HistoryEntry[])[] = [];
    disk.before = async (_, path) => {
      if (path.includes('history')) seen.push(await listed(store));
    };
    await file(store);
    expect(seen.length).toBeGreaterThan(30);
    for (const each of seen) expect(each).toEqual(entries);
    expect(await listed(store)).toEqual(entries);
  });

  it('is read once when it was filed twice', async () => {
    const dataDir = await folders.create();
    const store = await folders.open(dataDir);
    await record(store, entryAt(0));
    await record(store, entryAt(1));
    const killed = await folders.copy(dataDir);
    await file(store);
    await mkdir(join(killed, 'history', '2026-03-02'), { recursive: true });
    const [name = ''] = await filesIn(dataDir);
    await writeFile(join(killed, 'history', name), await readFile(join(dataDir, 'history', name)));
    const reopened = await folders.open(killed);
    await file(reopened);
    expect((await readFile(join(killed, 'history', name), 'utf8')).match(/"id"/g)).toHaveLength(4);
    expect(await listed(reopened)).toEqual([entryAt(0), entryAt(1)]);
    expect(await reopened.upkeep.deleteExpired(new Date(NOW.getTime() + 1), never)).toBe(2);
  });

  it('loses no more than a torn line, and nothing of what is appended to it', async () => {
    const dataDir = await folders.create();
    const store = await folders.open(dataDir);
    await record(store, entryAt(0));
    await file(store);
    const [name = ''] = await filesIn(dataDir);
    await appendFile(join(dataDir, 'history', name), JSON.stringify(entryAt(1)).slice(0, -20));
    await record(store, entryAt(2));
    await file(store);
    expect(await listed(store)).toEqual([entryAt(0), entryAt(2)]);
  });

  it('stays in the journal while it cannot be filed, and is filed when it can', async () => {
    const disk = new FaultyDisk();
    const dataDir = await folders.create();
    const store = await folders.open(dataDir, { openFile: disk.openFile });
    await record(store, entryAt(0));
    await record(store, entryAt(1));
    disk.before = (operation, path) => {
      if (operation === 'write' && path.includes('history')) throw new Error('no room for history');
    };
    await expect(file(store)).rejects.toThrow(StorageUnavailable);
    expect((await store.upkeep.checkHealth()).checks).toEqual({ state_file: 'no room for history' });
    expect(await listed(store)).toEqual([entryAt(0), entryAt(1)]);
    disk.heal();
    const reopened = await folders.open(await folders.copy(dataDir));
    expect(await listed(reopened)).toEqual([entryAt(0), entryAt(1)]);
    await file(store);
    expect((await store.upkeep.checkHealth()).checks).toEqual({ state_file: 'ok' });
    expect(await filesIn(dataDir)).toHaveLength(1);
  });

  it('that has outlived its retention is deleted, file by file and line by line', async () => {
    const dataDir = await folders.create();
    const store = await folders.open(dataDir);
    for (const minutesAgo of [0, 60, 120, 24 * 60, 48 * 60]) await record(store, entryAt(minutesAgo));
    await file(store);
    await record(store, entryAt(180));
    const before = new Date(NOW.getTime() - 60 * MINUTE_MS);
    expect(await store.upkeep.deleteExpired(before, never)).toBe(4);
    expect(await listed(store)).toEqual([entryAt(0), entryAt(60)]);
    expect((await filesIn(dataDir)).map((name) => dirname(name))).toEqual(['2026-03-02']);
    expect(await store.upkeep.deleteExpired(before, never)).toBe(0);
    await store.close();
    expect(await listed(await folders.open(dataDir))).toEqual([entryAt(0), entryAt(60)]);
  });

  it('that has outlived its retention is deleted up to the file in hand when the process is to end, and later the rest', async () => {
    const disk = new FaultyDisk();
    const dataDir = await folders.create();
    const store = await folders.open(dataDir, { openFile: disk.openFile });
    const window = aWindow({ name: 'window' });
    await store.nights.record(newNight(window, occurrenceOn(window, '2026-02-01')));
    // Two files of one day, each with one to keep, and the day before.
    for (const schedulerId of ['s', 't'])
      for (const minutesAgo of [0, 60, 24 * 60]) await record(store, entryOf(schedulerId, minutesAgo));
    await file(store);
    const files = await filesIn(dataDir);
    const commits = () => disk.asked.filter(({ path }) => path.includes('journal')).length;
    const ending = new AbortController();
    disk.before = (operation, path) => {
      if (operation === 'open' && path.includes('history')) ending.abort();
    };
    expect(await store.upkeep.deleteExpired(NOW, ending.signal)).toBe(1);
    await record(store, entryOf('s', 48 * 60));
    const before = commits();
    expect(await store.upkeep.deleteExpired(NOW, ending.signal)).toBe(0);
    expect(await filesIn(dataDir)).toEqual(files);
    expect(commits()).toBe(before);
    expect(await store.upkeep.deleteExpired(NOW, never)).toBe(4);
    expect(await filesIn(dataDir)).toHaveLength(2);
    expect(await listed(store, 's')).toEqual([entryOf('s', 0)]);
    expect(await listed(store, 't')).toEqual([entryOf('t', 0)]);
    expect(await store.nights.find('window', '2026-02-01')).toBeNull();
  });

  it('that is kept when other history is deleted is as durable as before', async () => {
    const disk = new FaultyDisk();
    const dataDir = await folders.create();
    const store = await folders.open(dataDir, { openFile: disk.openFile });
    await record(store, entryAt(0));
    await store.upkeep.deleteExpired(new Date(NOW.getTime() - MINUTE_MS), never);
    const [name = ''] = await filesIn(dataDir);
    const synced = { operation: 'datasync' as const, path: join(dataDir, 'history', name) };
    expect(disk.asked).not.toContainEqual(synced);
    await file(store);
    expect(disk.asked).toContainEqual(synced);
  });

  it('that is deleted takes along what a crash left of an earlier deletion', async () => {
    const dataDir = await folders.create();
    const store = await folders.open(dataDir);
    await record(store, entryAt(60));
    await file(store);
    const [name = ''] = await filesIn(dataDir);
    await writeFile(join(dataDir, 'history', `${name}.tmp`), 'half');
    expect(await store.upkeep.deleteExpired(NOW, never)).toBe(1);
    expect(await readdir(join(dataDir, 'history'))).toEqual([]);
  });

  it('that was too old already when it came is not kept', async () => {
    const dataDir = await folders.create();
    const store = await folders.open(dataDir);
    expect(await record(store, entryAt(31 * 24 * 60))).toBe('recorded');
    await file(store);
    expect(await listed(store)).toEqual([]);
    expect(await readdir(dataDir)).not.toContain('history');
  });
});

describe('the same entry again', () => {
  it.each([
    ['waits in memory', () => Promise.resolve()],
    ['is filed', file],
  ])('is a duplicate when the first %s', async (_, prepare) => {
    const store = await folders.open(await folders.create());
    await record(store, entryAt(5));
    await prepare(store);
    expect(await record(store, entryAt(5))).toBe('duplicate');
    expect(await record(store, entryAt(6))).toBe('recorded');
    expect(await listed(store)).toEqual([entryAt(5), entryAt(6)]);
  });

  it('is a duplicate only once the first is durable', async () => {
    const disk = new FaultyDisk();
    const store = await folders.open(await folders.create(), { openFile: disk.openFile });
    await record(store, entryAt(1));
    const { reached, release } = disk.hold('datasync');
    const first = record(store, entryAt(5));
    await reached;
    let answered = false;
    const second = record(store, entryAt(5)).finally(() => (answered = true));
    for (let n = 0; n < 20; n++) await turn();
    expect(answered).toBe(false);
    expect(await listed(store)).toEqual([entryAt(1)]);
    release();
    expect([await first, await second]).toEqual(['recorded', 'duplicate']);
  });

  it('is refused for reading again when both were looked for at the same time', async () => {
    const store = await folders.open(await folders.create());
    await record(store, entryAt(1));
    const results = await Promise.allSettled([record(store, entryAt(5)), record(store, entryAt(5))]);
    expect(results).toEqual([
      { status: 'fulfilled', value: 'recorded' },
      { status: 'rejected', reason: expect.any(ChangedConcurrently) as unknown },
    ]);
    expect(await record(store, entryAt(5))).toBe('duplicate');
    expect(await listed(store)).toEqual([entryAt(1), entryAt(5)]);
  });
});

const ages = fc.uniqueArray(fc.nat({ max: 5 * 24 * 60 }), { maxLength: 40 });
const chunks = fc.array(ages, { minLength: 1, maxLength: 3 });

describe('any history, filed at any time', () => {
  it('is paged newest first, whole, within its bounds', async () => {
    const property = fc.asyncProperty(
      chunks,
      fc.integer({ min: 1, max: 9 }),
      fc.nat({ max: 5 * 24 * 60 }),
      fc.nat({ max: 2 * 24 * 60 }),
      async (groups, limit, fromAgo, length) => {
        const store = await folders.open(await folders.create());
        const all = new Map<string, HistoryEntry>();
        for (const group of groups) {
          for (const entry of group.map((age) => entryAt(age))) {
            await record(store, entry);
            await record(
              store,
              entryAt(0, { id: `other-${entry.id}`, schedulerId: 't', timestamp: entry.timestamp }),
            );
            all.set(entry.id, entry);
          }
          if (groups.indexOf(group) % 2 === 0) await file(store);
        }
        const from = entryAt(fromAgo).timestamp;
        const to = new Date(from.getTime() + length * MINUTE_MS);
        const expected = [...all.values()]
          .filter(({ timestamp }) => timestamp >= from && timestamp <= to)
          .sort((a, b) => b.timestamp.getTime() - a.timestamp.getTime());
        const found: HistoryEntry[] = [];
        for (let after: string | null = null, more = true; more;) {
          const query = { schedulerId: 's', from, to, status: null };
          const page = await store.schedulers.listHistory(query, { limit, after });
          found.push(...page.items);
          after = page.next;
          more = after !== null;
        }
        expect(found).toEqual(expected);
        await store.close();
      },
    );
    await fc.assert(property, { numRuns: 15 });
  }, 60_000);
});

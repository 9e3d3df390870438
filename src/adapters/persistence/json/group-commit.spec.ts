import { copyFile, readdir, rename, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { aScheduler } from '../../../../test/builders/a-scheduler';
import { FakeClock } from '../../../../test/fakes/fake-clock';
import { FaultyDisk, type DiskOperation } from '../../../../test/fakes/faulty-disk';
import { idsIn, JsonFolders, register } from '../../../../test/harness/json-folder';
import { SchedulerNotFound } from '../../../domain/schedulers/scheduler.errors';
import { ChangedConcurrently, StorageUnavailable } from '../../../domain/shared/errors';
import type { JsonStore } from './json.store';
import { NoUsableSnapshot } from './storage.errors';

const folders = new JsonFolders();

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

async function openOn(disk: FaultyDisk): Promise<{ store: JsonStore; dataDir: string }> {
  const dataDir = await folders.create();
  return { store: await folders.open(dataDir, { openFile: disk.openFile }), dataDir };
}

const at = (second: number) => new Date(Date.UTC(2026, 2, 2, 17, 0, second));

describe('commits that arrive together', () => {
  it('share one write and one sync', async () => {
    const disk = new FaultyDisk();
    const { store } = await openOn(disk);
    const before = disk.count('datasync');
    await Promise.all(Array.from({ length: 50 }, (_, n) => register(store, `s${n}`)));
    expect(disk.count('datasync') - before).toBe(1);
    await Promise.all(Array.from({ length: 50 }, (_, n) => store.schedulers.recordHeartbeat(`s${n}`, at(1))));
    expect(disk.count('datasync') - before).toBe(2);
  });

  it('go on one by one when each waits for the one before', async () => {
    const disk = new FaultyDisk();
    const { store } = await openOn(disk);
    const before = disk.count('datasync');
    for (let n = 0; n < 5; n++) await register(store, `s${n}`);
    expect(disk.count('datasync') - before).toBe(5);
  });
});

describe('while a commit is on its way to the disk', () => {
  it('nobody is told of it and nobody sees it', async () => {
    const disk = new FaultyDisk();
    const { store } = await openOn(disk);
    await register(store, 'known');
    const { reached, release } = disk.hold('datasync');
    let answered = 0;
    const registered = register(store, 'new').then(() => answered++);
    const heard = store.schedulers.recordHeartbeat('known', at(1)).then(() => answered++);
    await reached;
    expect(answered).toBe(0);
    expect(await store.schedulers.find('new')).toBeNull();
    expect((await store.schedulers.find('known'))?.lastHeartbeat).toBeNull();
    release();
    await Promise.all([registered, heard]);
    expect(await store.schedulers.find('new')).not.toBeNull();
    expect((await store.schedulers.find('known'))?.lastHeartbeat).toEqual(at(1));
  });

  it('a commit that contradicts it is refused only when the caller can read the new state', async () => {
    const disk = new FaultyDisk();
    const { store } = await openOn(disk);
    const { release } = disk.hold('datasync');
    const first = register(store, 'contested');
    const second = register(store, 'contested').catch(async (error: unknown) => ({
      error,
      seen: await store.schedulers.find('contested'),
    }));
    release();
    const written = await first;
    expect(await second).toEqual({ error: expect.any(ChangedConcurrently) as unknown, seen: written });
  });

  it('a commit can follow it, and falls with it', async () => {
    const disk = new FaultyDisk();
    const { store } = await openOn(disk);
    disk.fail('write');
    const results = await Promise.allSettled([
      register(store, 'a'),
      store.schedulers.recordHeartbeat('a', at(1)),
      store.schedulers.recordRegistration(aScheduler('a').with({ version: 2 }).build()),
    ]);
    expect(results.map((result) => (result as PromiseRejectedResult).reason as unknown)).toEqual([
      expect.any(StorageUnavailable),
      expect.any(StorageUnavailable),
      expect.any(StorageUnavailable),
    ]);
    expect(await store.schedulers.find('a')).toBeNull();
    disk.heal();
    await expect(store.schedulers.recordHeartbeat('a', at(1))).rejects.toThrow(SchedulerNotFound);
  });

  it.each([
    ['and then says that the scheduler is gone', false],
    ['and is taken when the removal fails', true],
  ])('a heartbeat waits for a removal %s', async (_, fails) => {
    const disk = new FaultyDisk();
    const { store } = await openOn(disk);
    const scheduler = await register(store, 'leaving');
    if (fails) disk.failOnce('write');
    const removed = { ...scheduler, removedAt: at(1), version: 2 };
    const removal = store.schedulers.recordRemoval({ scheduler: removed, alertChanges: [] });
    const heartbeat = store.schedulers.recordHeartbeat('leaving', at(2));
    if (fails) {
      await expect(removal).rejects.toThrow(StorageUnavailable);
      expect(await heartbeat).toEqual({ endsSilence: false });
    } else {
      await removal;
      await expect(heartbeat).rejects.toThrow(SchedulerNotFound);
    }
  });
});

describe('a disk that fails', () => {
  it.each<[string, (disk: FaultyDisk) => void]>([
    ['is full', (disk) => (disk.room = 0)],
    ['has room for half a line', (disk) => (disk.room = 60)],
    ['cannot be written', (disk) => disk.fail('write')],
    ['cannot be synced', (disk) => disk.fail('datasync')],
    ['cannot even be cut', (disk) => disk.fail('datasync', 'truncate', 'open')],
  ])(
    'and %s refuses, keeps memory as it was, shows it, and takes writes again afterwards',
    async (_, breakIt) => {
      const disk = new FaultyDisk();
      const { store, dataDir } = await openOn(disk);
      await register(store, 'before');
      breakIt(disk);
      await expect(register(store, 'during')).rejects.toThrow(StorageUnavailable);
      await expect(register(store, 'during')).rejects.toThrow(/the journal cannot be written/);
      await expect(store.schedulers.recordHeartbeat('before', at(1))).rejects.toThrow(StorageUnavailable);
      expect(await store.schedulers.find('during')).toBeNull();
      expect((await store.schedulers.find('before'))?.lastHeartbeat).toBeNull();
      expect((await store.upkeep.checkHealth()).storage).toMatch(/ENOSPC|EIO/);

      disk.heal();
      expect((await store.upkeep.checkHealth()).storage).toBe('ok');
      await register(store, 'after');
      const reopened = await folders.open(await folders.copy(dataDir));
      expect(await reopened.schedulers.find('before')).not.toBeNull();
      expect(await reopened.schedulers.find('after')).not.toBeNull();
      expect(await reopened.schedulers.find('during')).toBeNull();
    },
  );

  it('and refuses a write does not bring it back after a crash', async () => {
    const disk = new FaultyDisk();
    const { store, dataDir } = await openOn(disk);
    await register(store, 'before');
    disk.failOnce('datasync');
    await expect(register(store, 'refused')).rejects.toThrow(StorageUnavailable);
    const reopened = await folders.open(await folders.copy(dataDir));
    expect(await idsIn(reopened)).toEqual(['before']);
  });

  it('and refuses a heartbeat leaves no trace of it in later decisions', async () => {
    const disk = new FaultyDisk();
    const { store } = await openOn(disk);
    const scheduler = await register(store, 'a');
    disk.failOnce('write');
    await expect(store.schedulers.recordHeartbeat('a', at(1))).rejects.toThrow(StorageUnavailable);
    const silent = { ...scheduler, staleAlertId: 'alert', version: 2 };
    await store.schedulers.recordSilence({ scheduler: silent, alertChanges: [] });
    expect(await store.schedulers.find('a')).toEqual(silent);
  });

  it('is told of once when it begins and once when it is over', async () => {
    const disk = new FaultyDisk();
    const told: string[] = [];
    const dataDir = await folders.create();
    const store = await folders.open(dataDir, {
      openFile: disk.openFile,
      onNotice: (message) => told.push(message),
    });
    disk.fail('write');
    for (let n = 0; n < 3; n++) await expect(register(store, 'a')).rejects.toThrow(StorageUnavailable);
    disk.heal();
    await register(store, 'a');
    await register(store, 'b');
    expect(told).toEqual(['the journal cannot be written', 'the journal is written again']);
    expect((await store.upkeep.checkHealth()).notices).toHaveLength(2);
  });
});

interface Attempt {
  readonly id: string;
  readonly serviceName?: string;
  readonly at?: Date;
}

type Step =
  | { readonly do: 'register' | 'heartbeat'; readonly who: number }
  | { readonly do: 'break'; readonly operation: DiskOperation }
  | { readonly do: 'fill'; readonly room: number }
  | { readonly do: 'heal' | 'turn' | 'backUp' };

const who = fc.nat({ max: 2 });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('register', 'heartbeat'), who }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('break' as const),
        operation: fc.constantFrom<DiskOperation>('write', 'datasync', 'truncate', 'open'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('fill' as const), room: fc.nat({ max: 2_000 }) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('heal', 'turn', 'turn', 'turn', 'backUp') }) },
  ),
  { minLength: 5, maxLength: 60 },
);

describe('whatever arrives in whatever order on whatever disk', () => {
  it('is there after opening again if it was acknowledged, and nowhere if it was refused', async () => {
    const property = fc.asyncProperty(steps, async (sequence) => {
      const disk = new FaultyDisk();
      const { store, dataDir } = await openOn(disk);
      const player = new Player(store, disk);
      for (const step of sequence) await player.play(step);
      disk.heal();
      await player.ended();
      await register(store, 'last');
      await player.compare(store);
      await player.compare(await folders.open(await folders.copy(dataDir)));
      await store.close();
      await player.compare(await folders.open(dataDir));
    });
    await fc.assert(property, { numRuns: 60 });
  }, 60_000);
});

class Player {
  private readonly under: Promise<void>[] = [];
  private readonly acknowledged: Attempt[] = [];
  private count = 0;

  constructor(
    private readonly store: JsonStore,
    private readonly disk: FaultyDisk,
  ) {}

  async play(step: Step): Promise<void> {
    if (step.do === 'register') await this.register(`s${step.who}`);
    else if (step.do === 'heartbeat') this.heartbeat(`s${step.who}`);
    else if (step.do === 'break') this.disk.fail(step.operation);
    else if (step.do === 'fill') this.disk.room = step.room;
    else if (step.do === 'heal') this.disk.heal();
    else if (step.do === 'turn') await turn();
    else this.under.push(this.store.upkeep.backUp(folders.clock.now()).then(ignore, expectUnavailable));
  }

  async ended(): Promise<void> {
    await Promise.all(this.under);
  }

  /** The last that was acknowledged, and nothing that was refused. */
  async compare(store: JsonStore): Promise<void> {
    for (const id of ['s0', 's1', 's2']) {
      const own = this.acknowledged.filter((attempt) => attempt.id === id);
      const registrations = own.filter(({ serviceName }) => serviceName !== undefined);
      const found = await store.schedulers.find(id);
      expect(found?.version ?? 0).toBe(registrations.length);
      expect(found?.serviceName).toBe(registrations.at(-1)?.serviceName);
      const lastHeard = own.reduce((latest, { at: when }) => Math.max(latest, when?.getTime() ?? 0), 0);
      expect(found?.lastHeartbeat?.getTime() ?? 0).toBe(lastHeard);
    }
  }

  private async register(id: string): Promise<void> {
    const serviceName = `attempt ${this.count++}`;
    const version = ((await this.store.schedulers.find(id))?.version ?? 0) + 1;
    const scheduler = aScheduler(id).with({ serviceName, version }).build();
    this.note({ id, serviceName }, this.store.schedulers.recordRegistration(scheduler));
  }

  private heartbeat(id: string): void {
    const when = at(this.count++);
    this.note({ id, at: when }, this.store.schedulers.recordHeartbeat(id, when));
  }

  private note(attempt: Attempt, answer: Promise<unknown>): void {
    this.under.push(answer.then(() => void this.acknowledged.push(attempt), expectKnown));
  }
}

function ignore(): void {}

function expectUnavailable(error: unknown): void {
  expect(error).toBeInstanceOf(StorageUnavailable);
}

function expectKnown(error: unknown): void {
  const known = [StorageUnavailable, ChangedConcurrently, SchedulerNotFound];
  expect(known.some((kind) => error instanceof kind)).toBe(true);
}

describe('a journal that somebody changes while it is in use', () => {
  it.each<[string, (path: string) => Promise<void>, readonly string[]]>([
    ['shortened', (path) => truncate(path, 10), ['unnoticed']],
    ['removed', (path) => rm(path), ['unnoticed']],
    ['replaced', replace, ['unnoticed']],
    ['replaced by its like', replace, []],
  ])('is begun anew when it was %s, with a snapshot of what memory still has', async (_, change, ids) => {
    const clock = new FakeClock();
    const told: string[] = [];
    const dataDir = await folders.create();
    const store = await folders.open(dataDir, { clock, onNotice: (message) => told.push(message) });
    await register(store, 'before');
    await change(join(dataDir, 'journal.jsonl'));
    for (const id of ids) await register(store, id);
    await clock.advance('3s');
    await register(store, 'after');
    expect(told).toEqual([expect.stringMatching(/removed, replaced or shortened/)]);
    while (!(await readdir(dataDir)).includes('state.json')) await turn();
    const reopened = await folders.open(await folders.copy(dataDir));
    expect(await idsIn(reopened)).toEqual(['after', 'before', ...ids]);
  });

  it('leaves a folder that is refused when it is killed before the snapshot', async () => {
    const clock = new FakeClock();
    const disk = new FaultyDisk();
    const dataDir = await folders.create();
    const store = await folders.open(dataDir, { clock, openFile: disk.openFile });
    await register(store, 'before');
    await rm(join(dataDir, 'journal.jsonl'));
    const { reached, release } = disk.hold('write', 'state.json.tmp');
    await clock.advance('3s');
    await register(store, 'after');
    await reached;
    await expect(folders.open(await folders.copy(dataDir))).rejects.toThrow(NoUsableSnapshot);
    release();
  });
});

async function replace(path: string): Promise<void> {
  await copyFile(path, `${path}.copy`);
  await rename(`${path}.copy`, path);
}

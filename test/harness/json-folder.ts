import { cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  openJsonStore,
  type JsonStore,
  type JsonStoreOptions,
} from '../../src/adapters/persistence/json/json.store';
import type { Scheduler } from '../../src/domain/schedulers/scheduler';
import { aScheduler } from '../builders/a-scheduler';
import { FakeClock } from '../fakes/fake-clock';

/** Folders for JSON stores, with everything a test does to them; all are removed after the tests of a file. */
export class JsonFolders {
  private readonly stores: JsonStore[] = [];
  private readonly folders: string[] = [];

  constructor(readonly clock = new FakeClock()) {
    afterAll(() => this.tidy(), 30_000);
  }

  async create(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'vesper-json-'));
    this.folders.push(folder);
    return folder;
  }

  async open(dataDir: string, options: Partial<JsonStoreOptions> = {}): Promise<JsonStore> {
    const store = await openJsonStore({ dataDir, retentionDays: 30, clock: this.clock, ...options });
    this.stores.push(store);
    return store;
  }

  /** What a process would find that starts after this one was killed at this moment. */
  async copy(dataDir: string): Promise<string> {
    const folder = await this.create();
    await cp(dataDir, folder, { recursive: true });
    await rm(join(folder, 'vesper.lock'), { force: true });
    return folder;
  }

  private async tidy(): Promise<void> {
    await Promise.all(this.stores.map((store) => store.close()));
    await Promise.all(this.folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }
}

export async function register(store: JsonStore, schedulerId: string): Promise<Scheduler> {
  const scheduler = aScheduler(schedulerId).build();
  await store.schedulers.recordRegistration(scheduler);
  return scheduler;
}

/** Which schedulers a store knows, in byte order. */
export async function idsIn(store: JsonStore): Promise<string[]> {
  const ids: string[] = [];
  for await (const batch of store.schedulers.scanAll())
    ids.push(...batch.map(({ schedulerId }) => schedulerId));
  return ids.sort();
}

/** Every file of a folder with its content, to see that nothing was changed. */
export async function contentOf(folder: string): Promise<Record<string, string>> {
  const content: Record<string, string> = {};
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name);
    if ((await stat(path)).isFile()) content[name] = await readFile(path, 'latin1');
  }
  return content;
}

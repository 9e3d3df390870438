import { readdir, readFile } from 'node:fs/promises';
import type { JsonStore, JsonStoreOptions } from '../../src/adapters/persistence/json/json.store';
import type { CellStatus } from '../../src/domain/board/cell';
import { aBoard } from '../builders/a-board';
import { aCell, anAppBoard } from '../builders/an-app-board';
import { FakeClock } from '../fakes/fake-clock';
import { FaultyDisk } from '../fakes/faulty-disk';
import type { JsonFolders } from './json-folder';
import { until } from './until';

const BOARD = aBoard()
  .withChannel('C1')
  .withApp('Planning', { displayName: 'Planning & Budget', domains: ['Actual', 'Budget'] })
  .withApp('FCCS', { domains: ['Consolidation'], channelIds: ['C1', 'C2'] })
  .build();
export const EXPORT = 'apps_status.json';

/** A store with a board of two apps, and what its time, its disk and its notices are seen and steered by. */
export async function openWithBoard(
  folders: JsonFolders,
  dataDir: string,
  options: Partial<JsonStoreOptions> = {},
) {
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
export async function setFirstCell(store: JsonStore, status: CellStatus, app = 'Planning'): Promise<void> {
  const [stored] = await store.board.findApps([app]);
  const version = (stored?.version ?? 0) + 1;
  const cell = aCell(app === 'FCCS' ? 'Consolidation' : 'Actual', { status });
  const boards = [anAppBoard(app).withCell(cell).with({ version }).build()];
  await store.board.record({ boards, audits: [], alertChanges: [] });
}

interface Export {
  readonly apps: Record<string, { readonly domains: Record<string, { readonly status: string }> }>;
}

export async function readExport(path: string): Promise<Export> {
  return JSON.parse(await readFile(path, 'utf8')) as Export;
}

export async function statusIn(
  path: string,
  app = 'Planning',
  domain = 'Actual',
): Promise<string | undefined> {
  return (await readExport(path)).apps[app]?.domains[domain]?.status;
}

export async function untilWritten(dataDir: string): Promise<void> {
  await until(async () => (await readdir(dataDir)).includes(EXPORT));
}

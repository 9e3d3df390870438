import type { AlertRepository } from '../../../domain/alerts/alert.repository';
import type { Board } from '../../../domain/board/board';
import type { BoardRepository } from '../../../domain/board/board.repository';
import type { EpmTokenRepository } from '../../../domain/board/epm-token.repository';
import type { DeliveryRepository } from '../../../domain/notifications/delivery.repository';
import type { Outbox } from '../../../domain/notifications/outbox';
import type { SchedulerRepository } from '../../../domain/schedulers/scheduler.repository';
import type { Clock } from '../../../domain/shared/clock';
import type { LeaseRepository } from '../../../domain/shared/lease';
import type { StorageUpkeep } from '../../../domain/shared/storage-upkeep';
import type { NightRepository } from '../../../domain/windows/night.repository';
import type { Store } from '../store';
import { Archives } from './archives';
import { BoardExport } from './board-export';
import { Compactor } from './compactor';
import { DataFolder } from './data-folder';
import { FolderLock } from './folder-lock';
import { Journal } from './journal';
import { JournalFile } from './journal-file';
import { JsonAlertRepository } from './json-alert.repository';
import { JsonBoardRepository } from './json-board.repository';
import { JsonDeliveryRepository } from './json-delivery.repository';
import { JsonEpmTokenRepository } from './json-epm-token.repository';
import { JsonNightRepository } from './json-night.repository';
import { JsonSchedulerRepository } from './json-scheduler.repository';
import { JsonState } from './json-state';
import { JsonOutbox } from './json.outbox';
import { JsonUpkeep } from './json.upkeep';
import { MemoryLeaseRepository } from './memory-lease.repository';
import { Notices } from './notices';
import { openOnDisk, type OpenFile } from './open-file';
import { recover } from './recovery';
import { FolderUnusable, reasonOf, StorageRefusal } from './storage.errors';

export interface JsonStoreOptions {
  /** DATA_DIR; created when it is missing. */
  readonly dataDir: string;
  readonly retentionDays: number;
  readonly clock: Clock;
  /** The configured board, which `apps_status.json` shows; without it or without apps there is no such file. */
  readonly board?: Board;
  /** Told what an operator should know: a torn line cut off, a disk that fails and works again. */
  readonly onNotice?: (message: string, fields?: object) => void;
  /** A journal beyond this is turned into a snapshot. */
  readonly journalLimitBytes?: number;
  /** Port for tests: the disk that is written to. */
  readonly openFile?: OpenFile;
}

/**
 * As much as is replayed in half a second, so that a start after a crash stays within its 2 s; 10,000 heartbeats a minute fill it in 14 minutes, and the
 * snapshot that follows costs a tenth of a second's work.
 */
const JOURNAL_LIMIT_BYTES = 16 * 1_024 * 1_024;
const RUNS_KEY = 'opened';
const NO_BOARD: Board = { apps: [], channels: [], timeZone: 'UTC' };

/**
 * Opens the folder, recovering what a crash left.
 * @throws FolderInUse, FolderUnusable, CorruptJournal, NoUsableSnapshot, UnknownFormat
 */
export async function openJsonStore(options: JsonStoreOptions): Promise<JsonStore> {
  const folder = new DataFolder(options.dataDir);
  await folder.prepare();
  const lock = await FolderLock.acquire(folder.lock, options.clock);
  try {
    await folder.removeLeftovers();
    return await JsonStore.open(folder, lock, options);
  } catch (error) {
    await lock.release();
    if (error instanceof StorageRefusal) throw error;
    throw new FolderUnusable(`DATA_DIR ${folder.path} cannot be used: ${reasonOf(error)}`, error);
  }
}

/** The embedded storage: memory for reading, a journal for every write, snapshots and daily files behind it. */
export class JsonStore implements Store {
  readonly schedulers: SchedulerRepository;
  readonly alerts: AlertRepository;
  readonly outbox: Outbox;
  readonly deliveries: DeliveryRepository;
  readonly nights: NightRepository;
  readonly board: BoardRepository;
  readonly epmTokens: EpmTokenRepository;
  readonly leases: LeaseRepository;
  readonly upkeep: StorageUpkeep;
  private closed: Promise<void> | null = null;

  private constructor(
    state: JsonState,
    private readonly journal: Journal,
    private readonly compactor: Compactor,
    private readonly boardExport: BoardExport,
    private readonly lock: FolderLock,
    private readonly stopped: AbortController,
    upkeep: StorageUpkeep,
    run: number,
  ) {
    this.schedulers = new JsonSchedulerRepository(state, journal);
    this.alerts = new JsonAlertRepository(state);
    this.outbox = new JsonOutbox(state, journal);
    this.deliveries = new JsonDeliveryRepository(state, journal);
    this.nights = new JsonNightRepository(state, journal);
    this.board = new JsonBoardRepository(state, journal);
    this.epmTokens = new JsonEpmTokenRepository(state, journal);
    this.leases = new MemoryLeaseRepository(run);
    this.upkeep = upkeep;
  }

  /** For {@link openJsonStore}, which takes the lock. */
  static async open(folder: DataFolder, lock: FolderLock, options: JsonStoreOptions): Promise<JsonStore> {
    const { clock, retentionDays, board = NO_BOARD } = options;
    const { openFile = openOnDisk, journalLimitBytes = JOURNAL_LIMIT_BYTES } = options;
    const notices = new Notices(clock, options.onNotice);
    const onNotice = notices.add.bind(notices);
    const stopped = new AbortController();
    const around = {
      folder,
      openFile,
      clock,
      retentionDays,
      onNotice,
      stopped: stopped.signal,
      guard: () => lock.verify(),
    };
    const archives = new Archives(around);
    const state = new JsonState(archives);
    const recovery = await recover(folder, state, clock.now());
    recovery.notices.forEach((notice) => notices.add(notice));

    let { lastUpdate } = recovery;
    const onTornAway = () => compactor.compactAfterLoss();
    const file = new JournalFile({ ...around, onTornAway }, recovery.position);
    const boardExport = new BoardExport(around, board, state);
    const onDurable = () => {
      lastUpdate = clock.now();
      boardExport.refresh();
      compactor.compactIfLong(file.length, journalLimitBytes);
    };
    const journal = new Journal(file, { onDurable, onNotice });
    const compactor = new Compactor(
      { ...around, journal, state, boardExport, lastUpdate: () => lastUpdate },
      recovery.stateSeq,
    );
    const run = await begin(state, journal);
    if ((recovery.stateSeq ?? 0) !== recovery.position.durableSeq) compactor.compactInBackground();
    void archives.keepFiling(stopped.signal);
    const { recovered } = recovery;
    const circumstances = { recovered, notices: () => notices.list(), lastUpdate: () => lastUpdate };
    const upkeep = new JsonUpkeep(state, journal, compactor, clock, circumstances);
    return new JsonStore(state, journal, compactor, boardExport, lock, stopped, upkeep, run);
  }

  close(): Promise<void> {
    this.closed ??= this.shutDown();
    return this.closed;
  }

  private async shutDown(): Promise<void> {
    this.stopped.abort();
    try {
      // Should it fail, the journals are still there: it was told, and nothing is lost.
      await this.compactor.compact().catch(() => undefined);
      await this.journal.close();
      await this.boardExport.close();
    } finally {
      await this.lock.release();
    }
  }
}

/** Opens the journal and counts this run, which proves that it can be written. @returns the number of the run */
async function begin(state: JsonState, journal: Journal): Promise<number> {
  try {
    await journal.between((file) => file.repair());
    const count = (state.runs.get(RUNS_KEY)?.count ?? 0) + 1;
    return await journal.commit([state.runs.put(RUNS_KEY, { count })], count);
  } catch (error) {
    await journal.close();
    throw error;
  }
}

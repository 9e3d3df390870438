import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { StorageUnavailable } from '../../../domain/shared/errors';
import type { Clock } from '../../../domain/shared/clock';
import { FILE_MODE } from './open-file';
import { currentProcess, livenessOf, type ProcessIdentity } from './process-identity';
import { FolderInUse, FolderUnusable, hasCode, reasonOf } from './storage.errors';

/** What stands in the lock file. */
interface Owner extends ProcessIdentity {
  /** Of this taking of the lock. */
  readonly token: string;
  readonly since: string;
}

/** The owner touches the lock this often … */
const SIGN_OF_LIFE_EVERY_MS = 2_000;
/** … and one that cannot be looked into is taken for dead when it has not for this long. */
const SILENCE_MS = 10_000;
/** An owner that has not looked for so long may have been stopped and overtaken: it looks before it writes. */
const UNSURE_AFTER_MS = 6_000;

/** The right of one process to a folder. */
export class FolderLock {
  private readonly stopped = new AbortController();
  private sureAtMs: number;

  private constructor(
    private readonly path: string,
    private readonly token: string,
    private readonly clock: Clock,
  ) {
    this.sureAtMs = clock.monotonicMs();
  }

  /**
   * @throws FolderInUse with the pid of the process that has the folder
   * @throws FolderUnusable when no lock can be written
   */
  static async acquire(
    path: string,
    clock: Clock,
    self: ProcessIdentity = currentProcess(),
  ): Promise<FolderLock> {
    const owner: Owner = { ...self, token: randomUUID(), since: clock.now().toISOString() };
    try {
      await take(path, owner, clock);
    } catch (error) {
      if (error instanceof FolderInUse) throw error;
      throw new FolderUnusable(`${path} cannot be written: ${reasonOf(error)}`, error);
    }
    const lock = new FolderLock(path, owner.token, clock);
    void lock.showLife();
    return lock;
  }

  /** To be asked before each write. @returns `null` when the lock is surely held, else a promise that rejects when it is not */
  verify(): Promise<void> | null {
    return this.clock.monotonicMs() - this.sureAtMs < UNSURE_AFTER_MS ? null : this.look();
  }

  /** Does nothing when it has been lost. */
  async release(): Promise<void> {
    this.stopped.abort();
    if ((await readOwner(this.path))?.token === this.token) await rm(this.path);
  }

  private async showLife(): Promise<void> {
    const { signal } = this.stopped;
    for (;;) {
      await this.clock.sleep(SIGN_OF_LIFE_EVERY_MS, signal);
      if (signal.aborted) return;
      const now = new Date();
      // A failure shows at the next write, which looks for itself.
      await this.look()
        .then(() => utimes(this.path, now, now))
        .catch(() => undefined);
    }
  }

  private async look(): Promise<void> {
    const sinceMs = this.clock.monotonicMs();
    const owner = await readOwner(this.path);
    if (owner?.token !== this.token) {
      this.sureAtMs = -Infinity;
      throw new StorageUnavailable(
        owner === null
          ? `${this.path} was removed: another process may work in the folder`
          : `${this.path} was taken over by process ${owner.pid} on ${owner.host}`,
      );
    }
    this.sureAtMs = sinceMs;
  }
}

/** Creates the file with the owner in it, or takes it over from a dead one. */
async function take(path: string, owner: Owner, clock: Clock): Promise<void> {
  while (!(await create(path, owner))) {
    const holder = await readOwner(path);
    if (holder === null) continue;
    await refuseIfAlive(path, holder, owner, clock);
    await takeOver(path, holder, owner, clock);
    if ((await readOwner(path))?.token === owner.token) return;
  }
}

/** @returns `false` when it exists already; it never exists without its content */
async function create(path: string, owner: Owner): Promise<boolean> {
  const temporary = await writeTemporary(path, owner);
  try {
    await link(temporary, path).catch(async (error: unknown) => {
      if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) throw error;
      await copyFile(temporary, path, constants.COPYFILE_EXCL);
    });
    return true;
  } catch (error) {
    // Whoever won may have tidied our temporary file away with the leftovers of the dead.
    if (hasCode(error, 'EEXIST', 'ENOENT')) return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * Only who holds the claim that is named after the dead owner's token may replace its lock, and only while the lock is still that one. So of several that
 * found the same dead owner one wins, and none of them replaces the lock of the winner. A claim is a lock itself, for its holder may die too.
 */
async function takeOver(path: string, dead: Owner, owner: Owner, clock: Clock): Promise<void> {
  const claim = `${path}.${dead.token}`;
  await take(claim, owner, clock);
  try {
    if ((await readOwner(path))?.token !== dead.token) return;
    await rename(await writeTemporary(path, owner), path);
  } finally {
    await rm(claim, { force: true });
  }
}

async function refuseIfAlive(
  path: string,
  holder: Owner,
  self: ProcessIdentity,
  clock: Clock,
): Promise<void> {
  const liveness = livenessOf(holder, self);
  if (liveness === 'dead' || (liveness === 'unknown' && (await keepsSilent(path, clock)))) return;
  throw new FolderInUse(
    `${path} is held by process ${holder.pid} on ${holder.host} since ${holder.since}: one folder serves one process. ` +
      'Stop that process, or give this one another DATA_DIR.',
  );
}

/** Watches for a sign of life instead of comparing clocks, which may differ between hosts. */
async function keepsSilent(path: string, clock: Clock): Promise<boolean> {
  const before = await touchedAt(path);
  for (let waitedMs = 0; waitedMs < SILENCE_MS; waitedMs += SIGN_OF_LIFE_EVERY_MS) {
    await clock.sleep(SIGN_OF_LIFE_EVERY_MS);
    if ((await touchedAt(path)) !== before) return false;
  }
  return true;
}

async function touchedAt(path: string): Promise<number | null> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => null,
  );
}

async function writeTemporary(path: string, owner: Owner): Promise<string> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  await writeFile(temporary, `${JSON.stringify(owner)}\n`, { mode: FILE_MODE });
  return temporary;
}

/** @returns `null` when there is no lock */
async function readOwner(path: string): Promise<Owner | null> {
  let text;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
  try {
    return JSON.parse(text) as Owner;
  } catch (error) {
    throw new Error(`it is not readable as a lock; if no process works in the folder, remove it`, {
      cause: error,
    });
  }
}

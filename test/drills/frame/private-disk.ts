import { spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, openSync, readdirSync, rmSync, writeSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { hasEnded, spawnChild } from '../../processes/child-processes';
import { waitUntil } from '../../processes/waiting';

const FILL_CHUNK = Buffer.alloc(64 * 1_024, 'x');

/** A small disk of its own, made without any rights: a tmpfs in a user namespace, which lives as long as its keeper. */
export class PrivateDisk {
  private constructor(
    private readonly keeper: ChildProcess,
    /** As the processes that {@link wrapper} starts see it. */
    readonly path: string,
  ) {}

  /** Why there can be none here, or `null`. */
  static whyNot(): string | null {
    if (process.platform !== 'linux') return `no user namespaces on ${process.platform}`;
    const tried = spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'nsenter', '--version']);
    return tried.status === 0
      ? null
      : `user namespaces are not allowed here: ${String(tried.error ?? tried.stderr).trim()}`;
  }

  static async create(path: string, mebibytes: number): Promise<PrivateDisk> {
    mkdirSync(path);
    const mount = `mount -t tmpfs -o size=${mebibytes}m,mode=0750 tmpfs "$0" && touch "$0/mounted" && exec sleep 3600`;
    const args = ['--user', '--map-root-user', '--mount', 'sh', '-c', mount, path];
    const keeper = spawnChild('unshare', args, { stdio: 'ignore' });
    const disk = new PrivateDisk(keeper, path);
    const mounted = await waitUntil(() => disk.isMounted() || hasEnded(keeper), 5_000);
    if (!mounted || hasEnded(keeper)) throw new Error('the private disk could not be mounted');
    rmSync(join(disk.outside, 'mounted'));
    return disk;
  }

  /** Words before a command that is to see the disk. */
  get wrapper(): readonly string[] {
    return ['nsenter', `--target=${this.keeper.pid}`, '--user', '--mount', '--preserve-credentials'];
  }

  /** The same folder as this process can reach it. */
  get outside(): string {
    return `/proc/${this.keeper.pid}/root${this.path}`;
  }

  /** Leaves not a single byte. */
  fill(): void {
    const file = openSync(join(this.outside, 'filler'), 'a');
    try {
      for (let chunk = FILL_CHUNK; chunk.length > 0;) {
        try {
          if (writeSync(file, chunk) < chunk.length) chunk = chunk.subarray(0, chunk.length >> 1);
        } catch (error) {
          if (!isFull(error)) throw error;
          chunk = chunk.subarray(0, chunk.length >> 1);
        }
      }
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(join(this.outside, 'filler'), { force: true });
  }

  makeReadOnly(): void {
    const [file, ...args] = [...this.wrapper, 'mount', '-o', 'remount,ro', this.path];
    const result = spawnSync(file, args);
    if (result.status !== 0) throw new Error(`remount: ${String(result.stderr)}`);
  }

  destroy(): void {
    this.keeper.kill('SIGKILL');
  }

  private isMounted(): boolean {
    try {
      return readdirSync(this.outside).includes('mounted');
    } catch {
      return false;
    }
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOSPC';
}

import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const MAIN = join(__dirname, '../../../dist/vesper.js');
const ASK_EVERY_MS = 50;
const GIVE_UP_AFTER_MS = 30_000;
/** Vesper itself promises to be gone within 10 s. */
const KILL_AFTER_MS = 5_000;
const LAST_LINES = 20;

/** The built Vesper as a process that does not outlive this one. */
export class VesperChild {
  /** Resolves with a sentence and the last lines of its log when it is gone, asked to or not. */
  readonly gone: Promise<string>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly logFile: string,
    readonly url: string,
  ) {
    this.gone = new Promise((resolve) => {
      child.once('error', (error) => resolve(`Vesper could not be started: ${error.message}`));
      child.once('exit', (code, signal) => {
        resolve(`Vesper ended (${signal ?? `exit code ${code}`}). Its last lines:\n\n${this.lastLines()}`);
      });
    });
  }

  /**
   * Started in a folder of its own, where it finds no `.env`, and ready.
   * @throws Error with its last lines when it does not become ready, and when the signal comes first; it is gone then
   */
  static async start(
    folder: string,
    environment: Readonly<Record<string, string>>,
    signal: AbortSignal,
    main = MAIN,
  ): Promise<VesperChild> {
    signal.throwIfAborted();
    if (!existsSync(main)) throw new Error('Vesper is not built: npm run build');
    const logFile = join(folder, 'vesper.log');
    const log = openSync(logFile, 'a');
    const child = spawn(process.execPath, ['--enable-source-maps', main], {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const killIt = (): void => void child.kill('SIGKILL');
    process.once('exit', killIt);
    child.once('exit', () => process.off('exit', killIt));
    const vesper = new VesperChild(child, logFile, `http://127.0.0.1:${environment['PORT']}`);
    await vesper.whenReady(signal);
    return vesper;
  }

  /** Asks it to stop, and kills it when that takes long. Does nothing when it is gone. */
  async stop(): Promise<void> {
    if (this.hasEnded) return;
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), KILL_AFTER_MS);
    await this.gone;
    clearTimeout(timer);
  }

  private get hasEnded(): boolean {
    return this.child.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private async whenReady(signal: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    while (!this.hasEnded) {
      if (signal.aborted) await this.stop();
      signal.throwIfAborted();
      if (await this.isReady()) return;
      if (performance.now() - startedAt > GIVE_UP_AFTER_MS) {
        await this.stop();
        throw new Error(
          `Vesper was not ready within ${GIVE_UP_AFTER_MS / 1_000} s. Its last lines:\n\n${this.lastLines()}`,
        );
      }
      await sleep(ASK_EVERY_MS);
    }
    throw new Error(await this.gone);
  }

  private async isReady(): Promise<boolean> {
    try {
      const response = await fetch(`${this.url}/api/v1/health/ready`, { signal: AbortSignal.timeout(2_000) });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false; // not listening yet
    }
  }

  private lastLines(): string {
    return readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-LAST_LINES).join('\n');
  }
}

import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded, spawnChild, whenGone } from './child-processes';
import { freePort } from './free-port';
import { waitUntil } from './waiting';

const ROOT = join(__dirname, '../..');
const MAIN = join(ROOT, 'dist/vesper.js');
/** Names a fault to be planted in a Vesper, by what is preloaded into it. */
export const FAULT = 'DRILL_FAULT';
/** As `npm start`, the image and the systemd unit start it. */
const AS_STARTED = ['--enable-source-maps'];
const ASK_EVERY_MS = 25;
const GIVE_UP_AFTER_MS = 60_000;

export const KEY_NAME = 'drill';
export const API_KEY = 'drill-key-with-more-than-24-characters';

/** Settings of a production start that neither waits for nor limits a drill. */
const BASE_ENV: Readonly<Record<string, string>> = {
  NODE_ENV: 'production',
  HOST: '127.0.0.1',
  API_KEYS: `${KEY_NAME}:${API_KEY}:schedulers+read+admin`,
  RATE_LIMIT_PER_MINUTE: '0',
  LOG_LEVEL: 'info',
  LOG_FORMAT: 'json',
  NODE_NO_WARNINGS: '1',
};

/** The SDK wants credentials, an emulator does not look at them. */
export const EMULATOR_ENV: Readonly<Record<string, string>> = {
  STORAGE_DRIVER: 'dynamodb',
  AWS_REGION: 'local',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  DYNAMODB_CREATE_TABLES: 'true',
};

export interface VesperOptions {
  /** Environment variables, on top of a production start without limits. */
  readonly env: Readonly<Record<string, string>>;
  /** Output of every start is appended here. */
  readonly logFile: string;
  /** Words put before `node dist/vesper.js`, e.g. a shell that limits it. */
  readonly wrapper?: readonly string[];
  readonly nodeArgs?: readonly string[];
  /** Another build than this one's, by the file that is run. */
  readonly main?: string;
  /** As whom it runs; default as whoever runs the drill. */
  readonly uid?: number;
  /** Default a free one; the same for every start of one handle. */
  readonly port?: number;
}

/** One Vesper in its own process, which may be killed and started again on the same port. */
export class VesperProcess {
  private child: ChildProcess | null = null;

  private constructor(
    readonly port: number,
    private readonly options: VesperOptions,
  ) {}

  static async create(options: VesperOptions): Promise<VesperProcess> {
    return new VesperProcess(options.port ?? (await freePort()), options);
  }

  /** Created, started and ready. */
  static async start(options: VesperOptions): Promise<VesperProcess> {
    const vesper = await VesperProcess.create(options);
    await vesper.start();
    return vesper;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    const pid = this.child?.pid;
    if (pid === undefined) throw new Error('Vesper was not started');
    return pid;
  }

  get isRunning(): boolean {
    return this.child !== null && !hasEnded(this.child);
  }

  get exitCode(): number | null {
    return this.child?.exitCode ?? null;
  }

  /** @returns milliseconds from the start of the process until it says that it is ready; one that does not is killed */
  async start(): Promise<number> {
    this.launch();
    try {
      return await this.whenReady();
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  private async whenReady(): Promise<number> {
    const startedAt = performance.now();
    while (performance.now() - startedAt < GIVE_UP_AFTER_MS) {
      if (!this.isRunning) throw new Error(`Vesper ended at its start:\n${this.lastOutput()}`);
      if ((await this.probe('/api/v1/health/ready')) === 200) return performance.now() - startedAt;
      await sleep(ASK_EVERY_MS);
    }
    throw new Error(`Vesper was not ready within ${GIVE_UP_AFTER_MS} ms:\n${this.lastOutput()}`);
  }

  /** Starts the process and waits for nothing. */
  launch(): void {
    if (this.isRunning) throw new Error('Vesper is running already');
    const { env, wrapper = [], nodeArgs = [], main = MAIN, logFile, uid } = this.options;
    const [file, ...args] = [...wrapper, process.execPath, ...AS_STARTED, ...nodeArgs, built(main, env)];
    const log = openSync(logFile, 'a');
    this.child = spawnChild(file, args, {
      cwd: ROOT,
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        ...BASE_ENV,
        ...env,
        PORT: String(this.port),
      },
      stdio: ['ignore', log, log],
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    closeSync(log);
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.whenGone();
  }

  /** Asks it to stop. @returns its exit code, `null` when it had to be killed after `withinMs` */
  async stop(withinMs = 12_000): Promise<number | null> {
    if (!this.isRunning) return this.exitCode;
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), withinMs);
    await this.whenGone();
    clearTimeout(timer);
    return this.exitCode;
  }

  async whenGone(): Promise<void> {
    if (this.child !== null) await whenGone(this.child);
  }

  /** Resolves also after `withinMs`. */
  async whenGoneOrReady(withinMs: number): Promise<void> {
    const isDecided = async () => !this.isRunning || (await this.probe('/api/v1/health/ready')) === 200;
    await waitUntil(isDecided, withinMs);
  }

  /** Status of a GET without a key; `null` when there is no answer. */
  probe(path: string): Promise<number | null> {
    return new Promise((resolve) => {
      const call = request(
        { host: '127.0.0.1', port: this.port, path, agent: false, timeout: 2_000 },
        (answer) => {
          answer.resume();
          answer.once('end', () => resolve(answer.statusCode ?? null));
          answer.once('error', () => resolve(null));
        },
      );
      call.once('error', () => resolve(null));
      call.once('timeout', () => call.destroy());
      call.end();
    });
  }

  output(): string {
    return readFileSync(this.options.logFile, 'utf8');
  }

  lastOutput(): string {
    return this.output().split('\n').slice(-25).join('\n');
  }
}

/** In the one file no module can be got at: with a planted fault what it was made of is run instead. */
function built(main: string, env: Readonly<Record<string, string>>): string {
  return env[FAULT] === undefined ? main : join(dirname(main), 'main.js');
}

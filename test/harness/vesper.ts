import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { WORKER_NAMES, type Foundations } from '../../src/app.module';
import { Application } from '../../src/application';
import type { Clock } from '../../src/domain/shared/clock';
import { layFoundations } from '../../src/foundations';
import { loadConfig } from '../../src/platform/config/load-config';
import { createLogs } from '../../src/platform/logging/log';
import { FakeClock } from '../fakes/fake-clock';
import type { FakeSlack } from '../fakes/fake-slack';

/** Keys of the harness by what they may do. */
export const KEYS = {
  service: 'service-key-aaaaaaaaaaaaaaaaaaaa',
  reader: 'reader-key-aaaaaaaaaaaaaaaaaaaaa',
  board: 'board-key-aaaaaaaaaaaaaaaaaaaaaa',
  admin: 'admin-key-aaaaaaaaaaaaaaaaaaaaaa',
} as const;

const API_KEYS = [
  `service:${KEYS.service}`,
  `reader:${KEYS.reader}:read`,
  `board:${KEYS.board}:board`,
  `admin:${KEYS.admin}:admin`,
].join(',');

export interface HarnessOptions {
  /** Default `json`, in a folder of its own. */
  readonly storage?: 'json' | 'dynamodb';
  /** Default a FakeClock that stands still. */
  readonly clock?: Clock;
  readonly slack?: FakeSlack;
  /** Variables as an operator would set them; they win over the harness's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Text of config/windows.json. */
  readonly windowsFile?: string;
  /** Text of config/apps.json. */
  readonly appsFile?: string;
  /** A folder or table prefix of an earlier Vesper, to start again on. */
  readonly on?: Storage;
  /** Listen on a free port and let the workers run by themselves, as in real life. */
  readonly live?: boolean;
  /** Where log lines go; default nowhere. */
  readonly logTo?: (line: string) => void;
}

/** What survives a stop. */
export interface Storage {
  readonly driver: 'json' | 'dynamodb';
  readonly place: string;
}

/** A whole Vesper in this process, with the storage and the vendors of the test. */
export class Vesper {
  private constructor(
    readonly application: Application,
    readonly foundations: Foundations,
    readonly storage: Storage,
  ) {}

  static async start(options: HarnessOptions = {}): Promise<Vesper> {
    const storage = options.on ?? (await freshStorage(options.storage ?? 'json'));
    const environment = { ...baseEnvironment(storage, options.slack), ...options.environment };
    const files: Readonly<Record<string, string | undefined>> = {
      'config/windows.json': options.windowsFile,
      'config/apps.json': options.appsFile,
    };
    const readFile = (path: string) => files[path] ?? null;
    const config = loadConfig({ environment, readFile, workerNames: WORKER_NAMES });
    const clock = options.clock ?? new FakeClock();
    const write = options.logTo ?? (() => undefined);
    const logs = createLogs({ level: 'debug', format: 'json', clock, stream: { write } });
    const foundations = await layFoundations(config, clock, logs.log);
    const application = await Application.create(foundations, logs.plainLog, '0.0.0-test');
    if (options.live) {
      await application.nest.listen(0, '127.0.0.1');
      application.startWorkers();
    }
    return new Vesper(application, foundations, storage);
  }

  get clock(): FakeClock {
    if (this.foundations.clock instanceof FakeClock) return this.foundations.clock;
    throw new TypeError('this Vesper runs on real time');
  }

  /** `http://127.0.0.1:<port>` of a live one. */
  get url(): string {
    const { port } = this.application.nest.getHttpServer().address() as { readonly port: number };
    return `http://127.0.0.1:${port}`;
  }

  /** A request below /api/v1 with a key, the service's unless said otherwise. */
  request(
    method: InjectOptions['method'],
    path: string,
    payload?: InjectOptions['payload'],
    key: string | null = KEYS.service,
  ): Promise<LightMyRequestResponse> {
    const headers = key === null ? {} : { 'x-api-key': key };
    const body = payload === undefined ? {} : { payload };
    return this.inject({ method: method ?? 'GET', url: `/api/v1${path}`, headers, ...body });
  }

  inject(request: InjectOptions): Promise<LightMyRequestResponse> {
    return this.application.nest.getHttpAdapter().getInstance().inject(request);
  }

  /** Gives one background job its turn and lets what it began come to its end. */
  async run(...tasks: (typeof WORKER_NAMES)[number][]): Promise<void> {
    for (const task of tasks) await this.application.runner.trigger(task);
    await this.application.consumer.whenIdle();
    await this.application.canvases.whenIdle();
    await this.application.dispatcher.whenIdle();
  }

  async stop(): Promise<void> {
    await this.application.stop();
  }

  /** Stops and leaves nothing behind. */
  async dispose(): Promise<void> {
    await this.stop();
    if (this.storage.driver === 'json') await rm(this.storage.place, { recursive: true, force: true });
  }
}

async function freshStorage(driver: Storage['driver']): Promise<Storage> {
  if (driver === 'dynamodb') return { driver, place: `t${randomUUID().slice(0, 8)}-` };
  return { driver, place: await mkdtemp(join(tmpdir(), 'vesper-')) };
}

function baseEnvironment({ driver, place }: Storage, slack: FakeSlack | undefined): Record<string, string> {
  const environment: Record<string, string> = {
    NODE_ENV: 'test',
    API_KEYS,
    RATE_LIMIT_PER_MINUTE: '0',
    STORAGE_DRIVER: driver,
  };
  if (driver === 'json') environment['DATA_DIR'] = place;
  else {
    environment['DYNAMODB_ENDPOINT'] = process.env['DYNAMODB_ENDPOINT'] ?? '';
    environment['DYNAMODB_TABLE_PREFIX'] = place;
    environment['DYNAMODB_CREATE_TABLES'] = 'true';
    environment['AWS_REGION'] = process.env['AWS_REGION'] ?? 'local';
  }
  if (slack === undefined) return environment;
  return {
    ...environment,
    SLACK_BOT_TOKEN: 'xoxb-fake',
    SLACK_CHANNEL_ID: 'C0000000001',
    SLACK_API_URL: slack.apiUrl,
  };
}

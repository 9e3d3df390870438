import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../../src/adapters/system/system.clock';
import { WORKER_NAMES } from '../../src/app.module';
import { Application } from '../../src/application';
import { layFoundations } from '../../src/foundations';
import { DEFAULT_APPS_FILE } from '../../src/platform/config/config.schema';
import { loadConfig } from '../../src/platform/config/load-config';
import { createLogs } from '../../src/platform/logging/log';

export const KEY = 'the-key-of-the-documents-tests';

export interface RunningVesper {
  readonly url: string;
  /** The JSON of a GET below /api/v1. */
  get<T>(path: string): Promise<T>;
  stop(): Promise<void>;
}

export interface RunningVesperOptions {
  /** Text of config/apps.json; without it the board is switched off. */
  readonly appsFile?: string;
  /** Variables as an operator would set them; they win over those of the test. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A Vesper on JSON storage and a free port, in real time: what the documents' programs report is stamped by the machine's clock. */
export async function startRunningVesper(options: RunningVesperOptions = {}): Promise<RunningVesper> {
  const folder = await mkdtemp(join(tmpdir(), 'vesper-docs-'));
  const environment = {
    NODE_ENV: 'test',
    API_KEYS: `docs:${KEY}:admin`,
    DATA_DIR: folder,
    RATE_LIMIT_PER_MINUTE: '0',
    WORKERS: 'none',
    ...options.environment,
  };
  const readFile = (path: string) => (path === DEFAULT_APPS_FILE ? (options.appsFile ?? null) : null);
  const config = loadConfig({ environment, readFile, workerNames: WORKER_NAMES });
  const clock = new SystemClock();
  const logs = createLogs({ level: 'silent', format: 'json', clock });
  const foundations = await layFoundations(config, clock, logs.log);
  const application = await Application.create(foundations, logs.plainLog, '0.0.0');
  await application.nest.listen(0, '127.0.0.1');
  const { port } = application.nest.getHttpServer().address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    get: async (path) => {
      const response = await fetch(`${url}/api/v1${path}`, { headers: { 'x-api-key': KEY } });
      return (await response.json()) as never;
    },
    stop: async () => {
      await application.stop();
      await rm(folder, { recursive: true });
    },
  };
}

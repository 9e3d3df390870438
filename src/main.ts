import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WORKER_NAMES } from './app.module';
import { Application } from './application';
import { SystemClock } from './adapters/system/system.clock';
import { banner } from './banner';
import { layFoundations } from './foundations';
import { createDevelopmentKey } from './platform/config/development-key';
import type { Config } from './platform/config/config';
import { loadConfig } from './platform/config/load-config';
import { createLogs, type Logs } from './platform/logging/log';
import { collectProcessMetrics } from './platform/metrics/metrics';

/** Spec 70: gone within 10 s of the end of serving. What is still not done then is not waited for; it is durable. */
const LONGEST_STOP_MS = 9_500;

async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const { config, developmentKey } = readConfig();
  const clock = new SystemClock();
  const logs = createLogs({ ...config.log, clock });
  const foundations = await layFoundations(config, clock, logs.log);
  collectProcessMetrics(foundations.metrics);
  const application = await Application.create(foundations, logs.plainLog, version());
  stopOnSignal(application, logs, config.http.drainMs + LONGEST_STOP_MS);
  const { host, port } = config.http;
  await application.nest.listen(port, host);
  application.startWorkers();
  const address = application.nest.getHttpServer().address() as { readonly port: number };
  process.stderr.write(`${banner(config, address.port, developmentKey, clock.now())}\n`);
}

function readConfig(): { config: Config; developmentKey: string | null } {
  const config = loadConfig({ environment: process.env, readFile, workerNames: WORKER_NAMES });
  if (config.apiKeys.length > 0) return { config, developmentKey: null };
  const { apiKey, text } = createDevelopmentKey();
  return { config: { ...config, apiKeys: [apiKey] }, developmentKey: text };
}

function readFile(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

function version(): string {
  const manifest = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}

function stopOnSignal(application: Application, logs: Logs, longestMs: number): void {
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    logs.log.info({ signal }, 'stopping');
    setTimeout(
      () => leave(logs, 1, 'the stop took too long; what is not finished is taken up at the next start'),
      longestMs,
    ).unref();
    application.stop().then(
      () => leave(logs, 0, 'stopped'),
      (error: unknown) => {
        logs.log.error({ err: error }, 'the stop failed');
        leave(logs, 1, 'stopped with an error');
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
}

function leave(logs: Logs, exitCode: number, sentence: string): void {
  logs.log.info(sentence);
  logs.flush();
  process.exit(exitCode);
}

main().catch((error: unknown) => {
  // A start that fails has to be understood by whoever runs it: the message says what to do, the stack would hide it.
  process.stderr.write(`Vesper cannot start. ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});

import { systemPace } from './replay/pace';
import { runDemo } from './demo/command';
import { UsageError } from './demo/options';
import { openStage } from './demo/stage';

const stop = new AbortController();
// a terminal and the programs in between may each send it: the night ends once
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());

runDemo(process.argv.slice(2), {
  pace: systemPace,
  signal: stop.signal,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  openStage,
}).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const hint = error instanceof UsageError ? '\nSee --help.' : '';
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}${hint}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  },
);

import { runReplay } from './replay/command';
import { UsageError } from './replay/options';
import { systemPace } from './replay/pace';
import { fetchTransport } from './replay/transport';

const stop = new AbortController();
// the first interrupt ends the replay in order, the second one at once
process.on('SIGINT', () => {
  if (stop.signal.aborted) process.exit(130);
  process.stderr.write('\nStopping: waiting for the calls in flight.\n');
  stop.abort();
});

runReplay(process.argv.slice(2), {
  env: process.env,
  pace: systemPace,
  connect: fetchTransport,
  signal: stop.signal,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
}).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const hint = error instanceof UsageError ? '\nSee --help.' : '';
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}${hint}\n`);
    process.exitCode = 2;
  },
);

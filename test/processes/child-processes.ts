import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';

const living = new Set<ChildProcess>();

/** Starts a process that does not outlive this one. */
export function spawnChild(file: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  return keepTrackOf(spawn(file, args, options));
}

/** Sees to it that a process started elsewhere does not outlive this one either. */
export function keepTrackOf<T extends ChildProcess>(child: T): T {
  living.add(child);
  child.once('exit', () => living.delete(child));
  return child;
}

export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Resolves when the process is gone. */
export async function whenGone(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  await new Promise((resolve) => child.once('exit', resolve));
}

/** SIGKILL takes effect on a stopped process too. */
function killAll(): void {
  for (const child of living) child.kill('SIGKILL');
}

process.once('exit', killAll);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    killAll();
    process.exit(130);
  });
}

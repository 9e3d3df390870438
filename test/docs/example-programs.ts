import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentAt, fencedBlocks, PROJECT } from './documents';
import { KEY } from './running-vesper';

/** A complete example of API_USAGE.md. */
export interface ExampleProgram {
  readonly language: string;
  readonly fileName: string;
  /** What it takes to run it here; `null` when all is there. */
  readonly missing: string | null;
  /** The command line that has it count the lines of `input`. */
  readonly command: (folder: string, input: string) => readonly string[];
}

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const PROGRAMS: readonly ExampleProgram[] = [
  {
    language: 'curl',
    fileName: 'vesper-run.sh',
    missing: needs('curl', ['--version']) ?? needs('bash', ['--version']),
    command: (folder, input) => {
      const watched = ['ledger-lines', 'Ledger', 'Count lines'];
      return ['bash', join(folder, 'vesper-run.sh'), ...watched, 'wc', '-l', input];
    },
  },
  {
    language: 'TypeScript',
    fileName: 'watched-job.ts',
    missing: null,
    command: (folder, input) => [process.execPath, '--import', 'tsx', join(folder, 'watched-job.ts'), input],
  },
  {
    language: 'Python',
    fileName: 'watched_job.py',
    missing: needs('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))']),
    command: (folder, input) => ['python3', join(folder, 'watched_job.py'), input],
  },
  {
    language: 'Java',
    fileName: 'WatchedJob.java',
    missing: needs('javac', ['--release', '17', '--version']) ?? needs('java', ['--version']),
    // As documented, held to Java 17, and without the compiler and the collector that pay off only later.
    command: (folder, input) => [
      'java',
      '--source',
      '17',
      '-XX:TieredStopAtLevel=1',
      '-XX:+UseSerialGC',
      join(folder, 'WatchedJob.java'),
      input,
    ],
  },
];

/** Writes the programs, as the document has them, into a folder. */
export function unpackPrograms(folder: string): void {
  const blocks = fencedBlocks(documentAt('docs/API_USAGE.md').text);
  for (const { fileName } of PROGRAMS) {
    const block = blocks.find((candidate) => candidate.fileName === fileName);
    if (block === undefined) throw new Error(`API_USAGE.md has no example ${fileName}`);
    writeFileSync(join(folder, fileName), block.text);
  }
}

const running = new Set<ChildProcess>();

/** Runs a command with Vesper's address and key in its environment; in a process group of its own, to end all of it. */
export function run(
  command: readonly string[],
  vesperUrl: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const [file = '', ...args] = command;
  const child = spawn(file, args, {
    cwd: PROJECT,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      VESPER_URL: vesperUrl,
      VESPER_API_KEY: KEY,
      // The first one must not overtake the registration, which takes its time on a busy machine.
      VESPER_HEARTBEAT_SECONDS: '1',
      ...environment,
    },
  });
  running.add(child);
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => {
      running.delete(child);
      const [stdout, stderr] = [out, err].map((chunks) => Buffer.concat(chunks).toString());
      resolve({ exitCode, stdout: stdout ?? '', stderr: stderr ?? '' });
    });
  });
}

export function endAllPrograms(): void {
  for (const { pid } of running) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
}

export function needs(command: string, args: readonly string[]): string | null {
  const { status } = spawnSync(command, args, { stdio: 'ignore' });
  return status === 0 ? null : `${command} is missing or too old`;
}

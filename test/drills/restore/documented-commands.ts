import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const DOCUMENT = join(__dirname, '../../../docs/BACKUP.md');
const LONGEST_MS = 60_000;
const run = promisify(execFile);
const bash = (args: readonly string[], options: object = {}) => run('bash', [...args], options);

/** The commands of docs/BACKUP.md whose first line, a comment, begins like this. */
export function documentedCommands(title: string): string {
  const blocks = readFileSync(DOCUMENT, 'utf8').split('```bash\n').slice(1);
  const block = blocks
    .map((text) => text.split('\n```')[0] ?? '')
    .find((text) => text.startsWith(`# ${title}`));
  if (block === undefined) throw new Error(`docs/BACKUP.md has no commands "# ${title}"`);
  return block;
}

/** Runs them as an operator would, while everything else goes on. @throws what they said when they fail */
export async function runDocumented(title: string, env: Readonly<Record<string, string>>): Promise<void> {
  await bash(['-c', documentedCommands(title)], {
    env: { PATH: process.env['PATH'], ...env },
    timeout: LONGEST_MS,
  });
}

/** Has a shell read what cannot be run here. @throws what it says when it does not understand it */
export async function parseDocumented(title: string): Promise<void> {
  await bash(['-n', '-c', documentedCommands(title)]);
}

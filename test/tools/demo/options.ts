import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const HELP = `Usage: npm run demo -- [--seed 1] [--minutes N] [--keep DIR]

Starts Vesper between a stand-in for Slack and one for Oracle EPM, and plays a night on both: services report their
jobs, EPM pushes its statuses and loses some. Look at the pages it names; nothing leaves this machine.

  --seed N       another night; the same number always plays the same one (default 1)
  --minutes N    ends by itself after so long; else Ctrl+C ends it
  --keep DIR     a new or empty folder for data, configuration and log; else a temporary one, removed at the end
`;

/** A command line that makes no sense; the message is for its user. */
export class UsageError extends Error {}

export interface DemoOptions {
  readonly seed: number;
  /** `null`: until it is stopped. */
  readonly minutes: number | null;
  /** Absolute; `null`: a temporary folder. */
  readonly keep: string | null;
}

const FLAGS = {
  seed: { type: 'string', default: '1' },
  minutes: { type: 'string' },
  keep: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/**
 * Reads the command line; answers `'help'` when that is asked for.
 * @throws UsageError naming every fault
 */
export function readOptions(args: readonly string[]): DemoOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const faults: string[] = [];
  const seed = numberOf(values.seed);
  if (!Number.isSafeInteger(seed) || seed < 0)
    faults.push(`--seed must be a whole number from 0 on, not "${values.seed}"`);
  const minutes = values.minutes === undefined ? null : numberOf(values.minutes);
  if (minutes !== null && !(minutes > 0 && minutes <= 24 * 60))
    faults.push(`--minutes must be a number above 0 and up to 1440, not "${values.minutes}"`);
  // stored messages, jobs and sign-ins would be those of stand-ins that are no more
  if (values.keep !== undefined && !isUnused(values.keep))
    faults.push(`--keep must name a folder that is new or empty, not "${values.keep}"`);
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
  return { seed, minutes, keep: values.keep === undefined ? null : resolve(values.keep) };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, strict: true }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

function isUnused(folder: string): boolean {
  if (folder.trim() === '') return false;
  if (!existsSync(folder)) return true;
  try {
    return readdirSync(folder).length === 0;
  } catch {
    return false;
  }
}

import { parseArgs } from 'node:util';

export const PHASES = [
  'heartbeat',
  'status',
  'dynamodb-heartbeat',
  'dynamodb-status',
  'board',
  'dynamodb-board',
  'reads',
  'table',
  'scan',
  'start',
] as const;
export type PhaseName = (typeof PHASES)[number];

export const USAGE = `Usage: npm run bench -- [options]

Measures a built Vesper against the aims of its specification and prints a table, in about ten minutes; docs/performance.md
says how to read it. A benchmark, not a test: its exit code is 0 whatever the figures say, and 1 when something could not be measured.

  --quick                a look in a minute, with less of everything
  --only a,b             ${PHASES.join(', ')}
  --storage json         or dynamodb (the emulator, or DYNAMODB_ENDPOINT); default both
  --schedulers 100,10000,100000
                         how many there are: few, many (scan, start and memory are measured with these), and further
                         ones for the growth of heartbeats and status updates; quick: 100,10000
  --connections 50       requests under way at a time
  --seconds 3            length of one measurement
  --rounds 4             how often the subjects take turns; the figures are medians
  --json                 the table as JSON`;

export interface BenchOptions {
  readonly phases: readonly PhaseName[];
  /** How many schedulers there are, in turns; the first are few, to which growth is compared. */
  readonly sizes: readonly number[];
  /** The second of them, with which everything else is measured. */
  readonly many: number;
  readonly connections: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly historyDays: number;
  readonly json: boolean;
  readonly quick: boolean;
}

/** @returns `null` when help was asked for @throws Error with a sentence for the user when an argument makes no sense */
export function readOptions(argv: readonly string[]): BenchOptions | null {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: flag,
      json: flag,
      help: { ...flag, short: 'h' },
      only: text,
      storage: text,
      schedulers: text,
      connections: text,
      seconds: text,
      rounds: text,
    },
  });
  if (values.help === true) return null;
  const quick = values.quick ?? false;
  const sizes = (values.schedulers ?? (quick ? '100,10000' : '100,10000,100000'))
    .split(',')
    .map((size) => positive('--schedulers', size));
  return {
    phases: phasesOf(values.only, values.storage),
    sizes,
    many: sizes[1] ?? sizes[0] ?? NaN,
    connections: positive('--connections', values.connections ?? '50'),
    seconds: positive('--seconds', values.seconds ?? (quick ? '1' : '3')),
    rounds: positive('--rounds', values.rounds ?? (quick ? '3' : '4')),
    historyDays: quick ? 3 : 30,
    json: values.json ?? false,
    quick,
  };
}

function phasesOf(only: string | undefined, storage: string | undefined): readonly PhaseName[] {
  if (storage !== undefined && storage !== 'json' && storage !== 'dynamodb' && storage !== 'both')
    throw new Error(`--storage must be json, dynamodb or both, not "${storage}"`);
  const wanted = only === undefined ? PHASES : only.split(',').map(toPhase);
  const onDynamo = (phase: PhaseName) => phase.startsWith('dynamodb-');
  if (storage === 'json') return wanted.filter((phase) => !onDynamo(phase));
  return storage === 'dynamodb' ? wanted.filter(onDynamo) : wanted;
}

function toPhase(name: string): PhaseName {
  const phase = PHASES.find((known) => known === name.trim());
  if (phase === undefined) throw new Error(`--only knows ${PHASES.join(', ')}, not "${name}"`);
  return phase;
}

function positive(name: string, text: string | undefined): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${name} must be a number above 0, not "${text}"`);
  return value;
}

import { parseArgs } from 'node:util';
import type { Drill, DrillOptions, StorageName } from './drill';

/** What somebody asked for on the command line. */
export interface DrillRequest {
  /** Run one after the other within a lane; lanes beside each other. */
  readonly lanes: readonly (readonly Drill[])[];
  readonly options: DrillOptions;
  /** Leave folders and logs behind. */
  readonly keep: boolean;
}

export interface KnownDrills {
  readonly all: readonly Drill[];
  /** What the short form runs when no drill is named. */
  readonly short: readonly (readonly Drill[])[];
}

export function usage({ all, short }: KnownDrills): string {
  const faults = all.flatMap(({ name, sabotages }) =>
    Object.entries(sabotages).map(
      ([fault, { about }]) => `                           ${name}: ${fault} – ${about}`,
    ),
  );
  return `Usage: npm run drill -- [name …] [options]

Real processes, signals and sockets against a built Vesper. Exit code 1 when a promise is broken.

${all.map(({ name, about }) => `  ${name.padEnd(8)} ${about}`).join('\n')}

  --storage json         or dynamodb, or both (the default)
  --times 20             how often the drill does what it does
  --seed 1               the same seed, the same decisions
  --old <revision>       what ran before the deploy of the rolling drill (default the newest tag, else before the last change)
  --short                fewer times and troubles; without a name: ${short.flatMap((lane) => lane.map(({ name }) => name)).join(', ')}
  --sabotage <fault>     plants a fault that the drill must find: then exit code 0 means that it found it, by a promise that is about it
${faults.join('\n')}
  --keep                 leaves folders and logs behind`;
}

/** @returns `null` when only help was asked for. @throws Error that says what was asked for wrongly */
export function readRequest(argv: readonly string[], known: KnownDrills): DrillRequest | null {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      storage: text,
      times: text,
      seed: text,
      sabotage: text,
      old: text,
      short: flag,
      keep: flag,
      help: { ...flag, short: 'h' },
    },
  });
  if (values.help === true) return null;
  const short = values.short ?? false;
  const lanes = lanesOf(positionals, short, known);
  const sabotage = values.sabotage ?? null;
  const strangers = lanes
    .flat()
    .filter(({ sabotages }) => sabotage !== null && !Object.hasOwn(sabotages, sabotage));
  if (strangers.length > 0)
    throw new Error(`--sabotage ${sabotage} is not known to ${strangers.map(({ name }) => name).join(', ')}`);
  const options: DrillOptions = {
    seed: integer('--seed', values.seed ?? '1'),
    storages: storagesOf(values.storage ?? 'both'),
    times: values.times === undefined ? null : integer('--times', values.times),
    short,
    sabotage,
    old: values.old ?? null,
  };
  const idle = lanes.flat().filter((drill) => drill.cases(options).length === 0);
  if (idle.length > 0 && (positionals.length > 0 || idle.length === lanes.flat().length))
    throw new Error(
      `With ${argv.filter((word) => !positionals.includes(word)).join(' ')} nothing is left of ${idle.map(({ name }) => name).join(', ')} to be done.`,
    );
  return { lanes, keep: values.keep ?? false, options };
}

function lanesOf(names: readonly string[], isShort: boolean, { all, short }: KnownDrills) {
  if (names.length > 0) return [names.map((name) => findDrill(name, all))];
  return isShort ? short : [all];
}

function findDrill(name: string, drills: readonly Drill[]): Drill {
  const drill = drills.find((known) => known.name === name);
  if (drill === undefined) throw new Error(`There is no drill "${name}".`);
  return drill;
}

function storagesOf(text: string): readonly StorageName[] {
  if (text === 'both') return ['json', 'dynamodb'];
  if (text !== 'json' && text !== 'dynamodb')
    throw new Error(`--storage must be json, dynamodb or both, not "${text}"`);
  return [text];
}

function integer(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`${name} must be a number from 1, not "${text}"`);
  return value;
}

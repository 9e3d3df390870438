import type { Findings } from './findings';

export type StorageName = 'json' | 'dynamodb';

export interface DrillOptions {
  readonly seed: number;
  readonly storages: readonly StorageName[];
  /** How often the drill does what it does; `null`: as often as it thinks right. */
  readonly times: number | null;
  /** A shorter form of it for every change of the code: fewer times and troubles, the same promises. */
  readonly short: boolean;
  /** Which of the drill's own faults to plant, to see that it is found; `null`: none. */
  readonly sabotage: string | null;
  /** Git revision of what ran before; `null`: as the drill thinks right. */
  readonly old: string | null;
}

export interface DrillContext {
  readonly options: DrillOptions;
  /** An empty folder of this drill. */
  readonly folder: string;
  readonly say: (text: string) => void;
}

/** One case of a drill: a situation, and the promises that must hold in it. */
export interface DrillCase {
  readonly title: string;
  /** @returns why it cannot be tried here, said aloud, or `null` */
  skips?(): string | null;
  run(context: DrillContext, findings: Findings): Promise<void>;
}

export interface Drill {
  readonly name: string;
  readonly about: string;
  /** How many of its cases are run beside each other: those that spend their time waiting, or are not about how long things take. Default 1. */
  atOnce?(options: DrillOptions): number;
  /** Faults that the drill can plant into what it looks at. With one of them it must fail. */
  readonly sabotages: Readonly<Record<string, string>>;
  cases(options: DrillOptions): readonly DrillCase[];
}

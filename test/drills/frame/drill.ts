import type { Findings } from './findings';
import type { VesperOptions } from '../../processes/vesper-process';

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

/** A fault that a drill plants to see that it finds it. */
export interface Sabotage {
  readonly about: string;
  /** Parts of the text of promises. It is found when one of these promises is broken, whatever else is. */
  readonly breaks: readonly string[];
  /** Planted in Vesper itself, by preload/faults.cjs under this name; else the drill plants it where it looks. */
  readonly inVesper?: string;
}

export type Sabotages = Readonly<Record<string, Sabotage>>;

/** What a Vesper is started with, on top of everything else. */
export type VesperExtras = Required<Pick<VesperOptions, 'nodeArgs' | 'env'>>;

export interface DrillContext {
  readonly options: DrillOptions;
  /** For each Vesper of the drill: the fault that was asked for, when it is planted there; else nothing. */
  readonly fault: VesperExtras;
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
  /** Faults that the drill can plant, by name. With one of them it must fail, and by the promises that the fault is about. */
  readonly sabotages: Sabotages;
  cases(options: DrillOptions): readonly DrillCase[];
}

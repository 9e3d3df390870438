import { pick, seededRandom, type Random } from './seeded-random';
import type { Job } from './workload';

/** A run placed in the night; offsets are log time after the night's start, in ms. */
export interface PlacedRun {
  readonly job: Job;
  readonly startMs: number;
  readonly endMs: number;
}

/** How a run goes: as the log has it, or with a failure or a silence the log does not know of. */
export type Outcome =
  | { readonly kind: 'as-logged' }
  | { readonly kind: 'failed'; readonly errorMessage: string }
  /** Heartbeats stop after `afterMs` (offset as in PlacedRun), and no end is ever told. */
  | { readonly kind: 'silent'; readonly afterMs: number };

export interface OutcomeSettings {
  readonly failedShare: number;
  readonly silentShare: number;
  readonly seed: number;
  /** Where the replay ends, and the stale timeout; both in log time. */
  readonly lengthMs: number;
  readonly staleMs: number;
}

export interface DrawnOutcomes {
  readonly byRun: ReadonlyMap<PlacedRun, Outcome>;
  /** What could not be drawn as asked. */
  readonly notes: readonly string[];
}

/**
 * Draws which runs fail and which go silent: the asked shares of all runs, rounded. Only a run that ends in time can
 * be told to have failed. A run goes silent two stale timeouts or more before the end, so that it is stale
 * beyond doubt when the replay ends.
 */
export function drawOutcomes(runs: readonly PlacedRun[], settings: OutcomeSettings): DrawnOutcomes {
  const byRun = new Map<PlacedRun, Outcome>();
  const notes: string[] = [];
  const draw = (
    what: string,
    share: number,
    fits: (run: PlacedRun) => boolean,
    to: (r: Random) => ToOutcome,
  ) => {
    const random = seededRandom(settings.seed, what);
    const wanted = Math.round(share * runs.length);
    const candidates = runs.filter((run) => fits(run) && !byRun.has(run));
    if (candidates.length < wanted) {
      notes.push(
        `only ${candidates.length} of ${wanted} runs can be ${what}: the others are too late in the night`,
      );
    }
    const toOutcome = to(random);
    for (const run of pick(candidates, wanted, random)) byRun.set(run, toOutcome(run));
  };
  const lastSilence = settings.lengthMs - 2 * settings.staleMs;
  draw('failed', settings.failedShare, ({ endMs }) => endMs <= settings.lengthMs, failing);
  draw(
    'silent',
    settings.silentShare,
    ({ startMs }) => startMs <= lastSilence,
    (random) => (run) => {
      const latest = Math.min(run.endMs, lastSilence);
      return { kind: 'silent', afterMs: Math.floor(run.startMs + random() * (latest - run.startMs)) };
    },
  );
  return { byRun, notes };
}

type ToOutcome = (run: PlacedRun) => Outcome;

function failing(random: Random): ToOutcome {
  return (run) => {
    const message = ERROR_MESSAGES[Math.floor(random() * ERROR_MESSAGES.length)] ?? ERROR_MESSAGES[0];
    const seconds = Math.round((run.endMs - run.startMs) / 1000);
    return { kind: 'failed', errorMessage: message(Math.floor(random() * 128), seconds) };
  };
}

/** What a hypercube's jobs may have died of; some with characters that a chat message must escape. */
const ERROR_MESSAGES: readonly [ErrorMessage, ...ErrorMessage[]] = [
  (node, seconds) => `Node ${node} stopped answering after ${seconds} s; partition released`,
  (node) => `Segmentation violation on node ${node}, core dumped to /cfs/core.${node}`,
  (_node, seconds) => `Killed: wall clock limit reached (${seconds} s used)`,
  () => 'CFS: write failed: No space left on device (/cfs/scratch)',
  (node) => `Cannot open input <restart.dat> on node ${node} & no default given`,
  (node) =>
    `Message of 65,536 bytes to node ${node} timed out\n  in csend()\n  in exchange_halo()\n  in main()`,
  () => 'Numerical failure: residual is NaN in step 3 of 5 (dt > dt_max)',
];
type ErrorMessage = (node: number, seconds: number) => string;

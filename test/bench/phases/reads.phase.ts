import type { VesperProcess } from '../../processes/vesper-process';
import { loadOn, startVesper, type BenchContext, type Phase } from '../context';
import { figuresOf, speedOf, type Row } from '../figures';
import { takeTurns } from '../rounds';

const SCHEDULERS = 1_000;

interface Question {
  readonly kind: 'one' | 'list';
  readonly what: string;
  /** Spec 80: the list has an aim of its own, the state of one is the floor that the seeds set. */
  readonly p99Ms: number;
}

const QUESTIONS: readonly Question[] = [
  { kind: 'one', what: `state of one of ${SCHEDULERS} schedulers`, p99Ms: 10 },
  { kind: 'list', what: `list of ${SCHEDULERS} schedulers`, p99Ms: 50 },
];
/** One operator who looks, and several at once, who wait for one another on a single thread. */
const READERS = [1, 4];
const MOST_ROUNDS = 3;

/** What operators and services ask: of one scheduler, and of 1,000 in full. */
export const reads: Phase = async (context) => {
  const vesper = await startVesper(context, 'reads', SCHEDULERS);
  try {
    const rows: Row[] = [];
    for (const question of QUESTIONS) rows.push(...(await ask(context, vesper, question)));
    return rows;
  } finally {
    await vesper.stop();
  }
};

async function ask(
  context: BenchContext,
  { port, pid }: VesperProcess,
  { kind, what, p99Ms: aimMs }: Question,
): Promise<readonly Row[]> {
  context.say(what);
  const measured = await takeTurns(
    READERS.map((connections) =>
      loadOn(context, { name: `${connections}`, kind, port, pid, schedulers: SCHEDULERS, connections }),
    ),
    Math.min(MOST_ROUNDS, context.options.rounds),
  );
  return measured.map((readers): Row => {
    const isAim = readers.name === '1';
    return {
      what: `${what}, ${isAim ? 'one reader' : `${readers.name} readers`}`,
      measured: speedOf(readers),
      aim: isAim ? `p99 < ${aimMs} ms` : null,
      met: isAim ? readers.p99Ms < aimMs : null,
      figures: figuresOf(readers),
    };
  });
}

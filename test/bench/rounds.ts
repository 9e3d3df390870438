import { median } from '../processes/median';
import { cpuMsOf } from '../processes/process-figures';

/** What one measurement says. */
export interface Sample {
  readonly requestsPerSecond: number;
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** One of those that are compared. */
export interface Subject {
  readonly name: string;
  /** Process whose CPU time is counted; `null`: none. */
  readonly pid: number | null;
  measure(): Promise<Sample>;
}

/** Medians over all rounds. */
export interface Measured extends Sample {
  readonly name: string;
  readonly samples: readonly Sample[];
  /** CPU time of the subject's process for each request; steadier than requests a second on a busy machine. */
  readonly cpuUs: number | null;
}

/**
 * Lets the subjects take turns, so that whatever else the machine does meets them alike.
 * @returns what was measured, in the order of the subjects
 */
export async function takeTurns(subjects: readonly Subject[], rounds: number): Promise<readonly Measured[]> {
  const samples = subjects.map((): Sample[] => []);
  const cpuUs = subjects.map((): number[] => []);
  for (const subject of subjects) await subject.measure(); // to be warm
  for (let round = 0; round < rounds; round++) {
    for (const [index, subject] of subjects.entries()) {
      const before = subject.pid === null ? null : cpuMsOf(subject.pid);
      const sample = await subject.measure();
      const after = subject.pid === null ? null : cpuMsOf(subject.pid);
      samples[index]?.push(sample);
      if (before !== null && after !== null)
        cpuUs[index]?.push(((after - before) * 1_000) / Math.max(1, sample.requests));
    }
  }
  return subjects.map(({ name }, index) => summarize(name, samples[index] ?? [], cpuUs[index] ?? []));
}

/** The median of what each round says, which a disturbed round cannot move. */
export function ratioOf(subject: Measured, base: Measured): number {
  return median(
    subject.samples.map(
      (sample, round) => sample.requestsPerSecond / (base.samples[round]?.requestsPerSecond ?? NaN),
    ),
  );
}

function summarize(name: string, samples: readonly Sample[], cpuUs: readonly number[]): Measured {
  const of = (value: (sample: Sample) => number) => median(samples.map(value));
  return {
    name,
    samples,
    requests: samples.reduce((sum, sample) => sum + sample.requests, 0),
    requestsPerSecond: of((sample) => sample.requestsPerSecond),
    p50Ms: of((sample) => sample.p50Ms),
    p99Ms: of((sample) => sample.p99Ms),
    cpuUs: cpuUs.length === 0 ? null : median(cpuUs),
  };
}

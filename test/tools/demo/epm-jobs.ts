import type { FakeEpm, JobScript } from '../../fakes/fake-epm';
import type { CellRun } from './act';
import { appOf } from './cast';

/** Where the jobs of the board run. */
export interface EpmJobs {
  /** @returns its id, as EPM's rules push it */
  begin(run: CellRun): string;
  end(run: CellRun, jobId: string): void;
}

/** In the stand-in for EPM; a job runs until it is ended. */
export function jobsIn(epm: Pick<FakeEpm, 'startJob' | 'finishJob'>): EpmJobs {
  const begun = new Map<string, number>();
  return {
    begin: (run) => {
      const { pod, firstJobId } = appOf(run.cell.app);
      const before = begun.get(pod) ?? 0;
      begun.set(pod, before + 1);
      return String(epm.startJob(pod, scriptOf(run, firstJobId + before)));
    },
    end: (run, jobId) => {
      const { pod, family } = appOf(run.cell.app);
      epm.finishJob(pod, family, Number(jobId));
    },
  };
}

/** What EPM says of a job that went well is as meagre as in real life; why it failed is told. */
function scriptOf({ cell, outcome }: CellRun, id: number): JobScript {
  const { family } = appOf(cell.app);
  const ends = outcome === 'OK' ? { status: 0 } : { status: 1, details: cell.failure };
  switch (family) {
    case 'planning':
      return { family, id, jobName: cell.job, ends };
    case 'data-integration':
      return { family, id, ends };
    case 'arcs':
      return { family, id, jobName: cell.job, ends: { details: cell.success, ...ends } };
    case 'edm':
      throw new TypeError('no app of the demo is of this family');
  }
}

import { json } from '../hosts/answer';
import type { Job } from '../jobs/job';
import { FamilyDesk, PodManners, selfLink, unknown } from './family';

const PATH = /^\/epm\/rest\/v1\/jobRuns\/([^/]+)(\/result)?$/;

/** Enterprise Data Management: words instead of numbers, UUIDs instead of ids. */
export const answerEdm: FamilyDesk = ({ path, jobs, pod }) => {
  const [, id, result] = PATH.exec(path) ?? [];
  if (id === undefined) return null;
  const job = jobs.find('edm', id);
  if (!job) return unknown(pod, `JobRun ${id}`, { error: `EPMMDM-24034: job run ${id} was not found.` });
  return json(200, result === undefined ? jobRun(job, pod) : { ...jobRun(job, pod), result: resultOf(job) });
};

function jobRun(job: Job, pod: PodManners): Record<string, unknown> {
  const { status, error } = job.report();
  const origin = job.scriptOf('edm').origin ?? 'EXPORT_DIMENSION';
  const path = `/epm/rest/v1/jobRuns/${job.id}`;
  return {
    id: job.id,
    origin,
    status,
    error,
    description: `${origin} of the dimension Account`,
    jobProgress: job.progress,
    jobSize: 100,
    created: job.startsAt,
    createdBy: 'epm_robot',
    lastModified: job.startsAt,
    lastModifiedBy: 'epm_robot',
    links: [selfLink(pod, path), { ...selfLink(pod, `${path}/result`), rel: 'results' }],
  };
}

/** `null` while it runs; a run that COMPLETED may still have achieved nothing. */
function resultOf(job: Job): Record<string, unknown> | null {
  if (job.isRunning) return null;
  const { ends } = job.scriptOf('edm');
  return { success: ends?.success ?? ends?.error === undefined, dimensionName: 'Account' };
}

import { json } from '../hosts/answer';
import type { Job } from '../jobs/job';
import { FamilyDesk, PodManners, selfLink, unknown } from './family';

/** A capital V. */
const PATH = /^\/aif\/rest\/V1\/jobs\/([^/]+)$/;

/** Data Integration: loads, batches, pipelines. */
export const answerDataIntegration: FamilyDesk = ({ path, jobs, pod }) => {
  const id = PATH.exec(path)?.[1];
  if (id === undefined) return null;
  const job = jobs.find('data-integration', id);
  // A `status` of an error, which is none of a job.
  if (!job) return unknown(pod, `Process ${id}`, { status: 1, details: `EPMFDM-140274: no process ${id}` });
  return json(200, statusBody(job, pod));
};

function statusBody(job: Job, pod: PodManners): Record<string, unknown> {
  const { status, jobStatus, details } = job.report();
  return {
    jobStatus,
    jobId: job.id,
    logFileName: `outbox/logs/${job.id}.log`,
    outputFileName: null,
    processType: job.scriptOf('data-integration').processType ?? 'COMM_LOAD_BALANCES',
    executedBy: 'epm_robot',
    status,
    details,
    links: [selfLink(pod, `/aif/rest/V1/jobs/${job.id}`)],
  };
}

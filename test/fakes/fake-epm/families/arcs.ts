import { json } from '../hosts/answer';
import { FamilyDesk, PodManners, selfLink, unknown } from './family';

const PATH = /^\/armARCS\/rest\/v1\/jobs\/([^/]+)$/;

/** Account Reconciliation: no job id and no name in the body, only a link. */
export const answerArcs: FamilyDesk = ({ path, jobs, pod }) => {
  const id = PATH.exec(path)?.[1];
  if (id === undefined) return null;
  const job = jobs.find('arcs', id);
  if (!job) return unknown(pod, `Job ${id}`, body(pod, path, 1, `Job ${id} does not exist.`));
  const { status, details } = job.report();
  return json(200, body(pod, path, status, details));
};

function body(
  pod: PodManners,
  path: string,
  status: number | string,
  details: string | null,
): Record<string, unknown> {
  return {
    type: 'ARCS',
    status,
    details,
    error: null,
    items: null,
    link: null,
    links: [selfLink(pod, path)],
  };
}

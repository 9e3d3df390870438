import { json } from '../hosts/answer';
import { UNKNOWN_STATUS } from '../jobs/default-reports';
import type { Job } from '../jobs/job';
import { decoded, FamilyDesk, FamilyRequest, PodManners, selfLink, unknown } from './family';
import { answerDetails, hasDetails } from './planning-details';

/** Version and application are case sensitive: `V3` and `vision` are other paths. */
const PATH = /^\/HyperionPlanning\/rest\/v3\/applications\/([^/]+)\/jobs\/([^/]+)(?:\/(.+))?$/;

/** Planning, FCCS, Tax Reporting: `GET …/applications/{app}/jobs/{id}` and its details. */
export const answerPlanning: FamilyDesk = (request) => {
  const [, segment, id, rest] = PATH.exec(request.path) ?? [];
  if (segment === undefined || id === undefined) return null;
  const { pod } = request;
  const application = decoded(segment);
  if (application === null || !pod.applications.includes(application))
    return unknown(pod, `Application ${segment} not found`, notFound(`Application not found: ${segment}`));
  const job = request.jobs.find('planning', id);
  if (job?.application !== application)
    return unknown(pod, `Job ${id} not found`, notFound(`Job with ID ${id} is not found`));
  return rest === undefined ? json(200, statusBody(job, pod)) : answerBelow(rest, job, request);
};

function answerBelow(rest: string, job: Job, { pod, query, path }: FamilyRequest): ReturnType<FamilyDesk> {
  if (rest === 'details') return answerDetails({ job, child: null, pod, query, path });
  const child = /^childjobs\/(\d+)\/details$/.exec(rest)?.[1];
  return child === undefined ? null : answerDetails({ job, child: Number(child), pod, query, path });
}

function statusBody(job: Job, pod: PodManners): Record<string, unknown> {
  const { status, details } = job.report();
  const path = `/HyperionPlanning/rest/v3/applications/${encodeURIComponent(job.application ?? '')}/jobs/${job.id}`;
  const self = selfLink(pod, path);
  const { jobName, jobType } = job.scriptOf('planning');
  return {
    status,
    details,
    [pod.jobIdSpelling]: job.id,
    jobName: jobName ?? 'Nightly',
    descriptiveStatus: describe(Number(status), pod.language),
    links: [
      self,
      ...(hasDetails(jobType) ? [{ ...self, rel: 'job-details', href: `${self['href']}/details` }] : []),
    ],
  };
}

function notFound(message: string): Record<string, string> {
  return { message, localizedMessage: message };
}

const WORDS: Readonly<Record<PodManners['language'], ReadonlyMap<number, string>>> = {
  en: new Map([
    [-1, 'Processing'],
    [0, 'Completed'],
    [1, 'Error'],
    [2, 'Cancel Pending'],
    [3, 'Cancelled'],
    [4, 'Invalid Parameter'],
    [UNKNOWN_STATUS, 'Unknown'],
  ]),
  de: new Map([
    [-1, 'In Bearbeitung'],
    [0, 'Abgeschlossen'],
    [1, 'Fehler'],
    [2, 'Abbruch ausstehend'],
    [3, 'Abgebrochen'],
    [4, 'Ungültiger Parameter'],
    [UNKNOWN_STATUS, 'Unbekannt'],
  ]),
};

/** Free text in the user's language: nothing to decide by. */
function describe(status: number, language: PodManners['language']): string {
  return WORDS[language].get(status) ?? String(status);
}

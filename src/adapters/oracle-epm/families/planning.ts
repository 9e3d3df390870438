import type { EpmJobState } from '../../../domain/board/epm-gateway';
import {
  aboutAnother,
  detailsOf,
  isAboutAnother,
  NUMERIC_ID,
  readStatus,
  report,
  type EpmFamilyAdapter,
} from './family';

/** docs.oracle.com, EPM "prest": retrieve_job_status.html. 2147483647 is "unknown" there, as is any number it does not list. */
const STATES: ReadonlyMap<number | null, EpmJobState> = new Map([
  [-1, 'running'],
  [0, 'succeeded'],
  [1, 'failed'],
  // Cancel pending: it still runs. (The job console's export numbers differently: 2 is "completed" there.)
  [2, 'running'],
  [3, 'cancelled'],
  // Invalid parameter.
  [4, 'failed'],
]);

/** Planning, FreeForm, Financial Consolidation and Close, Tax Reporting, Enterprise Profitability. */
export const planning: EpmFamilyAdapter = {
  knowsId: (jobId) => NUMERIC_ID.test(jobId),

  /** Version and application are case sensitive. */
  path: ({ application }, jobId) =>
    `/HyperionPlanning/rest/v3/applications/${encodeURIComponent(application ?? '')}/jobs/${encodeURIComponent(jobId)}`,

  /** `descriptiveStatus` is free text in the user's language. */
  read(body, jobId) {
    const { status } = body;
    // Its tables print jobID, its bodies carry jobId.
    if (isAboutAnother(body['jobId'] ?? body['jobID'], jobId)) return aboutAnother(status);
    return report(STATES.get(readStatus(status)) ?? 'unknown', status, detailsOf(body));
  },
};

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

/** docs.oracle.com, EPM "prest": fdmee_jobstatus_di.html. */
const STATES: ReadonlyMap<number | null, EpmJobState> = new Map([
  [-1, 'running'],
  [0, 'succeeded'],
  [1, 'failed'],
  [2, 'running'],
  [3, 'cancelled'],
  [4, 'failed'],
]);

/** What `jobStatus` may not say beside the end that `status` tells. */
const CONTRADICTIONS: Readonly<Partial<Record<EpmJobState, ReadonlySet<string>>>> = {
  succeeded: new Set(['RUNNING', 'FAILED', 'ERROR']),
  failed: new Set(['RUNNING', 'SUCCESS']),
};
const LAST_WORDS = new Set(['SUCCESS', 'WARNING', 'FAILED', 'ERROR']);

/** Data Integration and Data Management: loads, batches, pipelines. Its ids are counted apart from Planning's. */
export const dataIntegration: EpmFamilyAdapter = {
  knowsId: (jobId) => NUMERIC_ID.test(jobId),

  /** A capital V. */
  path: (_server, jobId) => `/aif/rest/V1/jobs/${encodeURIComponent(jobId)}`,

  /**
   * `jobStatus` may have its last word while `status` still says -1: only `status` ends a job. A mismatch that stays is given up like
   * any job that runs for too long; two ends that contradict each other are none.
   */
  read(body, jobId) {
    const { status } = body;
    if (isAboutAnother(body['jobId'], jobId)) return aboutAnother(status);
    const state = STATES.get(readStatus(status)) ?? 'unknown';
    const word = typeof body['jobStatus'] === 'string' ? body['jobStatus'].trim().toUpperCase() : '';
    const details = detailsOf(body);
    if (CONTRADICTIONS[state]?.has(word) === true)
      return report('unknown', status, `jobStatus ${word} contradicts the status${after(details)}`);
    if (state === 'running' && LAST_WORDS.has(word))
      return report(state, status, `jobStatus says ${word}, the status does not follow${after(details)}`);
    // A cell has no state between OK and Warning; what went wrong a little stands in its text.
    if (state === 'succeeded' && word === 'WARNING')
      return report(state, status, `finished with warnings${after(details)}`);
    return report(state, status, details);
  },
};

function after(details: string | null): string {
  return details === null ? '' : `: ${details}`;
}

import type { EpmJobState } from '../../../domain/board/epm-gateway';
import { textOf } from '../epm-text';
import { detailsOf, NUMERIC_ID, readStatus, report, type EpmFamilyAdapter } from './family';

/**
 * How MONITOR_RECONCILIATIONS lists what it found: `Account ID : 100-1210, Name : …, Status : Open with Preparer`. The body of an
 * answer does not name its operation.
 */
const RECONCILIATION_LABELS = [/\bAccount ID\s*:/i, /\bStatus\s*:/i];

/** Account Reconciliation. */
export const arcs: EpmFamilyAdapter = {
  knowsId: (jobId) => NUMERIC_ID.test(jobId),

  path: (_server, jobId) => `/armARCS/rest/v1/jobs/${encodeURIComponent(jobId)}`,

  /**
   * -1 of MONITOR_RECONCILIATIONS means "some are open", which no later answer about the same job will change: it must not pass for
   * a job under way, nor, found by the looks of a text, for an end. `unknown` leaves the cell alone at first and says what EPM says
   * when it lasts. Counts of a partial failure beside a 0 are a hint for people.
   */
  read(body) {
    const { status } = body;
    const details = detailsOf(body);
    const number = readStatus(status);
    if (number === -1 && details !== null && RECONCILIATION_LABELS.every((label) => label.test(details)))
      return report('unknown', status, `reconciliations are open: ${details}`);
    return report(stateOf(number), status, details ?? textOf(body['error']));
  },
};

/** docs.oracle.com, EPM "prest": lcm_status_codes.html. */
function stateOf(status: number | null): EpmJobState {
  if (status === null || status < -1) return 'unknown';
  if (status === -1) return 'running';
  return status === 0 ? 'succeeded' : 'failed';
}

import type { EpmJobState } from '../../../domain/board/epm-gateway';
import { textOf } from '../epm-text';
import { aboutAnother, isAboutAnother, report, type EpmFamilyAdapter, type JsonObject } from './family';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Oracle publishes no list of the words; these have been seen or say what they mean. Any other is unknown until one of these follows. */
const STATES: ReadonlyMap<string, EpmJobState> = new Map([
  ['PENDING', 'running'],
  ['QUEUED', 'running'],
  ['PROCESSING', 'running'],
  ['RUNNING', 'running'],
  ['IN_PROGRESS', 'running'],
  ['COMPLETED', 'succeeded'],
  ['SUCCEEDED', 'succeeded'],
  ['FAILED', 'failed'],
  ['ERROR', 'failed'],
  ['CANCELLED', 'cancelled'],
  ['CANCELED', 'cancelled'],
]);

/** Enterprise Data Management. */
export const edm: EpmFamilyAdapter = {
  knowsId: (jobId) => UUID.test(jobId),

  path: (_server, jobId) => `/epm/rest/v1/jobRuns/${encodeURIComponent(jobId)}`,

  read(body, jobId) {
    const { status } = body;
    if (isAboutAnother(body['id'], jobId)) return aboutAnother(status);
    const error = textOf(body['error']);
    if (error !== null) return report('failed', status, error);
    return report(stateOf(status), status, null);
  },

  /**
   * A run that is COMPLETED may have achieved nothing: an export whose transfer failed has been seen with `"success": false` in its
   * result and no error beside its status. A result that does not say so changes nothing.
   */
  result: {
    path: (_server, jobId) => `/epm/rest/v1/jobRuns/${encodeURIComponent(jobId)}/result`,
    read(body, ended) {
      const result = isObject(body['result']) ? body['result'] : body;
      if (result['success'] !== false) return ended;
      return { ...ended, state: 'failed', text: failureOf(result) };
    },
  },
};

function stateOf(status: unknown): EpmJobState {
  if (typeof status !== 'string') return 'unknown';
  return (
    STATES.get(
      status
        .trim()
        .toUpperCase()
        .replaceAll(/[\s-]+/g, '_'),
    ) ?? 'unknown'
  );
}

/** The tasks that went wrong say it best; `messages` beside them also tells of what went well. */
function failureOf(result: JsonObject): string {
  const tasks = Array.isArray(result['tasks']) ? (result['tasks'] as unknown[]).filter(isObject) : [];
  const failed = tasks.filter(({ status }) => stateOf(status) === 'failed');
  const said = textOf(failed.map(({ messages }) => textOf(messages))) ?? textOf(result);
  return said ?? 'the run completed without success';
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

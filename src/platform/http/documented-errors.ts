import { LARGEST_BODY_BYTES, tooLargeMessage } from './body-limits';
import type { Face } from './envelopes';
import type { ErrorFacts } from './error-facts';

/** One way in which a request fails, as its face says it. */
type Failure = Pick<ErrorFacts, 'code' | 'message'> & Partial<Pick<ErrorFacts, 'error' | 'details'>>;

export interface DocumentedFailure {
  readonly description: string;
  /** The first is the usual one. */
  readonly failures: readonly [Failure, ...Failure[]];
  /** Whether the answer says in `Retry-After` when to come back. */
  readonly retryable?: boolean;
}

/** A body beyond the limit of its route. */
export function tooLarge(limitBytes: number): DocumentedFailure {
  const message = tooLargeMessage(limitBytes);
  return {
    description: message,
    failures: [{ error: 'Payload Too Large', code: 'BODY_TOO_LARGE', message }],
  };
}

const GENERAL = {
  400: {
    description: 'The request breaks a rule; `message` lists every violation',
    failures: [
      {
        error: 'Bad Request',
        code: 'INVALID_INPUT',
        message: ['status must be one of: pending, running, completed, failed'],
      },
    ],
  },
  401: {
    description: 'No API key, or one that is not known',
    failures: [{ error: 'Unauthorized', code: 'API_KEY_INVALID', message: 'Invalid API key' }],
  },
  403: {
    description: 'The API key lacks the scope of this route',
    failures: [
      { error: 'Forbidden', code: 'SCOPE_MISSING', message: 'This API key lacks the scope schedulers' },
    ],
  },
  404: {
    description: 'There is no such thing',
    failures: [
      {
        error: 'Not Found',
        code: 'SCHEDULER_NOT_FOUND',
        message: 'Scheduler service-a-eod-process not found',
      },
    ],
  },
  409: {
    description: 'Others kept changing it at the same time; ask again',
    failures: [
      {
        error: 'Conflict',
        code: 'CHANGED_CONCURRENTLY',
        message: 'Scheduler service-a-eod-process was changed by another request at the same time',
      },
    ],
  },
  413: tooLarge(LARGEST_BODY_BYTES),
  414: {
    description: 'The id in the path is longer than any id can be',
    failures: [{ error: 'URI Too Long', code: 'URL_TOO_LONG', message: 'A part of the URL is too long' }],
  },
  415: {
    description: 'The body was not sent as application/json',
    failures: [
      {
        error: 'Unsupported Media Type',
        code: 'UNSUPPORTED_MEDIA_TYPE',
        message: 'The body must be sent as application/json, uncompressed',
      },
    ],
  },
  429: {
    description: 'More requests than the limit allows; wait as `Retry-After` says',
    failures: [{ error: 'ThrottlerException', code: 'RATE_LIMITED', message: 'Too Many Requests' }],
    retryable: true,
  },
  503: {
    description: 'Nothing was recorded, and the same request may be sent again after `Retry-After`',
    failures: [
      {
        error: 'Service Unavailable',
        code: 'STATE_ERROR',
        message: 'The storage does not take writes at the moment',
      },
    ],
    retryable: true,
  },
} as const satisfies Readonly<Record<number, DocumentedFailure>>;

const BOARD = {
  400: {
    description: 'The request breaks a rule; nothing of it was taken',
    failures: [
      {
        code: 'INVALID_REQUEST',
        message: 'job_id must be shorter than or equal to 100 characters; colour is not a known field',
        details: {
          violations: [
            'job_id must be shorter than or equal to 100 characters',
            'colour is not a known field',
          ],
        },
      },
      { code: 'INVALID_STATUS', message: 'Status must be one of: Blank, Loading, OK, Warning' },
      { code: 'INVALID_APP', message: 'App "Plannning" is not configured' },
      {
        code: 'INVALID_DOMAIN',
        message: 'Domain of app Planning must be one of: Actual, Budget, Forecast (not "Actuals")',
      },
    ],
  },
  401: {
    description: 'No API key was sent',
    failures: [{ code: 'MISSING_AUTH', message: 'No API key was sent' }],
  },
  403: {
    description: 'The API key is not known, or lacks the scope of this route',
    failures: [
      { code: 'INVALID_KEY', message: 'Invalid API key' },
      { code: 'SCOPE_MISSING', message: 'This API key lacks the scope board' },
    ],
  },
  404: {
    description: 'There is no such app on the board',
    failures: [{ code: 'APP_NOT_FOUND', message: 'App "Plannning" is not configured' }],
  },
  413: GENERAL[413],
  414: { ...GENERAL[414], description: 'The name in the path is longer than any name' },
  415: GENERAL[415],
  429: GENERAL[429],
  500: {
    description: 'The storage is out of reach: nothing was recorded, and the same request may be sent again',
    failures: [
      { code: 'STATE_ERROR', message: 'The storage does not take writes at the moment' },
      {
        code: 'INTERNAL_ERROR',
        message: 'Something went wrong inside Vesper; the log knows more under this correlation id',
      },
    ],
    retryable: true,
  },
  502: {
    description: 'Slack did not take a canvas; `details` says which, why, and which others were written',
    failures: [
      {
        code: 'SLACK_ERROR',
        message: 'The canvas of channel C12345678 could not be written: canvas_not_found',
        details: {
          channels: [{ channel: 'C12345678', slack_error: 'canvas_not_found' }],
          written: [],
        },
      },
    ],
  },
} as const satisfies Readonly<Record<number, DocumentedFailure>>;

/** How requests fail, by face and status, as the OpenAPI document tells it. */
export const DOCUMENTED_ERRORS = { general: GENERAL, board: BOARD } as const satisfies Readonly<
  Record<Face, Readonly<Record<number, DocumentedFailure>>>
>;

export type DocumentedStatus<F extends Face> = keyof (typeof DOCUMENTED_ERRORS)[F] & number;

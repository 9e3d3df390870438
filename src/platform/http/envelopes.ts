import type { JsonObject } from '../../domain/shared/json-value';
import type { BoardErrorBody } from './board-error-body';
import { toErrorBody, type FailedRequest } from './error-body';
import type { ErrorFacts } from './error-facts';

/** Whose conventions a route's answers follow: `general` (spec 10, "Errors") or `board` (spec 20, "API"). */
export type Face = 'general' | 'board';

/** What a face says otherwise than the rest; what is left out stays. */
type Wording = Partial<Pick<ErrorFacts, 'status' | 'code' | 'message' | 'retryAfterSeconds'>>;

interface Envelope {
  /** By the code of what went wrong. Everything else is said as it is. */
  readonly wordings: Readonly<Record<string, Wording>>;
  readonly toBody: (facts: ErrorFacts, request: FailedRequest) => object;
}

const UNKNOWN_KEY = { code: 'API_KEY_INVALID' };
const INVALID_REQUEST = { code: 'INVALID_REQUEST' };

/** Everything in which the two faces differ. */
const ENVELOPES: Readonly<Record<Face, Envelope>> = {
  general: {
    // A missing key and a wrong one are answered alike.
    wordings: { API_KEY_MISSING: UNKNOWN_KEY, API_KEY_UNKNOWN: UNKNOWN_KEY },
    toBody: toErrorBody,
  },
  board: {
    wordings: {
      API_KEY_MISSING: { code: 'MISSING_AUTH', message: 'No API key was sent' },
      API_KEY_UNKNOWN: { status: 403, code: 'INVALID_KEY' },
      INVALID_INPUT: INVALID_REQUEST,
      MALFORMED_JSON: INVALID_REQUEST,
      BAD_REQUEST: INVALID_REQUEST,
      BAD_URL: INVALID_REQUEST,
      CORRELATION_ID_INVALID: INVALID_REQUEST,
      STATE_ERROR: { status: 500 },
      CHANGED_CONCURRENTLY: { status: 500, code: 'STATE_ERROR', retryAfterSeconds: 1 },
    },
    toBody: toBoardErrorBody,
  },
};

/** What went wrong, as a face says it. */
export function inFace(face: Face, facts: ErrorFacts): ErrorFacts {
  const { wordings } = ENVELOPES[face];
  return Object.hasOwn(wordings, facts.code) ? { ...facts, ...wordings[facts.code] } : facts;
}

/** @param facts as the face says them */
export function toAnswer(face: Face, facts: ErrorFacts, request: FailedRequest): object {
  return ENVELOPES[face].toBody(facts, request);
}

function toBoardErrorBody({ code, message, details }: ErrorFacts): BoardErrorBody {
  const text = typeof message === 'string' ? message : message.join('; ');
  return { success: false, error: { code, message: text, details: detailsOf(code, message, details) } };
}

function detailsOf(code: string, message: ErrorFacts['message'], details: JsonObject): JsonObject {
  const isList = typeof message !== 'string' && code === INVALID_REQUEST.code;
  return isList && Object.keys(details).length === 0 ? { violations: [...message] } : details;
}

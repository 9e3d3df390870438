import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import type { RefusalReason, RetryReason, SendOutcome } from '../../domain/notifications/channel';

/** Why a call did not succeed. */
export interface SlackFault {
  /** Slack's own error code, when Slack said one. */
  readonly code: string | null;
  readonly outcome: Exclude<SendOutcome, { kind: 'sent' }>;
}

/** What is known of a call besides the error it ended with. */
export interface CallTrace {
  readonly method: string;
  /** `null`: no answer came. */
  readonly httpStatus: number | null;
  /** What the network said instead of an answer, before the SDK put it into words of its own; `null`: nothing. */
  readonly failure: unknown;
  readonly isAborted: boolean;
}

/** contracts/slack.md §1: these say that nothing was done and may pass. */
const BUSY = new Set(['ratelimited', 'rate_limited', 'service_unavailable', 'team_added_to_org']);
/** … and these that part of the work may have been done. */
const IN_DOUBT = new Set(['internal_error', 'fatal_error', 'request_timeout']);
const UNAUTHORIZED = new Set([
  'not_authed',
  'invalid_auth',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'not_allowed_token_type',
  'missing_scope',
  'no_permission',
  'access_denied',
  'accesslimited',
  'ekm_access_denied',
  'enterprise_is_restricted',
  'team_access_not_granted',
  'org_login_required',
  'two_factor_setup_required',
]);
const TARGET_GONE = new Set(['channel_not_found', 'is_archived', 'is_inactive', 'not_in_channel']);
const BAD_PAYLOAD =
  /^(?:invalid_|msg_|metadata_|missing_|too_many_|no_text$|block_mismatch$|attachment_|markdown_)/;
/** Anything else in `error` is no code but the body of an answer that was no JSON. */
const LOOKS_LIKE_CODE = /^[a-z][a-z0-9_]{1,80}$/;
/** Socket errors from before anything could be sent. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);
const LONGEST_DETAIL = 300;

/** Sorts whatever a call ended with into the closed lists of outcomes. */
export function toFault(error: unknown, trace: CallTrace): SlackFault {
  if (error instanceof WebAPIRateLimitedError) return rateLimited(trace, error.retryAfter * 1_000);
  if (trace.httpStatus === 429) return rateLimited(trace, null);
  if (error instanceof WebAPIHTTPError) return ofHttpStatus(error.statusCode, trace);
  if (error instanceof WebAPIPlatformError) return ofPlatformError(error, trace);
  if (trace.isAborted)
    return retry('aborted', 'given up while waiting for the answer', trace, { outcomeUnknown: true });
  if (isTimeout(trace.failure) || isTimeout(error)) {
    return retry('timeout', 'no answer in time', trace, { outcomeUnknown: true });
  }
  if (trace.httpStatus !== null) return unreadable(trace);
  if (trace.failure !== null) return ofSocket(trace);
  return refused('bad_payload', `the request could not be put together: ${describe(error)}`, trace);
}

/** A call that was given up, or held back, before anything was sent. */
export function notSent(
  reason: 'aborted' | 'rate_limited',
  method: string,
  afterMs: number | null,
): SlackFault {
  const error = reason === 'aborted' ? 'given up before it was sent' : 'held back, as Slack asked to wait';
  return retry(reason, error, { method, httpStatus: null }, { afterMs });
}

/** An answer that says `ok` and lacks what belongs to it. */
export function unreadable(trace: Pick<CallTrace, 'method' | 'httpStatus'>): SlackFault {
  return retry('unreadable_answer', 'the answer was not what Slack answers', trace, { outcomeUnknown: true });
}

function ofPlatformError({ data }: WebAPIPlatformError, trace: CallTrace): SlackFault {
  // Typed as a string, yet whatever JSON stands in an answer's `error` field.
  const code: unknown = data.error;
  if (typeof code !== 'string' || !LOOKS_LIKE_CODE.test(code)) return unreadable(trace);
  const says = `${code}${detailsOf(data)}`;
  if (BUSY.has(code)) {
    const afterSeconds = data.response_metadata?.retryAfter;
    const afterMs = afterSeconds === undefined ? null : afterSeconds * 1_000;
    const reason = code.includes('limited') ? 'rate_limited' : 'server_error';
    return retry(reason, says, trace, { afterMs, code });
  }
  if (IN_DOUBT.has(code)) {
    const reason = code === 'request_timeout' ? 'timeout' : 'server_error';
    return retry(reason, says, trace, { outcomeUnknown: true, code });
  }
  if (UNAUTHORIZED.has(code)) return refused('unauthorized', says, trace, code);
  if (TARGET_GONE.has(code)) return refused('target_gone', says, trace, code);
  return refused(BAD_PAYLOAD.test(code) ? 'bad_payload' : 'refused', says, trace, code);
}

/** Slack itself answers 200; other statuses come from its edge, or from a proxy on the way. */
function ofHttpStatus(status: number, trace: CallTrace): SlackFault {
  const says = `HTTP ${status}`;
  if (status >= 500) return retry('server_error', says, trace, { outcomeUnknown: true });
  if (status === 408 || status === 425) return retry('timeout', says, trace, { outcomeUnknown: true });
  return refused(status === 401 || status === 403 ? 'unauthorized' : 'refused', says, trace);
}

function ofSocket(trace: CallTrace): SlackFault {
  const code = socketCode(trace.failure);
  const outcomeUnknown = code === null || !NEVER_SENT.has(code);
  return retry('network', code ?? describe(trace.failure), trace, { outcomeUnknown });
}

function rateLimited(trace: CallTrace, afterMs: number | null): SlackFault {
  return retry(
    'rate_limited',
    'rate limited',
    { ...trace, httpStatus: 429 },
    { afterMs, code: 'ratelimited' },
  );
}

function retry(
  reason: RetryReason,
  says: string,
  { method, httpStatus }: Pick<CallTrace, 'method' | 'httpStatus'>,
  known: { readonly outcomeUnknown?: boolean; readonly afterMs?: number | null; readonly code?: string },
): SlackFault {
  const { outcomeUnknown = false, afterMs = null, code = null } = known;
  const error = `${method}: ${says}`;
  return { code, outcome: { kind: 'retry', reason, error, httpStatus, afterMs, outcomeUnknown } };
}

function refused(
  reason: RefusalReason,
  says: string,
  { method, httpStatus }: CallTrace,
  code: string | null = null,
): SlackFault {
  return { code, outcome: { kind: 'refused', reason, error: `${method}: ${says}`, httpStatus } };
}

/** What Slack adds to a code: the scope that is missing, what it did not like, or where in the payload the fault is. */
function detailsOf(data: WebAPIPlatformError['data']): string {
  const { needed, detail } = data as { readonly needed?: unknown; readonly detail?: unknown };
  const messages: unknown = data.response_metadata?.messages;
  const details = [
    ...(typeof needed === 'string' ? [`needs ${needed}`] : []),
    ...(typeof detail === 'string' ? [detail] : []),
    ...(Array.isArray(messages) ? messages.map(String) : []),
  ].join('; ');
  return details === '' ? '' : ` (${details.slice(0, LONGEST_DETAIL)})`;
}

function isTimeout(error: unknown): boolean {
  return propertyOf(error, 'name') === 'TimeoutError';
}

/** `fetch` says only that it failed, and why in the cause. */
function socketCode(error: unknown): string | null {
  const code = propertyOf(propertyOf(error, 'cause') ?? error, 'code');
  return typeof code === 'string' ? code : null;
}

function describe(error: unknown): string {
  const message = propertyOf(error, 'message');
  return typeof message === 'string' ? message.slice(0, LONGEST_DETAIL) : 'unknown error';
}

function propertyOf(value: unknown, name: 'name' | 'message' | 'cause' | 'code'): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

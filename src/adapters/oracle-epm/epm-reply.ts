import type { EpmAnswer } from '../../domain/board/epm-gateway';
import type { Verdict } from './epm-auth';
import { textOf } from './epm-text';
import type { JobReport, JsonObject } from './families/family';
import type { HttpReply } from './http-exchange';

/** Client errors that say "not now" rather than "not this". */
const PASSING_REFUSALS = new Set([408, 425, 429]);

/** What a pod's answer says about a job (contracts of Oracle EPM, "HTTP behaviour"); texts are still as EPM wrote them. */
export function toAnswer(reply: HttpReply, read: (body: JsonObject) => JobReport): EpmAnswer {
  if (reply.kind === 'none') return { kind: 'unreachable', error: reply.error };
  const { status } = reply;
  const said = reply.kind === 'json' ? textOf(reply.body) : null;
  if (status === 401) return { kind: 'unauthorized', error: 'EPM refuses the sign-in (HTTP 401)' };
  if (status === 403)
    return {
      kind: 'unauthorized',
      error: withText('EPM refuses the user: a role is missing (HTTP 403)', said),
    };
  if (status === 204) return unknown(status, 'EPM answered without saying anything (HTTP 204)');
  if (status >= 200 && status < 300) return ofSuccess(reply, read);
  if (status >= 400 && status < 500 && !PASSING_REFUSALS.has(status))
    return {
      kind: 'not_found',
      text: status === 404 ? said : withText(`EPM refuses the question (HTTP ${status})`, said),
    };
  // Some pods answer so for an unknown job or application. The pod is up: only about this job there is nothing to be had.
  if ((status === 500 || status === 501) && said !== null) return unknown(status, said);
  return unusable(reply);
}

/** What an answer says of the sign-in. Pages, redirects and "not now" may come from whatever stands before the pod. */
export function verdictOf(reply: HttpReply): Verdict {
  if (reply.kind === 'none') return 'unsaid';
  const { kind, status } = reply;
  if (status === 401) return 'refused';
  return kind === 'json' && status < 500 && !PASSING_REFUSALS.has(status) ? 'accepted' : 'unsaid';
}

/** Whether the same question may well be answered in a moment. After a timeout there is no time left for that. */
export function isPassing(reply: HttpReply): boolean {
  if (reply.kind === 'none') return reply.why === 'network';
  const { status } = reply;
  if (status >= 500 || (status >= 300 && status < 400)) return true;
  return status >= 200 && status < 300 && status !== 204 && objectOf(reply) === null;
}

function ofSuccess(
  reply: Exclude<HttpReply, { kind: 'none' }>,
  read: (body: JsonObject) => JobReport,
): EpmAnswer {
  const body = objectOf(reply);
  return body === null ? unusable(reply) : read(body);
}

/** Sign-in and maintenance pages come with a 200 too. */
export function objectOf(reply: HttpReply): JsonObject | null {
  if (reply.kind !== 'json' || typeof reply.body !== 'object' || Array.isArray(reply.body)) return null;
  return reply.body as JsonObject | null;
}

function unusable(reply: Exclude<HttpReply, { kind: 'none' }>): EpmAnswer {
  const { status } = reply;
  if (reply.kind === 'json' && status >= 400)
    return {
      kind: 'unreachable',
      error: withText(`EPM cannot answer now (HTTP ${status})`, textOf(reply.body)),
    };
  const what = reply.kind === 'other' ? reply.what : 'JSON of another shape';
  return { kind: 'unreachable', error: `EPM answered with ${what} (HTTP ${status})` };
}

function unknown(status: number, text: string): EpmAnswer {
  return { kind: 'state', state: 'unknown', code: `HTTP ${status}`, text };
}

function withText(sentence: string, text: string | null): string {
  return text === null ? sentence : `${sentence}: ${text}`;
}

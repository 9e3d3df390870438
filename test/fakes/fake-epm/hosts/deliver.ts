import { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as timers from 'node:timers/promises';
import { Answer, json, webPage } from './answer';
import type { EpmCall } from './call-log';
import type { EpmFault } from './faults';
import type { Gate } from './gate';

/** Taken at load, so that a test's fake timers do not stop a fault that is meant to take real time. */
const sleep = timers.setTimeout;

export interface Delivery {
  readonly call: EpmCall;
  readonly response: ServerResponse;
  readonly gate: Gate;
  readonly closing: AbortSignal;
  readonly loginUrl: string;
  /** Does what the request asks for; once. */
  readonly work: () => Answer;
}

/** Answers a request, or does with it and its socket what the fault asks for. */
export async function deliver(fault: EpmFault | null, delivery: Delivery): Promise<void> {
  const { response, work } = delivery;
  if (fault === null) return send(delivery, work());
  switch (fault.kind) {
    case 'hang':
      return;
    case 'reset':
      return hangUp(response);
    case 'answer_lost':
      work();
      return hangUp(response);
    case 'slow':
      return sendLate(delivery, () => sleep(fault.delayMs, undefined, { signal: delivery.closing }));
    case 'held':
      return sendLate(delivery, () => delivery.gate.wait(response));
    case 'stall':
      return sendHalf(delivery, () => undefined);
    case 'cut':
      return sendHalf(delivery, () => hangUp(response));
    case 'huge':
      return sendHuge(delivery, fault.bytes);
    default:
      return send(delivery, distort(fault, delivery));
  }
}

type Distortion = Exclude<
  EpmFault,
  { kind: 'hang' | 'reset' | 'answer_lost' | 'slow' | 'held' | 'stall' | 'cut' | 'huge' }
>;

function distort(fault: Distortion, { work, loginUrl }: Delivery): Answer {
  switch (fault.kind) {
    case 'truncated':
      return halved(work());
    case 'no_content':
      return onSuccess(work(), () => ({ status: 204, headers: {}, body: '' }));
    case 'partial_content':
      return onSuccess(work(), (answer) => ({ ...answer, status: 206 }));
    case 'unavailable':
      return webPage(503, '503 Service Temporarily Unavailable', 'The server cannot service the request.');
    case 'java_error':
      return json(500, { message: JAVA_ERROR, localizedMessage: JAVA_ERROR });
    case 'maintenance_page':
      return webPage(200, 'Service maintenance', 'Your environment is undergoing its daily maintenance.');
    case 'login_page':
      return webPage(200, 'Sign in to your account', 'Enter your user name and password.');
    case 'login_redirect':
      return { status: 302, headers: { location: loginUrl }, body: '' };
    case 'garbage':
      return { ...webPage(200, 'Error', 'Something went wrong.'), headers: json(200, {}).headers };
    case 'answer': {
      const contentType = fault.contentType ?? 'application/json';
      return { status: fault.status, headers: { 'content-type': contentType }, body: fault.body };
    }
  }
}

const JAVA_ERROR =
  'java.lang.NullPointerException: Cannot invoke "com.hyperion.planning.HspJob.getStatus()" because "<local4>" is null';

function onSuccess(answer: Answer, change: (answer: Answer) => Answer): Answer {
  return answer.status === 200 ? change(answer) : answer;
}

function halved(answer: Answer): Answer {
  return { ...answer, body: answer.body.slice(0, Math.ceil(answer.body.length / 2)) };
}

function send({ response, call }: Delivery, { status, headers, body }: Answer): void {
  if (response.destroyed) return;
  note(call, status, Buffer.byteLength(body));
  response.writeHead(status, headers);
  response.end(body);
}

function note(call: EpmCall, status: number, bytes: number): void {
  call.outcome.status = status;
  call.outcome.bytes += bytes;
}

async function sendLate(delivery: Delivery, wait: () => Promise<void>): Promise<void> {
  await wait().catch((error: unknown) => {
    if (!delivery.closing.aborted) throw error;
  });
  if (!delivery.closing.aborted) send(delivery, delivery.work());
}

function sendHalf({ response, call, work }: Delivery, then: () => void): void {
  const answer = work();
  const half = halved(answer).body;
  note(call, answer.status, Buffer.byteLength(half));
  response.writeHead(answer.status, {
    ...answer.headers,
    'content-length': String(Buffer.byteLength(answer.body)),
  });
  response.write(half, then);
}

async function sendHuge({ response, call }: Delivery, bytes: number): Promise<void> {
  note(call, 200, 0);
  response.writeHead(200, json(200, {}).headers);
  await pipeline(Readable.from(hugeBody(bytes, call)), response);
}

function* hugeBody(bytes: number, call: EpmCall): Generator<string> {
  const [start, end] = ['{"status":0,"jobStatus":"SUCCESS","details":"', '"}'];
  const chunk = 'x'.repeat(64 * 1024);
  let left = bytes - start.length - end.length;
  const count = (text: string): string => {
    call.outcome.bytes += text.length;
    return text;
  };
  yield count(start);
  for (; left > 0; left -= chunk.length) yield count(chunk.slice(0, left));
  yield count(end);
}

function hangUp(response: ServerResponse): void {
  response.socket?.destroy();
}

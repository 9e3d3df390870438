import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from '../../fake-slack/request-body';
import type { Answer } from './answer';
import type { CallLog, EpmCall } from './call-log';
import { deliver } from './deliver';
import { FaultPlan } from './faults';
import { Gate } from './gate';
import { Listener } from './listener';
import { Traffic } from './traffic';

export interface EpmRequest {
  readonly verb: string;
  /** As sent: encoded, without the query; nothing is normalised. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Answers a request as the real one would; notes on the call whom it took the caller for. */
export type Desk = (request: EpmRequest, call: EpmCall) => Answer;

export interface HostOptions {
  /** A pod's name, or `identity`. */
  readonly name: string;
  readonly desk: Desk;
  readonly log: CallLog;
  /** Where a `login_redirect` leads. */
  readonly loginUrl: () => string;
}

/** One machine on the network: its address, its faults, its traffic, and the desk that answers. */
export class Host {
  readonly faults = new FaultPlan();
  readonly traffic = new Traffic();
  readonly gate = new Gate();
  readonly listener: Listener;
  private readonly closing = new AbortController();

  constructor(private readonly options: HostOptions) {
    this.listener = new Listener((request, response) => this.receive(request, response));
  }

  get name(): string {
    return this.options.name;
  }

  close(): Promise<void> {
    this.closing.abort();
    return this.listener.takeDown();
  }

  /** Back to the start: up, without faults, nobody waiting, nothing counted. */
  reset(): Promise<void> {
    this.faults.clear();
    this.gate.open();
    this.traffic.reset();
    return this.listener.bringUp();
  }

  private async receive(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { log, name, desk, loginUrl } = this.options;
    const [verb, target] = [message.method ?? 'GET', message.url ?? '/'];
    const leave = this.traffic.enter();
    response.once('close', leave);
    const call = log.record(name, verb, target, message.headers.authorization);
    const body = await readBody(message);
    const fault = this.faults.take(target);
    call.outcome.fault = fault?.kind ?? null;
    const [path = '', query = ''] = target.split(/\?(.*)/s, 2);
    const request = { verb, path, query: new URLSearchParams(query), headers: message.headers, body };
    await deliver(fault, {
      call,
      response,
      gate: this.gate,
      closing: this.closing.signal,
      loginUrl: loginUrl(),
      work: () => desk(request, call),
    });
    // Not later: the caller's next request may be here before the socket says that this one is done.
    if (response.writableEnded) leave();
  }
}

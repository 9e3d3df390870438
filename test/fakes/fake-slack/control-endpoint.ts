import { ApiEndpoint } from './api-endpoint';
import { isRecord } from './blocks/rule';
import { CanvasControl } from './canvas/canvas-control';
import { FakeFault } from './faults';

export interface ControlAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** The number each kind of fault needs, if any. */
const FAULT_NUMBERS: Readonly<Record<FakeFault['kind'], string | null>> = {
  refuse: null,
  slow: 'delayMs',
  hang: null,
  rate_limited: 'retryAfterSeconds',
  rate_limited_without_retry_after: null,
  garbage: null,
  http_error: 'status',
  platform_error: null,
  store_then_drop: null,
  store_then_error: null,
};

/** `/_fake/…`: how a drill running in another process makes things go wrong and looks at what was received. */
export class ControlEndpoint {
  constructor(
    private readonly api: ApiEndpoint,
    private readonly canvases: CanvasControl,
    private readonly reset: () => void,
  ) {}

  handle(verb: string, url: URL, body: Buffer): ControlAnswer {
    const ofCanvas = this.canvases.handle(verb, url.pathname, body);
    if (ofCanvas) return ofCanvas;
    switch (`${verb} ${url.pathname}`) {
      case 'POST /_fake/fault':
        return this.addFault(body);
      case 'DELETE /_fake/fault':
        this.api.faults.clear();
        return { status: 200, body: { ok: true } };
      case 'POST /_fake/reset':
        this.reset();
        return { status: 200, body: { ok: true } };
      case 'GET /_fake/calls':
        return { status: 200, body: this.api.calls.list(url.searchParams.get('method') ?? undefined) };
      default:
        return { status: 404, body: { ok: false, error: `nothing at ${verb} ${url.pathname}` } };
    }
  }

  private addFault(body: Buffer): ControlAnswer {
    try {
      this.api.faults.add(readFault(body.toString()));
      return { status: 200, body: { ok: true } };
    } catch (error) {
      return {
        status: 400,
        body: { ok: false, error: error instanceof Error ? error.message : String(error) },
      };
    }
  }
}

/** A fault in JSON: `method` as `/…/` is a pattern, `times: null` means until cleared. */
function readFault(text: string): FakeFault {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value)) throw new Error('a fault is a JSON object');
  const { kind, method, times, channel, canvas } = value;
  if (typeof kind !== 'string' || !Object.hasOwn(FAULT_NUMBERS, kind)) {
    throw new Error(`kind must be one of ${Object.keys(FAULT_NUMBERS).join(', ')}`);
  }
  const needed = FAULT_NUMBERS[kind as FakeFault['kind']];
  if (needed && typeof value[needed] !== 'number') throw new Error(`${kind} needs the number ${needed}`);
  if (kind === 'platform_error' && typeof value['error'] !== 'string')
    throw new Error(`${kind} needs an error`);
  if (times !== undefined && times !== null && typeof times !== 'number')
    throw new Error('times must be a number');
  if (method !== undefined && typeof method !== 'string') throw new Error('method must be a string');
  if (channel !== undefined && typeof channel !== 'string') throw new Error('channel must be a string');
  if (canvas !== undefined && typeof canvas !== 'string') throw new Error('canvas must be a string');
  const pattern = /^\/(.*)\/$/.exec(method ?? '')?.[1];
  return {
    ...value,
    ...(pattern === undefined ? {} : { method: new RegExp(pattern) }),
    ...(times === null ? { times: Infinity } : {}),
  } as FakeFault;
}

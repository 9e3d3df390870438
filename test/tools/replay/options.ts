import { parseArgs } from 'node:util';
import { IANAZone } from 'luxon';

export interface ReplayOptions {
  readonly file: string;
  /** `null`: the busiest night. */
  readonly night: string | null;
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  readonly prefix: string;
  readonly allApplications: boolean;
  readonly maxSchedulers: number | null;
  readonly speed: number;
  readonly failed: number;
  readonly silent: number;
  readonly seed: number;
  readonly heartbeatMinutes: number;
  readonly staleMinutes: number;
  readonly url: string;
  readonly key: string | null;
  readonly startAt: Date | null;
  readonly maxConcurrency: number;
  readonly timeoutSeconds: number;
  readonly retrySeconds: number;
  readonly dryRun: boolean;
  readonly printEnv: boolean;
  readonly verify: boolean;
  readonly json: boolean;
}

/** Every fault of the command line, in one message. */
export class UsageError extends Error {}

const FLAGS = {
  night: { type: 'string' },
  busiest: { type: 'boolean', default: false },
  from: { type: 'string', default: '00:00' },
  to: { type: 'string', default: '06:00' },
  zone: { type: 'string', default: 'America/Los_Angeles' },
  prefix: { type: 'string', default: 'ipsc' },
  'all-applications': { type: 'boolean', default: false },
  'max-schedulers': { type: 'string' },
  speed: { type: 'string', default: '60' },
  failed: { type: 'string', default: '0.05' },
  silent: { type: 'string', default: '0.02' },
  seed: { type: 'string', default: '1' },
  'heartbeat-minutes': { type: 'string', default: '5' },
  'stale-minutes': { type: 'string', default: '10' },
  url: { type: 'string', default: 'http://127.0.0.1:3000' },
  key: { type: 'string' },
  'start-at': { type: 'string' },
  'max-concurrency': { type: 'string', default: '16' },
  'timeout-seconds': { type: 'string', default: '10' },
  'retry-seconds': { type: 'string', default: '300' },
  'dry-run': { type: 'boolean', default: false },
  'print-env': { type: 'boolean', default: false },
  verify: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/**
 * Reads the command line; answers `'help'` when that is asked for.
 * @throws UsageError naming every fault.
 */
export function readOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ReplayOptions | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const faults: string[] = [];
  const check = (ok: boolean, fault: string): void => {
    if (!ok) faults.push(fault);
  };
  const number = (name: keyof typeof values, min: number, max: number, whole = false): number => {
    const text = String(values[name]);
    const value = text.trim() === '' ? Number.NaN : Number(text);
    const kind = whole ? 'a whole number' : 'a number';
    const ok = value >= min && value <= max && (!whole || Number.isInteger(value));
    check(ok, `--${name} must be ${kind} from ${min} to ${max}, not ${text}`);
    return value;
  };
  check(positionals.length === 1, `name one log file, not ${positionals.length}`);
  check(
    (values.night !== undefined) !== values.busiest,
    'choose a night: either --night YYYY-MM-DD or --busiest',
  );
  check(
    values.night === undefined || isDate(values.night),
    `--night must be a date YYYY-MM-DD, not ${values.night}`,
  );
  for (const name of ['from', 'to'] as const) {
    check(/^([01]\d|2[0-3]):[0-5]\d$/.test(values[name]), `--${name} must be HH:MM, not ${values[name]}`);
  }
  check(IANAZone.isValidZone(values.zone), `--zone must be an IANA time zone, not ${values.zone}`);
  check(/^[A-Za-z0-9][\w.:-]{0,49}$/.test(values.prefix), '--prefix must be 1-50 of A-Z a-z 0-9 . _ : -');
  check(isHttpUrl(values.url), `--url must be an http(s) address, not ${values.url}`);
  const startAt = values['start-at'] === undefined ? null : readInstant(values['start-at']);
  check(
    startAt === null || !Number.isNaN(startAt.getTime()),
    '--start-at must be an instant like 2026-01-31T02:00:00Z',
  );
  const options: ReplayOptions = {
    file: positionals[0] ?? '',
    night: values.night ?? null,
    from: values.from,
    to: values.to,
    zone: values.zone,
    prefix: values.prefix,
    allApplications: values['all-applications'],
    maxSchedulers: values['max-schedulers'] === undefined ? null : number('max-schedulers', 1, 1e6, true),
    speed: number('speed', 0.01, 1e5),
    failed: number('failed', 0, 1),
    silent: number('silent', 0, 1),
    seed: number('seed', 0, Number.MAX_SAFE_INTEGER, true),
    heartbeatMinutes: number('heartbeat-minutes', 0.01, 1440),
    staleMinutes: number('stale-minutes', 0.01, 1440),
    url: values.url,
    key: values.key ?? env.VESPER_API_KEY ?? null,
    startAt,
    maxConcurrency: number('max-concurrency', 1, 1000, true),
    timeoutSeconds: number('timeout-seconds', 0.1, 600),
    retrySeconds: number('retry-seconds', 0, 86_400),
    dryRun: values['dry-run'],
    printEnv: values['print-env'],
    verify: values.verify,
    json: values.json,
  };
  check(options.failed + options.silent <= 1, '--failed and --silent together must not exceed 1');
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
  return options;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, allowPositionals: true, strict: true });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  // 1993-02-30 would be read as the 2nd of March
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** Only instants with a zone: a local time would mean another moment on another machine. */
function readInstant(text: string): Date {
  return /T.*(Z|[+-]\d\d:?\d\d)$/.test(text) ? new Date(text) : new Date(Number.NaN);
}

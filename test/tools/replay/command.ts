import { expectNight } from './expected-night';
import { HELP } from './help';
import { Ledger } from './ledger';
import { readLines } from './log-file';
import { busiestDate, NightRule } from './night';
import { readOptions, UsageError, type ReplayOptions } from './options';
import type { Pace } from './pace';
import { planNight, type PlannedCall } from './plan';
import { describePlan, describeExpected, planAsJson, type PreparedNight } from './plan-report';
import { describePlay, describeVerification, playAsJson, wentWell } from './play-report';
import { Player, type Played } from './player';
import { seededRandom } from './seeded-random';
import { readSwf } from './swf';
import { loadNight, surveyLog } from './swf-workload';
import type { Target, Transport } from './transport';
import { verifyNight, type Verification } from './verify';
import { VesperClient } from './vesper-client';
import { STALE_SCAN_MINUTES, vesperEnv } from './vesper-env';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** What the command needs of the process it runs in. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pace: Pace;
  readonly connect: (target: Target) => Transport;
  /** Aborted: stop calling, and report. */
  readonly signal: AbortSignal;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/**
 * Runs the command line; answers the exit code.
 * @throws UsageError, or the error of a log that cannot be read, before the first call.
 */
export async function runReplay(args: readonly string[], around: Surroundings): Promise<number> {
  const options = readOptions(args, around.env);
  if (options === 'help') {
    around.out(HELP);
    return 0;
  }
  const prepared = await prepare(options);
  if (options.printEnv) {
    around.out(describeEnv(prepared, options, args, new Date(around.pace.now())));
    return 0;
  }
  const tell = (text: string): void => (options.json ? around.err : around.out)(`${text}\n`);
  const printJson = (value: unknown): void => {
    if (options.json) around.out(`${JSON.stringify(value, null, 2)}\n`);
  };
  tell(describePlan(prepared, options));
  const plan = planAsJson(prepared, options);
  if (options.dryRun) {
    printJson({ plan });
    return 0;
  }
  const { played, ledger, verification } = await replay(prepared, options, around, tell);
  tell(`\n${describePlay(played, ledger)}\n\n${describeExpected(prepared, options)}`);
  if (options.verify) tell(`\n${describeVerification(verification, prepared.plan.schedulers.length)}`);
  printJson({ plan, replay: playAsJson(played, ledger, verification) });
  if (around.signal.aborted) return 130;
  return wentWell(played, ledger, verification) ? 0 : 1;
}

/** Reads the log and works out the night. */
async function prepare(options: ReplayOptions): Promise<PreparedNight> {
  const source = () => readSwf(readLines(options.file));
  const rule = new NightRule(options.from, options.to, options.zone);
  const survey = await surveyLog(source, rule, options.prefix);
  const date = options.night ?? busiestDate(survey.jobsPerNight);
  if (date === null || !survey.jobsPerNight.has(date)) {
    throw new UsageError(
      `no job of the log starts in ${date === null ? 'any night' : `the night of ${date}`}`,
    );
  }
  const night = rule.nightOf(date);
  const workload = await loadNight(source, survey, night, options);
  const staleMs = options.staleMinutes * MINUTE_MS;
  const plan = planNight(workload, {
    nightStart: night.startAt,
    nightMs: night.endAt.getTime() - night.startAt.getTime(),
    speed: options.speed,
    failedShare: options.failed,
    silentShare: options.silent,
    seed: options.seed,
    heartbeatMs: options.heartbeatMinutes * MINUTE_MS,
    staleMs,
    maxSchedulers: options.maxSchedulers,
  });
  return {
    survey,
    rule,
    night,
    plan,
    expected: expectNight(plan, { staleMs, scanMs: STALE_SCAN_MINUTES * MINUTE_MS }),
  };
}

function describeEnv(
  { night }: PreparedNight,
  options: ReplayOptions,
  args: readonly string[],
  now: Date,
): string {
  const nightMs = night.endAt.getTime() - night.startAt.getTime();
  const staleMs = options.staleMinutes * MINUTE_MS;
  const { startAt, variables } = vesperEnv(now, { nightMs, speed: options.speed, staleMs });
  const again = withoutSecret(args.filter((arg) => arg !== '--print-env')).map(shellQuoted);
  return [
    `# the window opens ${startAt.toISOString()}; start Vesper with these settings before that`,
    ...variables.map(([name, value]) => `${name}=${value}`),
    `# npm run replay -- ${again.join(' ')} --start-at ${startAt.toISOString()}`,
    '',
  ].join('\n');
}

async function replay(
  prepared: PreparedNight,
  options: ReplayOptions,
  { pace, connect, signal }: Surroundings,
  tell: (text: string) => void,
): Promise<{ played: Played; ledger: Ledger; verification: Verification }> {
  const ledger = new Ledger();
  const transport = connect({ url: options.url, key: options.key, timeoutMs: options.timeoutSeconds * 1000 });
  const jitter = seededRandom(options.seed, 'back-off');
  const client = new VesperClient(transport, pace, ledger, jitter, options.retrySeconds * 1000);
  const { speed, maxConcurrency } = options;
  const startAt = options.startAt?.getTime() ?? null;
  const player = new Player(client, pace, ledger, { speed, maxConcurrency, startAt });
  tell('\nRegistering, then playing. Ctrl-C stops with a report.');
  const played = await player.play(prepared.plan, signal, hourTeller(prepared, pace, ledger, tell));
  const verifiable = options.verify && played.ended === 'played';
  const verification = verifiable ? await verifyNight(client, prepared.expected, signal) : null;
  return { played, ledger, verification };
}

/** A line for each hour of the night, so that nobody wonders whether it still goes on. */
function hourTeller(
  { rule, night }: PreparedNight,
  pace: Pace,
  ledger: Ledger,
  tell: (text: string) => void,
) {
  let hour = -1;
  return (call: PlannedCall): void => {
    const now = Math.floor(call.atMs / HOUR_MS);
    if (now === hour) return;
    hour = now;
    const clock = rule.wallClock(new Date(night.startAt.getTime() + now * HOUR_MS));
    tell(`${new Date(pace.now()).toISOString()}  it is ${clock}; ${ledger.unacknowledged} calls unanswered`);
  };
}

/** The key does not belong into a file of settings: the replay takes it from VESPER_API_KEY as well. */
function withoutSecret(args: readonly string[]): readonly string[] {
  return args.filter((arg, index) => !arg.startsWith('--key') && args[index - 1] !== '--key');
}

function shellQuoted(word: string): string {
  return /^[\w./:=@+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pace } from '../replay/pace';
import type { Act } from './act';
import { POLL_SECONDS } from './board-night';
import { LostPushes, type HealedCell } from './lost-pushes';
import { planNight } from './night';
import { HELP, readOptions, type DemoOptions } from './options';
import { nameOf, Player, type Tell } from './player';
import { TABLE_EVERY_MS } from './scheduler-night';
import { SlackWatch } from './slack-watch';
import type { Stage } from './stage';

const LOOK_EVERY_MS = 1_000;
const MINUTE_MS = 60_000;

/** What the command needs of the process it runs in. */
export interface Surroundings {
  readonly pace: Pace;
  /** Aborted: end the night. */
  readonly signal: AbortSignal;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly openStage: (folder: string, signal: AbortSignal) => Promise<Stage>;
}

/**
 * Runs the command line; answers the exit code: 0 when the night ended as it was asked to, 1 when Vesper did not live that long.
 * @throws UsageError, or the error of a start that failed
 */
export async function runDemo(args: readonly string[], around: Surroundings): Promise<number> {
  const options = readOptions(args);
  if (options === 'help') {
    around.out(HELP);
    return 0;
  }
  const folder = options.keep ?? mkdtempSync(join(tmpdir(), 'vesper-demo-'));
  try {
    around.out('Starting Slack, EPM and Vesper …\n');
    const stage = await openUnlessStopped(folder, around);
    if (stage === null) return 0;
    try {
      return await perform(stage, folder, options, around);
    } finally {
      around.out('Stopping …\n');
      await stage.close();
    }
  } finally {
    if (options.keep === null) rmSync(folder, { recursive: true, force: true });
  }
}

/** A start that was interrupted fails: nothing to complain about. */
async function openUnlessStopped(folder: string, { openStage, signal }: Surroundings): Promise<Stage | null> {
  try {
    return await openStage(folder, signal);
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}

async function perform(
  stage: Stage,
  folder: string,
  options: DemoOptions,
  { pace, signal, out, err }: Surroundings,
): Promise<number> {
  out(programme(stage, folder, options));
  const stop = new AbortController();
  const end = (): void => stop.abort();
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  let lastWords: string | null = null;
  void stage.gone.then((words) => {
    if (!stop.signal.aborted) lastWords = words;
    end();
  });
  const startedAt = pace.now();
  // what fails because everything is being stopped is nobody's concern
  const tell: Tell = (text) => {
    if (!stop.signal.aborted) out(`${clockOf(pace.now() - startedAt)}  ${text}\n`);
  };
  if (options.minutes !== null) void pace.sleep(options.minutes * MINUTE_MS, stop.signal).then(end);
  await playAndWatch(stage, planNight(options.seed), { pace, tell, stop });
  signal.removeEventListener('abort', end);
  if (lastWords === null) return 0;
  err(`\n${lastWords as string}\n`);
  return 1;
}

interface Performance {
  readonly pace: Pace;
  readonly tell: Tell;
  readonly stop: AbortController;
}

async function playAndWatch(
  { api, jobs, slack }: Stage,
  acts: Iterable<Act>,
  { pace, tell, stop }: Performance,
): Promise<void> {
  const lost = new LostPushes(api);
  const watch = new SlackWatch(slack);
  const player = new Player(api, jobs, lost, pace, tell);
  const lookOn = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      for (const healed of await lost.look()) tell(describeHealed(healed));
      for (const line of watch.look(pace.now())) tell(line);
      await pace.sleep(LOOK_EVERY_MS, stop.signal);
    }
  };
  const end = (): void => stop.abort();
  await Promise.all([player.play(acts, stop.signal).finally(end), lookOn().finally(end)]);
}

function describeHealed({ run, jobId, status, message }: HealedCell): string {
  return `Vesper asked EPM about job ${jobId}: ${nameOf(run.cell)} is ${status} (${message ?? 'no text'})`;
}

function programme({ places }: Stage, folder: string, { seed, minutes, keep }: DemoOptions): string {
  return `
Vesper is up, and night ${seed} begins.

  Look here   ${places.slack}   Slack: the table, the alerts, the canvases
  EPM's jobs  ${places.epm}
  API         ${places.api}   press Authorize, key ${places.key}
  Files       ${folder}${keep === null ? '   removed at the end' : ''}

The table is edited each ${TABLE_EVERY_MS / 1_000} seconds, a canvas seconds after each push, EPM is asked every ${POLL_SECONDS} seconds.
${minutes === null ? 'Ctrl+C ends the night.' : `It ends after ${minutes} min; Ctrl+C ends it at once.`}

`;
}

/** `1:05`, since the beginning. */
function clockOf(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`.padStart(6);
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FakeSlack, type FakeMessage } from '../../fakes/fake-slack';
import type { DrillCase, DrillContext, StorageName } from '../frame/drill';
import type { Findings } from '../frame/findings';
import { MovableClock } from '../frame/movable-clock';
import { checkTakenBack } from '../frame/history/check-alerts';
import { keyOf, slackEnv, takenBack } from '../frame/slack-ledger';
import { emulatorFor, storageEnv } from '../frame/storage-env';
import { VesperProcess } from '../../processes/vesper-process';
import { waitUntil } from '../../processes/waiting';

const HOUR_MS = 3_600_000;
/** The worker looks every 5 s; then the messages, one a second. */
const STEP_WITHIN_MS = 30_000;
/** Time for a step that is not due: two looks of the worker. */
const NOTHING_WITHIN_MS = 11_000;

/** A window on one local date, and when it must be open: written down here by hand, in UTC. */
interface PlannedNight {
  readonly window: string;
  readonly channel: string;
  readonly start: string;
  readonly end: string;
  readonly intervalMinutes: number;
  readonly businessDate: string;
  readonly opensAt: string;
  readonly closesAt: string;
}

export interface ClockChange {
  readonly title: string;
  readonly nights: readonly PlannedNight[];
}

const LONG = { window: 'long', channel: 'C0000000001', start: '22:00', end: '06:00', intervalMinutes: 60 };
const ODD = { window: 'odd', channel: 'C0000000002', start: '02:00', end: '03:00', intervalMinutes: 30 };

/** Spec 30: a DST change shifts nothing but the wall clock. Europe/Berlin. */
export const CLOCK_CHANGES: readonly ClockChange[] = [
  {
    title: 'the night in which 02:00 becomes 03:00',
    nights: [
      {
        ...LONG,
        businessDate: '2026-03-28',
        opensAt: '2026-03-28T21:00:00Z',
        closesAt: '2026-03-29T04:00:00Z',
      },
      // 02:00 does not come, and 03:00 is when it would: the window keeps its hour.
      {
        ...ODD,
        businessDate: '2026-03-29',
        opensAt: '2026-03-29T01:00:00Z',
        closesAt: '2026-03-29T02:00:00Z',
      },
    ],
  },
  {
    title: 'the night in which 03:00 becomes 02:00',
    nights: [
      {
        ...LONG,
        businessDate: '2026-10-24',
        opensAt: '2026-10-24T20:00:00Z',
        closesAt: '2026-10-25T05:00:00Z',
      },
      // From the first 02:00 to the only 03:00.
      {
        ...ODD,
        businessDate: '2026-10-25',
        opensAt: '2026-10-25T00:00:00Z',
        closesAt: '2026-10-25T02:00:00Z',
      },
    ],
  },
];

export function dstNightCase(storage: StorageName, change: ClockChange): DrillCase {
  return {
    title: `${change.title}, ${storage}`,
    run: (context, findings) => run(storage, change, context, findings),
  };
}

async function run(
  storage: StorageName,
  { nights }: ClockChange,
  context: DrillContext,
  findings: Findings,
): Promise<void> {
  const clock = new MovableClock(context.folder);
  const fake = await FakeSlack.start({
    now: () => clock.now(),
    channels: nights.map(({ channel, window }) => ({ id: channel, name: window })),
  });
  const emulator = await emulatorFor(storage);
  clock.set(new Date(Math.min(...nights.map(({ opensAt }) => Date.parse(opensAt))) - HOUR_MS));
  const vesper = await VesperProcess.create({
    nodeArgs: [...clock.nodeArgs, ...context.fault.nodeArgs],
    env: {
      ...slackEnv(fake),
      ...storageEnv(storage, context, emulator),
      ...clock.env,
      ...context.fault.env,
      WINDOWS_CONFIG: writeWindows(nights, context),
    },
    logFile: join(context.folder, 'vesper.log'),
  });
  try {
    await vesper.start();
    const missed: string[] = [];
    for (const at of momentsOf(nights)) {
      clock.set(new Date(at + offsetOf(context)));
      const arrived = await waitUntil(
        () => nights.every((night) => versionsOf(fake, night).length >= stepsBy(night, at)),
        STEP_WITHIN_MS,
        200,
      );
      if (!arrived) missed.push(new Date(at).toISOString());
      context.say(`it is ${new Date(at).toISOString()}`);
    }
    await waitUntil(() => nights.every((night) => summariesOf(fake, night).length > 0), STEP_WITHIN_MS, 200);
    clock.step(HOUR_MS);
    await sleep(NOTHING_WITHIN_MS);
    findings.expectNone('steps that did not come in time', missed);
    for (const night of nights) checkNight(fake, night, findings);
    checkTakenBack(
      nights.flatMap(({ channel }) => takenBack(fake, channel)),
      0,
      findings,
    );
  } finally {
    await vesper.kill();
    emulator?.stop();
    await fake.close();
  }
}

/** A planted fault: everything happens on the hour before the change, as if it had not come. */
function offsetOf({ options: { sabotage } }: DrillContext): number {
  return sabotage === 'unchanged' ? -HOUR_MS : 0;
}

function writeWindows(nights: readonly PlannedNight[], { folder }: DrillContext): string {
  const file = join(folder, 'windows.json');
  const windows = nights.map(({ window, channel, start, end, intervalMinutes }) => ({
    ...{ name: window, start, end, channel_id: channel },
    ...{ time_zone: 'Europe/Berlin', interval_minutes: intervalMinutes },
  }));
  writeFileSync(file, JSON.stringify({ windows }));
  return file;
}

/** Just before each opening, and just after each step and end, in order. */
function momentsOf(nights: readonly PlannedNight[]): readonly number[] {
  const opens = nights.map(({ opensAt }) => Date.parse(opensAt) - 20_000);
  const steps = nights.flatMap((night) => stepTimes(night)).map((at) => at + 1_000);
  return [...new Set([...opens, ...steps])].sort((a, b) => a - b);
}

/** Each step of the table, the last edit at the end included. */
function stepTimes({ opensAt, closesAt, intervalMinutes }: PlannedNight): readonly number[] {
  const times: number[] = [];
  for (let at = Date.parse(opensAt); at < Date.parse(closesAt); at += intervalMinutes * 60_000)
    times.push(at);
  return [...times, Date.parse(closesAt)];
}

function stepsBy(night: PlannedNight, at: number): number {
  return stepTimes(night).filter((time) => time <= at).length;
}

function checkNight(fake: FakeSlack, night: PlannedNight, findings: Findings): void {
  const name = `${night.window} (${night.start}–${night.end})`;
  const messages = fake.messages(night.channel);
  const posted = messages.map(({ postedAt }) => new Date(postedAt).toISOString().slice(0, 16));
  const expected = stepTimes(night).map((at) => new Date(at).toISOString().slice(11, 16));
  const shown = versionsOf(fake, night).map((at) => new Date(at).toISOString().slice(11, 16));
  findings.figure(`steps of ${name}, UTC`, shown.join(' '));
  findings.expect(
    `${name}: each step once, at its time`,
    shown.join(' ') === expected.join(' '),
    `${shown.join(' ')}; expected ${expected.join(' ')}`,
  );
  findings.expect(`${name}: one table`, tablesOf(fake, night).length === 1, posted.join(', '));
  findings.expect(`${name}: one summary`, summariesOf(fake, night).length === 1, posted.join(', '));
  findings.expect(`${name}: nothing else`, messages.length === 2, String(messages.length));
}

/** When the table was posted, and each time it was edited. */
function versionsOf(fake: FakeSlack, night: PlannedNight): readonly number[] {
  return tablesOf(fake, night).flatMap(({ postedAt, edits }) => [postedAt, ...edits.map(({ at }) => at)]);
}

function tablesOf(fake: FakeSlack, night: PlannedNight): readonly FakeMessage[] {
  return ofNight(fake, night).filter((message) => /:table:\d+:0$/.test(keyOf(message) ?? ''));
}

function summariesOf(fake: FakeSlack, night: PlannedNight): readonly FakeMessage[] {
  return ofNight(fake, night).filter((message) => keyOf(message)?.endsWith(':summary') === true);
}

function ofNight(fake: FakeSlack, { window, businessDate, channel }: PlannedNight): readonly FakeMessage[] {
  const begin = `eod:${window}:${businessDate}:`;
  return fake.messages(channel).filter((message) => keyOf(message)?.startsWith(begin) === true);
}

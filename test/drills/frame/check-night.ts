import type { FakeMessage, FakeSlack } from '../../fakes/fake-slack';
import type { Findings } from './findings';
import type { ReportLedger } from './history/report-ledger';
import { keyOf, SLACK_CHANNEL } from './slack-ledger';

export interface NightPlan {
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** Whole minutes: the footer of a table tells its step by the minute of the next one. */
  readonly intervalMs: number;
}

const TABLE_KEY = /^eod:.*:table:\d+:(\d+)$/;
const FINAL = 'final';

/** One table and one summary, every step shown, none after a later one, the last one right. */
export function checkNight(fake: FakeSlack, plan: NightPlan, ledger: ReportLedger, findings: Findings): void {
  const living = fake.messages(SLACK_CHANNEL);
  const tables = living.filter((message) => partOf(message) === 0);
  findings.expect('one table', tables.length === 1, String(tables.length));
  findings.expectNone('parts of the table twice', doubledParts(living));
  const summaries = living.filter((message) => (keyOf(message) ?? '').endsWith(':summary'));
  findings.expect('one summary', summaries.length === 1, String(summaries.length));
  const [table] = tables;
  if (table !== undefined) checkSteps(table, plan, findings);
  const counts = countsIn(ledger, plan.startsAt.toISOString());
  for (const [what, message] of [
    ['table', table],
    ['summary', summaries[0]],
  ] as const) {
    const text = message?.text ?? 'there is none';
    findings.expect(
      `the last ${what} shows the last reports`,
      text.includes(counts),
      `${text}; expected ${counts}`,
    );
  }
}

function checkSteps(table: FakeMessage, plan: NightPlan, findings: Findings): void {
  const shown = versionsOf(table).map(stepOf);
  const expected = stepsOf(plan);
  findings.figure('steps shown, in order', shown.join(' '));
  findings.expectNone(
    'steps of the night not shown',
    expected.filter((step) => !shown.includes(step)),
  );
  const order = shown.map((step) => expected.indexOf(step));
  findings.expect(
    'no step shown after a later one',
    order.every((step, index) => step >= 0 && step >= (order[index - 1] ?? 0)),
    shown.join(' '),
  );
  // An edit whose answer nobody saw is made again: the same message, with the same step.
  findings.figure('steps edited again', shown.length - new Set(shown).size);
}

/** A step by the time of the next one that its footer names. */
function stepsOf({ startsAt, endsAt, intervalMs }: NightPlan): string[] {
  const steps: string[] = [];
  for (let at = startsAt.getTime(); at < endsAt.getTime(); at += intervalMs)
    steps.push(new Date(Math.min(at + intervalMs, endsAt.getTime())).toISOString().slice(11, 16));
  return [...steps, FINAL];
}

function stepOf(blocks: readonly unknown[]): string {
  return /next update (\d\d:\d\d)/.exec(JSON.stringify(blocks))?.[1] ?? FINAL;
}

function versionsOf(message: FakeMessage): readonly unknown[][] {
  return [...message.edits.map(({ blocks }) => blocks), message.blocks];
}

function partOf(message: FakeMessage): number | null {
  const part = TABLE_KEY.exec(keyOf(message) ?? '')?.[1];
  return part === undefined ? null : Number(part);
}

function doubledParts(messages: readonly FakeMessage[]): string[] {
  const parts = messages.map(partOf).filter((part) => part !== null);
  return parts.filter((part, index) => parts.indexOf(part) !== index).map((part) => `part ${part + 1}`);
}

/** What the table must say of the night: a status from before it counts as pending, unless it is running. */
function countsIn(ledger: ReportLedger, startsAt: string): string {
  const statuses = ledger.schedulerIds.map((id) => {
    const last = ledger.updatesOf(id).at(-1);
    if (last === undefined) return 'pending';
    return last.status === 'running' || last.timestamp >= startsAt ? last.status : 'pending';
  });
  const count = (status: string) => statuses.filter((one) => one === status).length;
  return `${count('completed')} completed · ${count('running')} running · ${count('failed')} failed · 0 stale · ${count('pending')} pending`;
}

import type { Ledger } from './ledger';
import type { Played } from './player';
import type { Verification } from './verify';
import { CALL_KINDS } from './wire';

const RETRY_REASONS = ['rate-limited', 'unavailable', 'no-reply'] as const;

/** Whether the replay went as it should: the process's exit code hangs on it. */
export function wentWell(played: Played, ledger: Ledger, verification: Verification): boolean {
  const differs =
    verification !== null && (verification.fault !== null || verification.differences.length > 0);
  return played.ended === 'played' && ledger.unacknowledged === 0 && ledger.notApplied === 0 && !differs;
}

/** What happened to the calls. */
export function describePlay(played: Played, ledger: Ledger): string {
  const startedAt = played.startedAt === null ? 'never' : new Date(played.startedAt).toISOString();
  return [
    `Played      ${played.ended}; log time started ${startedAt}`,
    '',
    row('call', ['sent', 'acknowledged', 'retries', 'refused', 'gave up', 'stopped']),
    ...CALL_KINDS.filter((kind) => ledger.counts[kind].sent > 0).map((kind) => {
      const { sent, acknowledged, retried, refused, gaveUp, stopped } = ledger.counts[kind];
      return row(kind, [sent, acknowledged, retried, refused, gaveUp, stopped]);
    }),
    '',
    `Latency     p50 ${milliseconds(ledger.latency(0.5))}, p99 ${milliseconds(ledger.latency(0.99))}; ` +
      `a call was at most ${milliseconds(ledger.maxLagMs)} behind its time`,
    ...RETRY_REASONS.filter((reason) => ledger.waits[reason].times > 0).map((reason) => {
      const { times, totalMs } = ledger.waits[reason];
      const advice =
        reason === 'rate-limited' ? '; start Vesper with RATE_LIMIT_PER_MINUTE=0 for replays' : '';
      return `Waited      ${reason}: ${times} times, ${(totalMs / 1000).toFixed(1)} s over all calls${advice}`;
    }),
    ...(ledger.notSent > 0 ? [`Not sent    ${ledger.notSent} calls, because it was stopped`] : []),
    ...(ledger.notApplied > 0
      ? [`Wrong       ${ledger.notApplied} status updates in order were not applied`]
      : []),
    ...ledger.refusals.map(
      ({ kind, what, count, firstBody }) =>
        `Refused     ${kind} ${what}, ${count} times; the first: ${firstBody || '(no body)'}`,
    ),
  ].join('\n');
}

export function describeVerification(verification: Verification, schedulers: number): string {
  if (verification === null) return 'Unverified  the night was not played to its end';
  const { fault, differences } = verification;
  if (fault !== null) return `Unverified  ${fault}`;
  if (differences.length === 0) return `Verified    all ${schedulers} schedulers are as expected`;
  return [
    `Different   ${differences.length} of ${schedulers} schedulers:`,
    ...differences.map((one) => `  ${one.schedulerId}: expected ${one.expected}, found ${one.found}`),
  ].join('\n');
}

export function playAsJson(played: Played, ledger: Ledger, verification: Verification) {
  return {
    ended: played.ended,
    started_at: played.startedAt === null ? null : new Date(played.startedAt).toISOString(),
    calls: ledger.counts,
    not_sent: ledger.notSent,
    not_applied: ledger.notApplied,
    latency_ms: { p50: ledger.latency(0.5), p99: ledger.latency(0.99) },
    max_lag_ms: ledger.maxLagMs,
    waits: ledger.waits,
    refusals: ledger.refusals,
    verification,
    ok: wentWell(played, ledger, verification),
  };
}

function row(name: string, cells: readonly (string | number)[]): string {
  return name.padEnd(12) + cells.map((cell) => String(cell).padStart(13)).join('');
}

function milliseconds(value: number | null): string {
  return value === null ? 'unknown' : `${value.toFixed(1)} ms`;
}

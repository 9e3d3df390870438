import { aScheduler } from '../../../test/builders/a-scheduler';
import { aWindow } from '../../../test/builders/a-window';
import type { Scheduler } from '../schedulers/scheduler';
import { occurrenceOn } from './occurrence';
import { buildStatusTable, type StatusTable } from './status-table';

const WINDOW = aWindow({ timeZone: 'UTC', start: '22:00', end: '06:00' });
const OCCURRENCE = occurrenceOn(WINDOW, '2026-03-02');
const NOW = new Date('2026-03-03T01:00:00.000Z');

function table(...schedulers: readonly Scheduler[]): StatusTable {
  return buildStatusTable(schedulers, {
    window: WINDOW,
    occurrence: OCCURRENCE,
    defaultTimeoutMinutes: 10,
    now: NOW,
    nextUpdateAt: null,
  });
}

describe('the status table', () => {
  it('shows tonight only: what ended before the window began counts as pending', () => {
    const { rows } = table(
      aScheduler('yesterday').completed('2026-03-02T21:59:59.999Z').build(),
      aScheduler('failed-yesterday').failed('boom', '2026-03-02T02:00:00.000Z').build(),
      aScheduler('tonight').completed('2026-03-02T22:00:00.000Z', 5_000).build(),
    );
    expect(rows.map(({ schedulerId, state }) => [schedulerId, state])).toEqual([
      ['failed-yesterday', 'pending'],
      ['yesterday', 'pending'],
      ['tonight', 'completed'],
    ]);
    expect(rows[0]).toMatchObject({ updatedAt: null, durationMs: null, startedAt: null, errorMessage: null });
    expect(rows[2]).toMatchObject({ updatedAt: new Date('2026-03-02T22:00:00.000Z'), durationMs: 5_000 });
  });

  it('shows what runs now, also when it began before the window, with the time it runs for', () => {
    const early = aScheduler('early').at(NOW).running('2026-03-02T21:00:00.000Z').silentFor('1m').build();
    expect(table(early).rows).toMatchObject([
      { state: 'running', durationMs: 4 * 3_600_000, startedAt: new Date('2026-03-02T21:00:00.000Z') },
    ]);
  });

  it('never shows a negative time for a reporter whose clock is ahead', () => {
    const ahead = aScheduler('ahead').at(NOW).running('2026-03-03T01:04:00.000Z').build();
    expect(table(ahead).rows[0]?.durationMs).toBe(0);
  });

  it('shows a silent one as stale', () => {
    const { rows, counts } = table(
      aScheduler().at(NOW).running('2026-03-02T23:00:00.000Z').silentFor('11m').build(),
    );
    expect(rows).toMatchObject([{ state: 'stale' }]);
    expect(counts).toEqual({ failed: 0, stale: 1, running: 0, pending: 0, completed: 0 });
  });

  it('shows the error of a failure, and an unknown duration as such', () => {
    const failed = aScheduler().failed('disk full', '2026-03-03T00:30:00.000Z').build();
    expect(table(failed).rows).toMatchObject([
      { state: 'failed', errorMessage: 'disk full', durationMs: null },
    ]);
  });

  it('comes in the order of urgency, then by service, job and id', () => {
    const tonight = '2026-03-03T00:00:00.000Z';
    const named = (id: string, serviceName: string, jobName = 'job') =>
      aScheduler(id).at(NOW).with({ serviceName, jobName });
    const { rows, counts } = table(
      named('c', 'A').completed(tonight).build(),
      named('p', 'A').build(),
      named('r', 'A').running(NOW).build(),
      named('s', 'A').running(tonight).silentFor('1h').build(),
      named('f3', '\u{1F319}').failed('x', tonight).build(),
      named('f2', '\uFF5E').failed('x', tonight).build(),
      named('f1', 'B', 'b').failed('x', tonight).build(),
      named('f0', 'B', 'a').failed('x', tonight).build(),
      named('f00', 'B', 'a').failed('x', tonight).build(),
    );
    expect(rows.map(({ schedulerId }) => schedulerId)).toEqual([
      'f0',
      'f00',
      'f1',
      'f2',
      'f3',
      's',
      'r',
      'p',
      'c',
    ]);
    expect(counts).toEqual({ failed: 5, stale: 1, running: 1, pending: 1, completed: 1 });
  });
});

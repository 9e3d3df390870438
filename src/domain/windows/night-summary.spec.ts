import { aScheduler } from '../../../test/builders/a-scheduler';
import { aWindow } from '../../../test/builders/a-window';
import type { Scheduler } from '../schedulers/scheduler';
import { summarizeNight, type NightSummary } from './night-summary';
import { occurrenceOn } from './occurrence';
import { buildStatusTable } from './status-table';

const WINDOW = aWindow({ timeZone: 'UTC', start: '22:00', end: '06:00' });
const NOW = new Date('2026-03-03T06:00:00.000Z');

function summary(...schedulers: readonly Scheduler[]): NightSummary {
  const occurrence = occurrenceOn(WINDOW, '2026-03-02');
  const circumstances = {
    window: WINDOW,
    occurrence,
    defaultTimeoutMinutes: 10,
    now: NOW,
    nextUpdateAt: null,
  };
  return summarizeNight(buildStatusTable(schedulers, circumstances));
}

const idsOf = (rows: readonly { readonly schedulerId: string }[]) =>
  rows.map(({ schedulerId }) => schedulerId);

describe('the summary of a night', () => {
  it('counts what ended, what runs and what never started', () => {
    const night = summary(
      aScheduler('quick').completed('2026-03-02T23:00:00.000Z', 60_000).build(),
      aScheduler('slow').completed('2026-03-03T04:00:00.000Z', 600_000).build(),
      aScheduler('broken').failed('boom', '2026-03-03T05:00:00.000Z').build(),
      aScheduler('running').at(NOW).running('2026-03-03T03:00:00.000Z').silentFor('1m').build(),
      aScheduler('silent').at(NOW).running('2026-03-03T03:30:00.000Z').silentFor('1h').build(),
      aScheduler('absent').build(),
    );
    expect(night).toMatchObject({
      total: 6,
      totalExecutionMs: 660_000,
      firstStartAt: new Date('2026-03-02T22:59:00.000Z'),
      lastFinishAt: new Date('2026-03-03T05:00:00.000Z'),
      allClear: false,
    });
    expect(night.successRate).toBeCloseTo(2 / 3);
    expect(night.longest?.schedulerId).toBe('slow');
    expect(idsOf(night.failed)).toEqual(['broken']);
    expect(idsOf(night.stillRunning)).toEqual(['silent', 'running']);
    expect(idsOf(night.neverStarted)).toEqual(['absent']);
  });

  it('is all clear only when every scheduler completed, and there is one', () => {
    const completed = aScheduler('a').completed('2026-03-03T01:00:00.000Z').build();
    expect(summary(completed)).toMatchObject({ allClear: true, successRate: 1 });
    expect(summary(completed, aScheduler('b').build()).allClear).toBe(false);
    expect(summary().allClear).toBe(false);
  });

  it('knows no rate, longest run or times of a night in which nothing ended', () => {
    expect(summary(aScheduler().build())).toMatchObject({
      successRate: null,
      longest: null,
      totalExecutionMs: 0,
      firstStartAt: null,
      lastFinishAt: null,
    });
  });

  it('takes no start from before the window as the first of the night', () => {
    const early = aScheduler('early')
      .completed('2026-03-02T22:10:00.000Z', 20 * 60_000)
      .build();
    const later = aScheduler('later').completed('2026-03-02T22:30:00.000Z', 60_000).build();
    expect(summary(early, later).firstStartAt).toEqual(new Date('2026-03-02T22:29:00.000Z'));
  });

  it('names a run of zero milliseconds as the longest when there is no other', () => {
    expect(
      summary(aScheduler('zero').completed('2026-03-03T01:00:00.000Z', 0).build()).longest?.schedulerId,
    ).toBe('zero');
  });
});

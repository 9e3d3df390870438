import fc from 'fast-check';
import { aScheduler } from '../../../test/builders/a-scheduler';
import { aWindow } from '../../../test/builders/a-window';
import { formsOf, reviewed, textsOf } from '../../../test/harness/slack-rig';
import type { Scheduler } from '../../domain/schedulers/scheduler';
import { summarizeNight } from '../../domain/windows/night-summary';
import { occurrenceOn } from '../../domain/windows/occurrence';
import { buildStatusTable } from '../../domain/windows/status-table';
import { layOutSummary } from './slack-summary.layout';

const window = aWindow();
const occurrence = occurrenceOn(window, '2026-03-03');
const at = (time: string) => new Date(`2026-03-03T${time}:00+07:00`);

function summaryOf(schedulers: readonly Scheduler[]) {
  const now = at('06:00');
  return layOutSummary(
    summarizeNight(
      buildStatusTable(schedulers, {
        window,
        occurrence,
        defaultTimeoutMinutes: 10,
        now,
        nextUpdateAt: null,
      }),
    ),
  );
}

const linesOf = (schedulers: readonly Scheduler[]) => textsOf(summaryOf(schedulers)).split('\n');

describe('the summary of a night', () => {
  it('says first what went wrong, then the figures, then whom to look after', () => {
    const lines = linesOf([
      aScheduler('a')
        .with({ jobName: 'Ledger' })
        .failed('ORA-00001: unique\n  at Posting.java', at('00:41'))
        .build(),
      aScheduler('b')
        .with({ jobName: 'Load' })
        .running(at('00:30'))
        .with({ lastHeartbeat: at('05:00') })
        .build(),
      aScheduler('c')
        .with({ jobName: 'Export' })
        .running(at('05:30'))
        .with({ lastHeartbeat: at('05:59') })
        .build(),
      aScheduler('d').with({ jobName: 'Cash' }).build(),
      aScheduler('e').completed(at('02:00'), 5_400_000).build(),
    ]);
    expect(lines).toEqual([
      'EOD summary · eod · Tue 2026-03-03',
      '*❌ 1 failed · 🟡 2 still running · ⬜ 1 never started*',
      '*00:00–06:00 WIB · 5 schedulers*',
      expect.stringMatching(/ 20 % completed$/),
      '1 completed · 1 running · 1 failed · 1 stale · 1 pending',
      '*Success rate*',
      '50.0 % of 2 that ended',
      '*Total execution time*',
      '1 h 30 m',
      '*Longest*',
      '1 h 30 m (Service A · EOD Processing)',
      '*First start*',
      '00:30',
      '*Last finish*',
      '02:00',
      '*❌ Failed (1)*',
      '• Service A · Ledger at 00:41: ORA-00001: unique …',
      '*🟡 Still running (2)*',
      '• ⚠️ silent: Service A · Load, since 00:30, for 5 h 30 m',
      '• Service A · Export, since 05:30, for 30 m 00 s',
      '*⬜ Never started (1)*',
      '• Service A · Cash',
      'updated at 06:00 WIB · final',
    ]);
  });

  it('says "All clear" when everything completed, and only then', () => {
    const done = aScheduler('a').completed(at('01:00')).build();
    expect(linesOf([done])[1]).toBe('*All clear ✅*');
    expect(summaryOf([done]).text).toContain('All clear ✅');
    expect(textsOf(summaryOf([done, aScheduler('b').build()]))).not.toContain('All clear');
    expect(textsOf(summaryOf([]))).not.toContain('All clear');
  });

  it('says so when there was nothing to watch', () => {
    expect(linesOf([])).toContain('No scheduler belonged to this window.');
  });

  it('rounds no failure away', () => {
    const many = Array.from({ length: 9_999 }, (_, index) =>
      aScheduler(`s${index}`).completed(at('01:00')).build(),
    );
    expect(linesOf([...many, aScheduler('x').failed('boom', at('01:00')).build()])).toContain(
      '99.9 % of 10000 that ended',
    );
  });

  it('counts what its lists have no room for', () => {
    const lines = linesOf(
      Array.from({ length: 1_000 }, (_, index) =>
        index % 2 === 0
          ? aScheduler(`s${index}`).failed('x'.repeat(4_000), at('01:00')).build()
          : aScheduler(`s${index}`).build(),
      ),
    );
    const shown = lines.filter((line) => line.startsWith('• ')).length;
    const left = lines
      .map((line) => /^… and (\d+) more, in the table$/.exec(line)?.[1])
      .filter((n) => n !== undefined);
    expect(left).toHaveLength(2);
    expect(left.reduce((sum, count) => sum + Number(count), shown)).toBe(1_000);
  });

  it('is taken by Slack whatever the schedulers say', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom('<!channel>', '<'.repeat(4_000), '```', '\0\n', '😀'.repeat(200), '\ud800', ''),
    );
    const scheduler = fc
      .record({ serviceName: text, jobName: text, errorMessage: text, kind: fc.integer({ min: 0, max: 3 }) })
      .map(({ kind, errorMessage, ...names }) => {
        const one = aScheduler().with(names);
        if (kind === 0) return one.build();
        if (kind === 1) return one.running(at('01:00')).build();
        return kind === 2
          ? one.completed(at('01:00')).build()
          : one.failed(errorMessage, at('01:00')).build();
      });
    fc.assert(
      fc.property(fc.array(scheduler, { maxLength: 300, size: 'max' }), (schedulers) => {
        for (const form of formsOf(summaryOf(schedulers))) {
          expect(reviewed(form)).toEqual({ mentions: [], markupWarnings: [] });
        }
      }),
      { numRuns: 15 },
    );
  });
});

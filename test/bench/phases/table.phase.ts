import { occurrenceOn } from '../../../src/domain/windows/occurrence';
import { summarizeNight } from '../../../src/domain/windows/night-summary';
import { buildStatusTable } from '../../../src/domain/windows/status-table';
import { layOutSummary } from '../../../src/adapters/slack/slack-summary.layout';
import { layOutTable } from '../../../src/adapters/slack/slack-table.layout';
import type { Scheduler } from '../../../src/domain/schedulers/scheduler';
import { aScheduler } from '../../builders/a-scheduler';
import { aWindow } from '../../builders/a-window';
import type { Phase } from '../context';
import { ms } from '../figures';
import { median } from '../../processes/median';

const SCHEDULERS = 1_000;
const AIM_MS = 50;
const TIMES = 50;
const STARTS_AT = new Date('2026-03-02T17:00:00.000Z');
const NOW = new Date('2026-03-02T19:00:00.000Z');

/** The table of 1,000 schedulers, built from their records and laid out for Slack. */
export const table: Phase = async (context) => {
  context.say(`EOD table of ${SCHEDULERS} schedulers`);
  const schedulers = Array.from({ length: SCHEDULERS }, (_, index) => inTheNight(index));
  const build: number[] = [];
  const render: number[] = [];
  const summary: number[] = [];
  let messages = 0;
  for (let time = 0; time < TIMES; time++) {
    const startedAt = performance.now();
    const built = buildTable(schedulers);
    const builtAt = performance.now();
    messages = layOutTable(built).length;
    const renderedAt = performance.now();
    layOutSummary(summarizeNight(built));
    build.push(builtAt - startedAt);
    render.push(renderedAt - builtAt);
    summary.push(performance.now() - renderedAt);
  }
  const totals = build.map((buildMs, time) => buildMs + (render[time] ?? 0));
  const figures = {
    // No compiler has seen the code before: what the first table after a start costs.
    firstMs: totals[0] ?? NaN,
    buildMs: median(build),
    renderMs: median(render),
    summaryMs: median(summary),
    messages,
  };
  const totalMs = median(totals);
  return [
    {
      what: `EOD table of ${SCHEDULERS} schedulers, build and render`,
      measured: `${ms(figures.buildMs)} + ${ms(figures.renderMs)} · the first one ${ms(figures.firstMs)} · summary ${ms(figures.summaryMs)} · ${messages} messages`,
      aim: `< ${AIM_MS} ms`,
      met: totalMs < AIM_MS,
      figures,
    },
  ];
};

function buildTable(schedulers: readonly Scheduler[]) {
  const window = aWindow();
  return buildStatusTable(schedulers, {
    window,
    occurrence: occurrenceOn(window, '2026-03-03'),
    defaultTimeoutMinutes: 10,
    now: NOW,
    nextUpdateAt: new Date('2026-03-02T20:00:00.000Z'),
  });
}

/** Of a hundred: 60 completed, 15 running, 5 silent, 5 failed, 15 not begun. */
function inTheNight(index: number): Scheduler {
  const at = new Date(STARTS_AT.getTime() + (index % 110) * 60_000);
  const scheduler = aScheduler(`scheduler-${index}`)
    .at(NOW)
    .with({ serviceName: `Service ${index % 97}`, jobName: `Settlement <run> & check ${index}` });
  const share = (index * 37) % 100;
  if (share < 60) return scheduler.completed(at, 60_000 + index).build();
  if (share < 75) return scheduler.running(at).silentFor('1m').build();
  if (share < 80) return scheduler.running(at).silentFor('30m').build();
  if (share < 85) return scheduler.failed(`ORA-0${index}: unable to extend <segment> & more`, at).build();
  return scheduler.build();
}

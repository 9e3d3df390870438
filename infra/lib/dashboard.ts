import { Duration } from 'aws-cdk-lib/core';
import { Dashboard, GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { WatchedParts } from './alarms';
import type { AttemptOutcome } from '../../src/domain/notifications/delivery';
import { SCHEDULER_STATUSES } from '../../src/domain/schedulers/scheduler';
import { DELIVERIES, OUTBOX_AGE, OUTBOX_ENTRIES, SCHEDULERS, STALE } from './collector';
import { vesperMetric } from './vesper-metric';

const OUTCOMES: readonly AttemptOutcome[] = ['sent', 'retrying', 'failed', 'skipped', 'suppressed'];
const MINUTE = Duration.minutes(1);

/** One page for whoever was woken: answers, what is to be told, tasks, tables. */
export class VesperDashboard extends Construct {
  constructor(scope: Construct, id: string, { front, services, tables, queue }: WatchedParts) {
    super(scope, id);
    const { targets } = front;
    const sum = { period: MINUTE, statistic: 'Sum' };
    const rows = [
      [
        graph('Requests a minute', [targets.metrics.requestCount(sum)]),
        graph('Errors a minute', [
          targets.metrics.httpCodeTarget(HttpCodeTarget.TARGET_4XX_COUNT, sum),
          targets.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, sum),
        ]),
        graph(
          'Time to answer, s',
          ['p50', 'p99'].map((statistic) =>
            targets.metrics.targetResponseTime({ period: MINUTE, statistic }),
          ),
        ),
      ],
      this.rowOfVesper(),
      [
        graph(
          'CPU, %',
          services.map((service) => service.metricCpuUtilization({ period: MINUTE })),
        ),
        graph(
          'Memory, %',
          services.map((service) => service.metricMemoryUtilization({ period: MINUTE })),
        ),
        graph(
          'Write units a minute',
          tables.list().map(({ table }) => table.metricConsumedWriteCapacityUnits(sum)),
        ),
      ],
    ];
    if (queue !== null) {
      rows.push([
        graph('Status updates that wait', [queue.queue.metricApproximateNumberOfMessagesVisible()]),
        graph('Age of the oldest, s', [queue.queue.metricApproximateAgeOfOldestMessage()]),
        graph('Dead letters', [queue.deadLetters.metricApproximateNumberOfMessagesVisible()]),
      ]);
    }
    new Dashboard(this, 'Page', { widgets: rows });
  }

  private rowOfVesper(): GraphWidget[] {
    const latest = { statistic: 'Maximum' };
    return [
      graph('To be told: how many, and age of the oldest in s', [
        vesperMetric(this, OUTBOX_ENTRIES, latest),
        vesperMetric(this, OUTBOX_AGE, latest),
      ]),
      graph(
        'Deliveries a minute',
        OUTCOMES.map((outcome) =>
          vesperMetric(this, DELIVERIES, { statistic: 'Sum', labels: { outcome }, label: outcome }),
        ),
      ),
      graph('Schedulers', [
        ...SCHEDULER_STATUSES.map((status) =>
          vesperMetric(this, SCHEDULERS, { ...latest, labels: { status }, label: status }),
        ),
        vesperMetric(this, STALE, { ...latest, label: 'stale' }),
      ]),
    ];
  }
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: 8, height: 6 });
}

import { Duration } from 'aws-cdk-lib/core';
import {
  Alarm,
  ComparisonOperator,
  MathExpression,
  Metric,
  TreatMissingData,
  type IMetric,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import { HttpCodeElb, HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { TaskOutcome } from '../../src/platform/workers/task';
import { DELIVERIES, INTERRUPTIONS, OUTBOX_AGE, WORKER_RUNS } from './collector';
import { LEAST_TASKS, type Front } from './service';
import type { StatusQueue } from './status-queue';
import type { VesperTables } from './tables';
import { vesperMetric } from './vesper-metric';

const MINUTE = Duration.minutes(1);
const RUNBOOK = 'docs/RUNBOOK.md';

export interface WatchedParts {
  readonly front: Front;
  readonly services: readonly FargateService[];
  readonly tables: VesperTables;
  readonly queue: StatusQueue | null;
}

interface AlarmRule {
  readonly metric: IMetric;
  readonly above?: number;
  readonly below?: number;
  /** Minutes of the last `of` in which it must be so. */
  readonly minutes: number;
  readonly of?: number;
  /** What follows when nothing is measured at all; default: nothing. */
  readonly missing?: TreatMissingData;
  readonly means: string;
  /** Section of the runbook. */
  readonly section: string;
}

/** What somebody is woken for. Each says where in the runbook it goes on. */
export class Alarms extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly topic: ITopic,
    parts: WatchedParts,
  ) {
    super(scope, id);
    this.watchAnswers(parts.front);
    parts.services.forEach((service) => this.watchTasks(service));
    this.watchTables(parts.tables);
    this.watchTelling();
    if (parts.queue !== null) this.watchQueue(parts.queue);
  }

  private watchAnswers({ balancer, targets }: Front): void {
    const settings = { period: MINUTE, statistic: 'Sum' };
    this.add('Errors', {
      metric: new MathExpression({
        // A single failed request of a quiet minute is no one percent.
        expression: 'IF(errors >= 5, 100 * errors / requests, 0)',
        usingMetrics: {
          errors: targets.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, settings),
          requests: targets.metrics.requestCount(settings),
        },
        label: '5xx of the tasks, in percent',
        period: MINUTE,
      }),
      ...{ above: 1, minutes: 3, of: 5 },
      means: 'more than 1 % of the requests are answered with 5xx; 503 is the storage',
      section: 'dynamodb-storage',
    });
    this.add('BalancerErrors', {
      metric: balancer.metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, settings),
      ...{ above: 10, minutes: 3, of: 5 },
      means: 'the load balancer finds no task that answers',
      section: 'start-and-shutdown',
    });
    this.add('Latency', {
      metric: targets.metrics.targetResponseTime({ period: MINUTE, statistic: 'p99' }),
      ...{ above: 1, minutes: 5, of: 5 },
      means: 'one request of a hundred takes more than a second',
      section: 'dynamodb-storage',
    });
    this.add('UnhealthyTasks', {
      metric: targets.metrics.unhealthyHostCount({ period: MINUTE, statistic: 'Maximum' }),
      ...{ above: 0, minutes: 3, of: 5 },
      means: 'a task says that it is not ready: it does not reach the storage, or does not start',
      section: 'where-to-look',
    });
  }

  private watchTasks(service: FargateService): void {
    this.add(`${service.node.id}Running`, {
      metric: new Metric({
        namespace: 'ECS/ContainerInsights',
        metricName: 'RunningTaskCount',
        dimensionsMap: { ClusterName: service.cluster.clusterName, ServiceName: service.serviceName },
        period: MINUTE,
        statistic: 'Minimum',
      }),
      ...{ below: LEAST_TASKS, minutes: 5, of: 5 },
      missing: TreatMissingData.BREACHING,
      means: `fewer than ${LEAST_TASKS} tasks run: the loss of one more may be an outage`,
      section: 'start-and-shutdown',
    });
  }

  private watchTables(tables: VesperTables): void {
    for (const { table, definition } of tables.list()) {
      const name = table.tableName;
      this.watchThrottles(definition.name, { TableName: name });
      for (const index of definition.indexes) {
        this.watchThrottles(`${definition.name}.${index.name}`, {
          TableName: name,
          GlobalSecondaryIndexName: index.name,
        });
      }
    }
  }

  private watchThrottles(what: string, dimensionsMap: Record<string, string>): void {
    const events = (metricName: string) =>
      new Metric({
        namespace: 'AWS/DynamoDB',
        metricName,
        dimensionsMap,
        period: MINUTE,
        statistic: 'Sum',
      });
    this.add(`Throttles.${what}`, {
      metric: new MathExpression({
        expression: 'FILL(reads, 0) + FILL(writes, 0)',
        usingMetrics: { reads: events('ReadThrottleEvents'), writes: events('WriteThrottleEvents') },
        label: `throttled calls, ${what}`,
        period: MINUTE,
      }),
      // On-demand adapts within minutes, and the SDK tries again meanwhile.
      ...{ above: 0, minutes: 5, of: 10 },
      means: `DynamoDB throttles ${what}, and goes on doing so`,
      section: 'dynamodb-storage',
    });
  }

  /** What Vesper counts itself, by way of the collector. */
  private watchTelling(): void {
    this.add('OutboxAge', {
      metric: vesperMetric(this, OUTBOX_AGE, { statistic: 'Maximum' }),
      ...{ above: 60, minutes: 5, of: 5 },
      // Vesper always says it: when nothing comes, neither do the other figures, and nobody would be told.
      missing: TreatMissingData.BREACHING,
      means: 'something to tell waits for more than a minute, or no figures come from Vesper at all',
      section: 'slack',
    });
    this.add('FailedDeliveries', {
      metric: vesperMetric(this, DELIVERIES, { statistic: 'Sum', labels: { outcome: 'failed' } }),
      ...{ above: 0, minutes: 1 },
      means: 'a channel refuses an alert for good: nobody was told there',
      section: 'slack',
    });
    const runs = (outcome: TaskOutcome) =>
      vesperMetric(this, WORKER_RUNS, { statistic: 'Sum', labels: { outcome } });
    this.add('FailedJobs', {
      metric: new MathExpression({
        expression: 'FILL(failed, 0) + FILL(late, 0) + FILL(interrupted, 0)',
        usingMetrics: {
          failed: runs('failed'),
          late: runs('timed_out'),
          interrupted: vesperMetric(this, INTERRUPTIONS, { statistic: 'Sum' }),
        },
        label: 'failed, late and interrupted background jobs',
        period: MINUTE,
      }),
      ...{ above: 0, minutes: 5, of: 10 },
      means: 'background jobs fail, hang or are interrupted again and again',
      section: 'workers',
    });
  }

  private watchQueue({ queue, deadLetters }: StatusQueue): void {
    this.add('DeadLetters', {
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({ period: MINUTE, statistic: 'Maximum' }),
      ...{ above: 0, minutes: 1 },
      means: 'a status update could not be applied in five tries, or never can be',
      section: 'dead-letters',
    });
    this.add('QueueAge', {
      metric: queue.metricApproximateAgeOfOldestMessage({ period: MINUTE, statistic: 'Maximum' }),
      ...{ above: 120, minutes: 5, of: 5 },
      means: 'status updates wait in the queue for more than two minutes',
      section: 'queued-status-updates',
    });
  }

  private add(id: string, rule: AlarmRule): void {
    const { metric, above, below, minutes, of = minutes, missing, means, section } = rule;
    const alarm = new Alarm(this, id, {
      metric,
      threshold: above ?? below ?? 0,
      comparisonOperator:
        above === undefined
          ? ComparisonOperator.LESS_THAN_THRESHOLD
          : ComparisonOperator.GREATER_THAN_THRESHOLD,
      datapointsToAlarm: minutes,
      evaluationPeriods: of,
      treatMissingData: missing ?? TreatMissingData.NOT_BREACHING,
      alarmDescription: `Vesper: ${means}. ${RUNBOOK}#${section}`,
    });
    const action = new SnsAction(this.topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
}

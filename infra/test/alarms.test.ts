import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TABLES, type TableDefinition } from '../../src/adapters/persistence/dynamodb/tables';
import { NAMESPACE, WANTED, type WantedMetric } from '../lib/collector';
import { anchorsOf } from './repository';
import { resources, single, templateOf } from './stack';

interface MetricStat {
  readonly Namespace?: string;
  readonly MetricName: string;
  readonly Dimensions: { readonly Name: string; readonly Value: unknown }[];
}

const template = templateOf({ 'vesper:queue': 'true', 'vesper:separateWorkers': 'true' });
const alarms = resources(template, 'AWS::CloudWatch::Alarm').map(({ id, Properties }) => ({
  name: id.replace(/^Alarms/, '').replace(/[0-9A-F]{8}$/, ''),
  properties: Properties,
  metrics: ((Properties['Metrics'] ?? []) as { MetricStat?: { Metric: MetricStat } }[])
    .flatMap(({ MetricStat: stat }) => (stat === undefined ? [] : [stat.Metric]))
    .concat(Properties['MetricName'] === undefined ? [] : [Properties as MetricStat]),
}));

const metricNames = () =>
  new Set(alarms.flatMap(({ metrics }) => metrics.map(({ MetricName }) => MetricName)));

describe('alarms', () => {
  it('watch answers, tasks, throttling, what waits to be told, and dead letters', () => {
    assert.deepEqual(
      metricNames(),
      new Set([
        'HTTPCode_Target_5XX_Count',
        'HTTPCode_ELB_5XX_Count',
        'RequestCount',
        'TargetResponseTime',
        'UnHealthyHostCount',
        'RunningTaskCount',
        'ReadThrottleEvents',
        'WriteThrottleEvents',
        'vesper_outbox_oldest_age_seconds',
        'vesper_deliveries_total',
        'vesper_worker_runs_total',
        'vesper_worker_interruptions_total',
        'ApproximateNumberOfMessagesVisible',
        'ApproximateAgeOfOldestMessage',
      ]),
    );
  });

  it('watch the throttling of each table and of each index', () => {
    const watched = alarms
      .flatMap(({ metrics }) => metrics)
      .filter(({ MetricName }) => MetricName === 'WriteThrottleEvents')
      .map(
        ({ Dimensions }) => Dimensions.find(({ Name }) => Name === 'GlobalSecondaryIndexName')?.Value ?? null,
      );
    const definitions = Object.values<TableDefinition>(TABLES);
    assert.deepEqual(
      new Set(watched),
      new Set([null, ...definitions.flatMap(({ indexes }) => indexes.map(({ name }) => name))]),
    );
    assert.equal(watched.filter((index) => index === null).length, definitions.length);
  });

  it('tell the topic when it begins and when it is over', () => {
    const topic = { Ref: single(template, 'AWS::SNS::Topic').id };
    for (const { name, properties } of alarms) {
      assert.deepEqual(properties['AlarmActions'], [topic], name);
      assert.deepEqual(properties['OKActions'], [topic], name);
    }
  });

  it('say what they mean and where the runbook goes on', () => {
    const anchors = anchorsOf('docs/RUNBOOK.md');
    for (const { name, properties } of alarms) {
      const [, anchor = ''] = /docs\/RUNBOOK\.md#(\S+)$/.exec(properties['AlarmDescription']) ?? [];
      assert.ok(anchors.has(anchor), `${name}: #${anchor}`);
    }
  });

  it('watch of Vesper’s own metrics only what the collector hands over, with the same dimensions', () => {
    const own = alarms.flatMap(({ metrics }) => metrics).filter(({ Namespace }) => Namespace === NAMESPACE);
    assert.equal(own.length, 5);
    const handedOver = new Map(WANTED.map((metric: WantedMetric) => [metric.name, metric.by]));
    for (const { MetricName: name, Dimensions: dimensions } of own)
      assert.deepEqual(
        dimensions.map(({ Name }) => Name).toSorted(),
        ['installation', ...(handedOver.get(name) ?? ['nothing'])].toSorted(),
      );
  });

  it('count as a job that fails also one that hangs, and one that is interrupted', () => {
    const { metrics = [] } = alarms.find(({ name }) => name === 'FailedJobs') ?? {};
    const outcomeOf = ({ Dimensions }: MetricStat) =>
      Dimensions.find(({ Name }) => Name === 'outcome')?.Value;
    assert.deepEqual(
      metrics.map((metric) => outcomeOf(metric) ?? metric.MetricName),
      ['failed', 'timed_out', 'vesper_worker_interruptions_total'],
    );
  });

  it('ring when nothing is measured of what always says something', () => {
    const breaching = alarms
      .filter(({ properties }) => properties['TreatMissingData'] === 'breaching')
      .map(({ name }) => name);
    assert.deepEqual(breaching.toSorted(), ['JobsRunning', 'OutboxAge', 'RequestsRunning']);
  });

  it('begin with one dead letter, and with one task too few', () => {
    const threshold = (name: string) => {
      const { properties } = alarms.find((alarm) => alarm.name === name) ?? {};
      return [properties?.['ComparisonOperator'], properties?.['Threshold']];
    };
    assert.deepEqual(threshold('DeadLetters'), ['GreaterThanThreshold', 0]);
    assert.deepEqual(threshold('RequestsRunning'), ['LessThanThreshold', 2]);
    assert.deepEqual(threshold('OutboxAge'), ['GreaterThanThreshold', 60]);
  });
});

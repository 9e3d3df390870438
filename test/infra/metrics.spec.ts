import { WANTED, type WantedMetric } from '../../infra/lib/collector';
import { WORKER_NAMES } from '../../src/app.module';
import type { EpmAnswer, EpmJobState } from '../../src/domain/board/epm-gateway';
import type { AttemptOutcome } from '../../src/domain/notifications/delivery';
import type { PublishOutcome } from '../../src/domain/windows/table-publisher';
import type { QueuedState } from '../../src/features/schedulers/status-queue.depth';
import { collectProcessMetrics, Metrics } from '../../src/platform/metrics/metrics';
import type { TaskOutcome } from '../../src/platform/workers/task';
import { readInfra, runbookAnchors } from './infra-files';
import { readQuery, type Query } from './promql';

interface Known {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
}

/** What Prometheus itself knows of each target. */
const TARGET_LABELS = ['job', 'instance'];
const PARTS_OF_HISTOGRAM = ['_bucket', '_count', '_sum'];

/** The values that the queries ask for, out of those that each label takes; typed, so that one that goes away does not compile. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  'vesper_deliveries_total outcome': ['failed', 'retrying'] satisfies AttemptOutcome[],
  'vesper_worker_runs_total outcome': ['failed', 'timed_out'] satisfies TaskOutcome[],
  'vesper_table_publishes_total outcome': ['refused'] satisfies PublishOutcome['kind'][],
  'vesper_epm_polls_total outcome': ['unauthorized'] satisfies (EpmAnswer['kind'] | EpmJobState)[],
  'vesper_canvas_writes_total outcome': ['refused'],
  'vesper_status_queue_consumed_total outcome': ['dead_letter', 'recorded'],
  'vesper_status_queue_messages state': ['waiting', 'held', 'dead_letter'] satisfies QueuedState[],
  'vesper_worker_last_run_timestamp_seconds worker': WORKER_NAMES.filter((name) => name === 'dispatch'),
  'vesper_http_request_duration_seconds status': ['5..'],
};

function knownMetrics(): Known[] {
  const metrics = new Metrics();
  collectProcessMetrics(metrics);
  const all = metrics.registry.getMetricsAsArray() as unknown as {
    name: string;
    type: string;
    labelNames?: string[];
  }[];
  return [
    { name: 'up', type: 'gauge', labels: [] },
    ...all.map(({ name, type, labelNames = [] }) => ({ name, type, labels: labelNames })),
  ];
}

const known = knownMetrics();

/** @returns the metric that a query means: of a histogram, the one to which its part belongs */
function find(name: string): Known | null {
  const exact = known.find((metric) => metric.name === name);
  if (exact !== undefined) return exact.type === 'histogram' ? null : exact;
  const part = PARTS_OF_HISTOGRAM.find((ending) => name.endsWith(ending)) ?? '';
  const whole = known.find((metric) => metric.name === name.slice(0, name.length - part.length));
  if (whole?.type !== 'histogram') return null;
  return part === '_bucket' ? { ...whole, labels: [...whole.labels, 'le'] } : whole;
}

/** Everything that is wrong with a query. */
function faultsOf({ metrics, matchers, groupedBy }: Query): string[] {
  const unknown = [...metrics].filter((name) => find(name) === null).map((name) => `no metric ${name}`);
  const labelsOf = (name: string) => [...(find(name)?.labels ?? []), ...TARGET_LABELS];
  const labels = matchers
    .filter(({ metric, label }) => !labelsOf(metric).includes(label))
    .map(({ metric, label }) => `no label ${label} of ${metric}`);
  const values = matchers
    .filter(({ label, value }) => !TARGET_LABELS.includes(label) && !value.startsWith('$'))
    .flatMap(({ metric, label, value }) =>
      value
        .split('|')
        .filter((one) => !VALUES[`${find(metric)?.name} ${label}`]?.includes(one))
        .map((one) => `${metric}: no ${label} ${one}`),
    );
  const grouped = groupedBy.filter((label) => ![...metrics].some((name) => labelsOf(name).includes(label)));
  return [...unknown, ...labels, ...values, ...grouped.map((label) => `nothing has the label ${label}`)];
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly text: string;
}

function alertRules(): Rule[] {
  const [, ...blocks] = readInfra('prometheus/alerts.yaml').split(/^ {6}- alert: /m);
  return blocks.map((text) => ({
    alert: text.slice(0, text.indexOf('\n')),
    expr: /^ {8}expr: (?:\|\n((?: {10}.*\n)+)|(.*)\n)/m.exec(text)?.slice(1).join('') ?? '',
    text,
  }));
}

describe('the alert rules', () => {
  const rules = alertRules();
  const tests = readInfra('prometheus/alerts.test.yaml');

  it('are all read by this test', () => {
    expect(rules.length).toBe(readInfra('prometheus/alerts.yaml').match(/\balert:/g)?.length);
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    expect(rules.filter(({ expr }) => readQuery(expr).metrics.size === 0)).toEqual([]);
  });

  it.each(rules)('$alert asks for what there is', ({ expr }) => {
    expect(faultsOf(readQuery(expr))).toEqual([]);
  });

  it.each(rules)('$alert leads to a section of the runbook', ({ text }) => {
    const [, anchor = ''] = /runbook_url: docs\/RUNBOOK\.md#(\S+)/.exec(text) ?? [];
    expect([...runbookAnchors()]).toContain(anchor);
  });

  it.each(rules)('$alert has a test in which it fires, and one in which it is quiet', ({ alert }) => {
    const cases = tests.split(/(?=alertname: )/).filter((part) => part.startsWith(`alertname: ${alert}`));
    const fires = cases.filter((part) => part.includes('exp_alerts:'));
    expect(fires.length).toBeGreaterThan(0);
    expect(cases.length).toBeGreaterThan(fires.length);
  });
});

describe('the dashboard', () => {
  const text = readInfra('grafana/dashboard.json');
  const queries = [...text.matchAll(/"(?:expr|query)": ("(?:[^"\\]|\\.)*")/g)].map(
    ([, literal = '""']) => JSON.parse(literal) as string,
  );

  it.each(queries.filter((query) => query !== 'prometheus'))('asks for what there is: %s', (query) => {
    expect(faultsOf(readQuery(query))).toEqual([]);
  });

  it('shows every metric of Vesper', () => {
    const shown = new Set(
      queries.flatMap((query) => [...readQuery(query).metrics]).map((name) => find(name)?.name),
    );
    const own = known.map(({ name }) => name).filter((name) => name.startsWith('vesper_'));
    expect(own.filter((name) => !shown.has(name))).toEqual([]);
  });
});

describe('the collector beside Vesper on ECS', () => {
  it.each([...WANTED])(
    'hands over $name, which there is, by labels that it has',
    ({ name, by }: WantedMetric) => {
      expect(find(name)).not.toBeNull();
      expect(find(name)?.labels).toEqual(expect.arrayContaining([...by]));
    },
  );
});

it('finds slips: of a metric, a label, a value, a grouping, and a histogram without its part', () => {
  expect(
    [
      'vesper_hartbeats_total',
      'rate(vesper_deliveries_total{chanel="x"}[5m])',
      'vesper_deliveries_total{outcome="fialed"}',
      'sum by (worcer) (vesper_worker_runs_total)',
      'vesper_http_request_duration_seconds',
    ].map((query) => faultsOf(readQuery(query)).length > 0),
  ).toEqual([true, true, true, true, true]);
});

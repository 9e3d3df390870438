import { collectProcessMetrics, Metrics } from './metrics';

interface Sample {
  readonly name: string;
  readonly labels: string;
  readonly value: number;
}

const SAMPLE =
  /^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? ([Nn]a[Nn]|[+-]Inf|[-+.\deE]+)$/;

/** Reads the text format 0.0.4 and refuses what Prometheus 3 refuses. */
function parseExposition(text: string): { types: Map<string, string>; samples: Sample[] } {
  expect(text.endsWith('\n')).toBe(true);
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  const finished = new Set<string>();
  let current = '';
  for (const line of text.split('\n').filter((line) => line !== '')) {
    const [, type, kind] = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line) ?? [];
    if (type !== undefined && kind !== undefined) {
      expect(types.has(type)).toBe(false);
      types.set(type, kind);
      finished.add(current);
      current = type;
    } else if (!line.startsWith('# HELP ')) {
      const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
      expect([line, name]).not.toEqual([line, '']);
      const family = types.get(current) === 'histogram' ? name.replace(/_(bucket|sum|count)$/, '') : name;
      expect(family).toBe(current);
      expect(finished.has(family)).toBe(false);
      samples.push({ name, labels, value: Number(value.replace('Inf', 'Infinity')) });
    }
  }
  expect(new Set(samples.map(({ name, labels }) => `${name}{${labels}}`)).size).toBe(samples.length);
  return { types, samples };
}

function checkHistograms({ types, samples }: ReturnType<typeof parseExposition>): void {
  for (const [name] of [...types].filter(([, kind]) => kind === 'histogram')) {
    const series = new Map<string, number[]>();
    for (const { labels, value } of samples.filter((sample) => sample.name === `${name}_bucket`)) {
      const rest = labels.replace(/le="[^"]*",?/, '');
      series.set(rest, [...(series.get(rest) ?? []), value]);
    }
    for (const [labels, buckets] of series) {
      expect(buckets).toEqual([...buckets].sort((a, b) => a - b));
      const count = samples.find((sample) => sample.name === `${name}_count` && sample.labels === labels);
      expect(count?.value).toBe(buckets.at(-1));
    }
  }
}

it('is what Prometheus reads: types first, no series twice, buckets that add up, a last line end', async () => {
  const metrics = new Metrics();
  collectProcessMetrics(metrics);
  for (const seconds of [0.0001, 0.003, 0.7, 99]) {
    metrics.requestDuration.observe({ method: 'GET', route: '/a"b\\c', status: '200' }, seconds);
    metrics.storageCommit.observe({ operation: 'status' }, seconds);
  }
  metrics.deliveries.inc({ channel: 'slack\nx', outcome: 'sent' });
  metrics.schedulers.set({ status: 'running' }, 3);
  const exposition = parseExposition(await metrics.registry.metrics());
  checkHistograms(exposition);
  expect(metrics.registry.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(exposition.types.get('nodejs_eventloop_lag_seconds')).toBe('gauge');
  expect(exposition.types.get('process_resident_memory_bytes')).toBe('gauge');
});

it('names its own metrics by the rules: prefix, unit, _total for counters', async () => {
  const metrics = new Metrics();
  const { types } = parseExposition(await metrics.registry.metrics());
  for (const [name, kind] of types) {
    expect(name).toMatch(/^vesper_[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(kind === 'counter');
    if (kind === 'histogram') expect(name).toMatch(/_seconds$/);
  }
});

it('keeps a registry per instance, so that two can live in one process', () => {
  const [one, other] = [new Metrics(), new Metrics()];
  one.heartbeats.inc();
  expect(one.registry).not.toBe(other.registry);
});

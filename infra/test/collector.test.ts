import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { collectorConfig, WANTED } from '../lib/collector';
import { METRICS_KEY } from '../lib/environment';
import { single, templateOf, type Json } from './stack';

const config = collectorConfig({
  installation: 'Vesper',
  region: 'eu-central-1',
  logGroupName: 'metrics',
}) as Json;

describe('the collector', () => {
  it('connects what it declares', () => {
    const { receivers, processors, exporters } = config.service.pipelines.metrics;
    for (const [kind, names] of Object.entries({ receivers, processors, exporters }))
      assert.deepEqual(Object.keys(config[kind]), names, kind);
    assert.deepEqual(Object.keys(config.extensions), config.service.extensions);
  });

  it('keeps what it reads apart by the labels that its dimensions name', () => {
    const [scrape] = config.receivers.prometheus.config.scrape_configs;
    const [{ labels }] = scrape.static_configs;
    for (const { dimensions } of config.exporters.awsemf.metric_declarations)
      assert.ok(dimensions.flat().includes(Object.keys(labels)[0]));
    const [{ regex }] = scrape.metric_relabel_configs;
    assert.deepEqual(
      regex.split('|'),
      WANTED.map(({ name }) => name),
    );
  });

  it('hands each metric over once: no name begins like another', () => {
    const names = WANTED.map(({ name }) => name);
    for (const name of names)
      assert.deepEqual(
        names.filter((other) => other.startsWith(name)),
        [name],
      );
  });

  it('is told its key by a variable, and a dollar stands nowhere else: the collector would put something in there too', () => {
    const text = JSON.stringify(config);
    assert.deepEqual(text.match(/\$[^"]*/g), [`\${env:${METRICS_KEY}}`]);
  });

  it('gets this configuration, of the log group and the region of the stack', () => {
    const { Properties: task } = single(templateOf(), 'AWS::ECS::TaskDefinition');
    const collector = task['ContainerDefinitions'].find(({ Name }: { Name: string }) => Name === 'collector');
    const [{ Name: name, Value: value }] = collector.Environment;
    assert.equal(name, 'AOT_CONFIG_CONTENT');
    const parts = value['Fn::Join'][1] as unknown[];
    const logs = parts.find(
      (part) => typeof part === 'object' && JSON.stringify(part).includes('MetricLogs'),
    );
    assert.ok(logs);
    const text = parts.map((part) => (typeof part === 'string' ? part : 'x')).join('');
    assert.deepEqual(Object.keys(JSON.parse(text)), Object.keys(config));
  });
});

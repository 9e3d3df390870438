import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ALIVE_COMMAND, METRICS_KEY } from '../lib/environment';
import { read, secretsOfVesper, variablesOfVesper } from './repository';
import { LEAST, resources, single, templateOf, type Json } from './stack';

interface Container {
  readonly Name: string;
  readonly Environment?: { readonly Name: string; readonly Value: unknown }[];
  readonly Secrets?: { readonly Name: string; readonly ValueFrom: unknown }[];
  readonly [property: string]: Json;
}

const TASK = 'AWS::ECS::TaskDefinition';
const containersOf = (properties: Record<string, Json>) => properties['ContainerDefinitions'] as Container[];
const vesperOf = (properties: Record<string, Json>) =>
  containersOf(properties).find(({ Name }) => Name === 'vesper') as Container;
const environmentOf = ({ Environment: environment = [] }: Container) =>
  new Map(environment.map(({ Name, Value }) => [Name, Value]));

const ALL = {
  'vesper:queue': 'true',
  'vesper:secretNames': 'API_KEYS,SLACK_BOT_TOKEN,EPM_TOKEN_KEY,HEARTBEAT_URL,EPM_CLIENT_SECRET',
};

describe('a task', () => {
  const { Properties: properties } = single(templateOf(ALL), TASK);
  const vesper = vesperOf(properties);

  it('is told only what Vesper knows: a name with a slip in it would be ignored', () => {
    const known = variablesOfVesper();
    for (const name of environmentOf(vesper).keys()) assert.ok(known.has(name), name);
  });

  it('gets no secret but from Secrets Manager', () => {
    const secret = secretsOfVesper();
    assert.ok(secret.has('API_KEYS') && secret.has('SLACK_BOT_TOKEN'));
    for (const container of containersOf(properties))
      for (const name of environmentOf(container).keys()) assert.ok(!secret.has(name), name);
    assert.deepEqual(
      vesper.Secrets,
      ALL['vesper:secretNames']
        .split(',')
        .map((Name) => ({ Name, ValueFrom: `${LEAST['vesper:secretArn']}:${Name}::` })),
    );
  });

  it('is told where its storage and its queue are, and that it runs in production behind one load balancer', () => {
    const environment = environmentOf(vesper);
    assert.equal(environment.get('NODE_ENV'), 'production');
    assert.equal(environment.get('STORAGE_DRIVER'), 'dynamodb');
    assert.equal(environment.get('TRUST_PROXY'), '1');
    assert.equal(environment.get('SQS_ENABLED'), 'true');
    assert.match(JSON.stringify(environment.get('SQS_QUEUE_URL')), /StatusQueueUpdates/);
    assert.deepEqual(environment.get('AWS_REGION'), { Ref: 'AWS::Region' });
  });

  it('knows of no queue when there is none', () => {
    const { Properties: plain } = single(templateOf(), TASK);
    const names = [...environmentOf(vesperOf(plain)).keys()];
    assert.deepEqual(
      names.filter((name) => name.startsWith('SQS')),
      [],
    );
    assert.equal(environmentOf(vesperOf(plain)).get('WORKERS'), 'all');
  });

  it('runs without root, without capabilities, and writes to one folder', () => {
    for (const container of containersOf(properties)) {
      assert.match(container['User'], /^[1-9]/);
      assert.equal(container['ReadonlyRootFilesystem'], true);
      assert.deepEqual(container['LinuxParameters'].Capabilities, { Drop: ['ALL'] });
    }
    const [mount, ...others] = vesper['MountPoints'];
    assert.deepEqual(others, []);
    assert.equal(mount.ContainerPath, '/data');
    assert.match(read('Dockerfile'), /install -d -o node .* \/data[^]*VOLUME \/data/);
  });

  it('is asked whether it lives as the Dockerfile asks', () => {
    const [, command = '[]'] = /HEALTHCHECK [^]*?CMD (\[.*\])/.exec(read('Dockerfile')) ?? [];
    assert.deepEqual(ALIVE_COMMAND, JSON.parse(command));
    assert.deepEqual(vesper['HealthCheck'].Command, ['CMD', ...ALIVE_COMMAND]);
  });

  it('has longer to stop than Vesper takes at most', () => {
    const [, longest = ''] = /LONGEST_STOP_MS = ([\d_]+)/.exec(read('src/main.ts')) ?? [];
    assert.ok(vesper['StopTimeout'] * 1_000 > Number(longest.replaceAll('_', '')));
  });

  it('goes on without its collector, which reads the metrics by a key of its own', () => {
    const collector = containersOf(properties).find(({ Name }) => Name === 'collector');
    assert.equal(collector?.['Essential'], false);
    assert.equal(vesper['Essential'], true);
    assert.deepEqual(collector?.Secrets, [
      { Name: METRICS_KEY, ValueFrom: `${LEAST['vesper:secretArn']}:${METRICS_KEY}::` },
    ]);
    assert.equal(environmentOf(vesper).get('METRICS_REQUIRE_KEY'), 'true');
  });
});

describe('requests and jobs apart', () => {
  const template = templateOf({ 'vesper:separateWorkers': 'true' });

  it('are two services: one behind the load balancer without jobs, one without a load balancer with all of them', () => {
    const workers = Object.fromEntries(
      resources(template, TASK).map(({ id, Properties }) => [
        id.replace(/Task.*/, ''),
        environmentOf(vesperOf(Properties)).get('WORKERS'),
      ]),
    );
    assert.deepEqual(workers, { Requests: 'none', Jobs: 'all' });
    const balanced = Object.fromEntries(
      resources(template, 'AWS::ECS::Service').map(({ id, Properties }) => [
        id.replace(/Service.*/, ''),
        (Properties['LoadBalancers'] ?? []).length,
      ]),
    );
    assert.deepEqual(balanced, { Requests: 1, Jobs: 0 });
  });

  it('are replaced one after the other, first those that read the queue', () => {
    const [requests] = resources(template, 'AWS::ECS::Service').filter(({ id }) => id.startsWith('Requests'));
    const jobs = resources(template, 'AWS::ECS::Service').find(({ id }) => id.startsWith('Jobs'));
    assert.ok(requests?.DependsOn?.includes(jobs?.id ?? ''));
  });
});

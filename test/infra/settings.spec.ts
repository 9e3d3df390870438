import { environmentOf, METRICS_PATH, READY_PATH, type Part } from '../../infra/lib/environment';
import { WORKER_NAMES } from '../../src/app.module';
import { LARGEST_BATCH_BYTES } from '../../src/features/board/batch-update.dto';
import { Environment } from '../../src/platform/config/config.schema';
import type { Config } from '../../src/platform/config/config';
import { loadConfig } from '../../src/platform/config/load-config';
import { settingsOf } from '../../src/platform/config/setting.decorator';
import { KEYS, Vesper } from '../harness/vesper';
import { assignments, manifests, readInfra } from './infra-files';

const SECRETS = { API_KEYS: 'billing:0123456789abcdef01234567' };
const variables = new Set(settingsOf(Environment.prototype).map(({ name }) => name));

function load(environment: Record<string, string>): Config {
  const unknown = Object.keys(environment).filter((name) => !variables.has(name));
  expect(unknown).toEqual([]);
  return loadConfig({
    environment: { ...environment, ...SECRETS },
    readFile: () => null,
    workerNames: WORKER_NAMES,
  });
}

describe('what ECS tells Vesper', () => {
  const settings = { tablePrefix: 'night-', environment: { SLACK_CHANNEL_ID: 'C0123456789' } };
  const surroundings = {
    region: 'eu-central-1',
    queueUrl: 'https://sqs.eu-central-1.amazonaws.com/123456789012/vesper.fifo',
  };

  it.each<[Part, readonly string[]]>([
    ['everything', WORKER_NAMES],
    ['requests', []],
    ['jobs', WORKER_NAMES],
  ])('starts it in production with %s', (part, workers) => {
    const config = load(environmentOf(part, settings, surroundings));
    expect(config.storage).toMatchObject({
      driver: 'dynamodb',
      tablePrefix: 'night-',
      region: 'eu-central-1',
    });
    expect(config.queue?.url).toBe(surroundings.queueUrl);
    expect(config.workers).toEqual(workers);
    expect(config.metrics.requireKey).toBe(true);
    expect(config.http.trustProxy).toBe(1);
  });

  it('starts it without a queue', () => {
    expect(load(environmentOf('everything', settings, { ...surroundings, queueUrl: null })).queue).toBeNull();
  });
});

describe('what Kubernetes tells Vesper', () => {
  const told = assignments(readInfra('kubernetes/vesper.env'));
  const deployment = readInfra('kubernetes/deployment.yaml');

  it('starts it in production, on DynamoDB', () => {
    const config = load(told);
    expect(config.storage.driver).toBe('dynamodb');
    expect(config.workers).toEqual(WORKER_NAMES);
  });

  it('leaves it longer to stop than it serves on and then takes at most', () => {
    const grace = Number(/terminationGracePeriodSeconds: (\d+)/.exec(deployment)?.[1]);
    expect(grace).toBeGreaterThan(Number(told['SHUTDOWN_DRAIN_SECONDS']) + 10);
  });
});

describe('what systemd tells Vesper', () => {
  const unit = readInfra('systemd/vesper.service');

  it('starts it in production, with its folder where systemd makes one, for the proxy of this machine alone', () => {
    const config = load(assignments(unit));
    expect(config.storage).toMatchObject({ driver: 'json', dataDir: '%S/vesper' });
    expect(unit).toMatch(/^StateDirectory=vesper$/m);
    expect(config.http).toMatchObject({ host: '127.0.0.1', trustProxy: ['loopback'] });
  });
});

describe('the paths that infra/ asks for', () => {
  let vesper: Vesper;
  beforeAll(async () => {
    vesper = await Vesper.start();
  });
  afterAll(() => vesper.dispose());

  const named = manifests().flatMap(({ path, text }) =>
    [...text.matchAll(/\/api\/v1\/[a-z][a-z/-]*/g)].map(([route]) => [route, path] as const),
  );

  it.each([...new Map([...named, [READY_PATH, 'lib'] as const, [METRICS_PATH, 'lib'] as const])])(
    '%s of %s is one of Vesper',
    async (route) => {
      const answer = await vesper.inject({
        method: 'GET',
        url: route,
        headers: { authorization: `Bearer ${KEYS.reader}` },
      });
      expect(answer.statusCode).toBe(200);
    },
  );

  it('are the probes and the metrics', () => {
    expect(new Set(named.map(([route]) => route))).toEqual(
      new Set(['/api/v1/health/live', '/api/v1/health/ready', '/api/v1/metrics']),
    );
  });
});

it.each(['nginx/vesper.conf', 'kubernetes/ingress.example.yaml'])(
  '%s lets through what Vesper takes, so that it is Vesper who refuses more',
  (path) => {
    const [, mebibytes] = /(?:client_max_body_size |proxy-body-size: )(\d+)m/.exec(readInfra(path)) ?? [];
    expect(Number(mebibytes) * 1024 * 1024).toBeGreaterThan(LARGEST_BATCH_BYTES);
  },
);

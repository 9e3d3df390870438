import { DeleteTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { WORKER_NAMES } from '../../src/app.module';
import { FakeSlack } from '../fakes/fake-slack';
import { Api, registration, statusUpdate, type Json } from '../harness/api';
import { letTimePass } from '../harness/let-time-pass';
import { until } from '../harness/until';
import { KEYS, Vesper, type HarnessOptions } from '../harness/vesper';

let vesper: Vesper;
let api: Api;
let slack: FakeSlack | null = null;

async function start(options: HarnessOptions = {}): Promise<void> {
  vesper = await Vesper.start(options);
  api = await Api.of(vesper);
}

afterEach(async () => {
  await letTimePass(vesper.clock, vesper.dispose());
  await slack?.close();
  slack = null;
});

const open = async (path: string) => {
  const response = await api.call('GET', path, undefined, { key: null });
  return { http: response.statusCode, ...response.json<Json>() };
};

describe.each(['json', 'dynamodb'] as const)('health, on %s', (storage) => {
  const state = storage === 'json' ? { state_file: 'ok' } : {};

  it('is healthy, alive and ready without a key and without Slack', async () => {
    await start({ storage });
    const checks = { storage: 'ok', ...state, slack_api: 'disabled', queue: 'disabled', board: 'disabled' };
    expect(await open('/health')).toMatchObject({ http: 200, status: 'healthy', checks });
    expect(await open('/health/live')).toEqual({ http: 200, status: 'alive' });
    expect(await open('/health/ready')).toEqual({ http: 200, status: 'ready' });
    await api.call('POST', '/schedulers/register', registration('job'));
    await vesper.clock.advance('1h');
    const { checks: later } = (await open('/health')) as { checks?: Json };
    expect(later).toEqual({ ...checks, last_update: '2026-03-02T17:00:00.000Z' });
  });

  it('is degraded and not ready while the storage is out of reach; what is asked then may be asked again', async () => {
    await start({ storage });
    await api.call('POST', '/schedulers/register', registration('job'));
    await breakStorage();
    const health = await open('/health');
    expect(health).toMatchObject({ http: 503, status: 'degraded' });
    expect((health as Json)['checks']).toMatchObject({
      storage: expect.not.stringMatching(/^ok$/) as string,
    });
    expect(await open('/health/ready')).toEqual({ http: 503, status: 'not ready' });
    expect(await open('/health/live')).toEqual({ http: 200, status: 'alive' });
    const update = statusUpdate('job', 'completed', vesper.clock.now().toISOString());
    for (const [method, path, body] of [
      ['POST', '/schedulers/register', registration('other')],
      ['PUT', '/schedulers/job/status', update],
      ['POST', '/schedulers/job/heartbeat', {}],
    ] as const) {
      const response = await api.call(method, path, body);
      expect(response.json()).toMatchObject({
        statusCode: 503,
        error: 'Service Unavailable',
        code: 'STATE_ERROR',
      });
      expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    }
  });

  async function breakStorage(): Promise<void> {
    // Longer than the last good answer counts.
    await vesper.clock.advance('2s');
    if (storage === 'json') return vesper.foundations.store.close();
    const { DYNAMODB_ENDPOINT: endpoint = '', AWS_REGION: region = 'local' } = process.env;
    const client = new DynamoDBClient({ endpoint, region });
    // The emulator is shared, and lists 100 tables at a time.
    const { TableNames = [] } = await client.send(
      new ListTablesCommand({ ExclusiveStartTableName: vesper.storage.place }),
    );
    const ours = TableNames.filter((name) => name.startsWith(vesper.storage.place));
    expect(ours.length).toBeGreaterThan(0);
    for (const TableName of ours) await client.send(new DeleteTableCommand({ TableName }));
    client.destroy();
  }
});

describe('health and Slack', () => {
  const check = async () => ((await open('/health')) as { checks?: Json }).checks?.['slack_api'];
  const untilKnown = () => until(async () => (await check()) !== 'pending');

  it('says what Slack says, asks once a minute, and is well again when Slack is', async () => {
    slack = await FakeSlack.start();
    await start({ slack });
    slack.fault({ kind: 'platform_error', error: 'invalid_auth', method: 'auth.test' });
    await untilKnown();
    expect(await open('/health')).toMatchObject({
      http: 503,
      status: 'degraded',
      checks: { slack_api: 'auth.test: invalid_auth', storage: 'ok' },
    });
    expect(await open('/health/ready')).toMatchObject({ http: 200 });
    await vesper.clock.advance('59s');
    await check();
    expect(slack.calls('auth.test')).toHaveLength(1);
    await vesper.clock.advance('1s');
    await until(async () => (await check()) === 'ok');
    expect(slack.calls('auth.test')).toHaveLength(2);
    expect(await open('/health')).toMatchObject({ http: 200, status: 'healthy' });
  });

  it('never waits for Slack', async () => {
    slack = await FakeSlack.start();
    slack.fault({ kind: 'hang', method: 'auth.test', times: Infinity });
    await start({ slack });
    expect(await open('/health')).toMatchObject({ http: 200, checks: { slack_api: 'pending' } });
  });
});

it('is not ready while it shuts down, and says so before it stops answering', async () => {
  await start();
  vesper.foundations.shutdown.begin();
  expect(await open('/health/ready')).toEqual({ http: 503, status: 'not ready' });
  expect(await open('/health/live')).toEqual({ http: 200, status: 'alive' });
  expect((await api.call('GET', '/schedulers')).headers).toMatchObject({ connection: 'close' });
});

describe('GET /metrics', () => {
  const scrape = async (key: string | null = null) => {
    const response = await api.call('GET', '/metrics', undefined, { key });
    expect(response.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    return response.body.split('\n');
  };

  it('counts what was asked, recorded and refused, without a label that anybody can choose', async () => {
    await start();
    await api.call('POST', '/schedulers/register', registration('job'));
    const update = statusUpdate('job', 'running', vesper.clock.now().toISOString());
    for (let n = 0; n < 2; n++) await api.call('PUT', '/schedulers/job/status', update);
    await api.call('POST', '/schedulers/job/heartbeat');
    await api.call('GET', '/schedulers/chosen-by-anybody', undefined, { key: null });
    await api.call('GET', '/chosen-by-anybody');
    await vesper.clock.advance('11m');
    await vesper.run('census');
    const lines = await scrape();
    const samples = [
      'vesper_schedulers{status="running"} 1',
      'vesper_schedulers{status="failed"} 0',
      'vesper_stale_schedulers 1',
      'vesper_heartbeats_total 1',
      'vesper_status_updates_total{status="running",outcome="applied"} 1',
      'vesper_status_updates_total{status="running",outcome="duplicate"} 1',
      'vesper_auth_failures_total{reason="missing"} 1',
      'vesper_worker_runs_total{worker="census",outcome="done"} 1',
      'vesper_http_request_duration_seconds_count{method="PUT",route="/api/v1/schedulers/:id/status",status="200"} 2',
      'vesper_http_request_duration_seconds_count{method="GET",route="/api/v1/schedulers/:id",status="401"} 1',
      'vesper_http_request_duration_seconds_count{method="GET",route="none",status="404"} 1',
    ];
    expect(lines).toEqual(expect.arrayContaining(samples));
    expect(lines.join()).not.toContain('chosen-by-anybody');
  });

  it('is in the format that Prometheus reads', async () => {
    await start();
    const lines = (await scrape()).filter((line) => line !== '');
    const sample = /^[a-z_]+(?:\{(?:[a-z_]+="[^"]*",?)+\})? (?:[\d.e+-]+|NaN|\+Inf)$/;
    for (const line of lines)
      expect(line).toMatch(line.startsWith('#') ? /^# (?:HELP|TYPE) vesper_[a-z_]+ .+/ : sample);
  });

  it('asks for a key when told to', async () => {
    await start({ environment: { METRICS_REQUIRE_KEY: 'true' } });
    expect((await api.call('GET', '/metrics', undefined, { key: null })).statusCode).toBe(401);
    expect(await scrape(KEYS.reader)).not.toHaveLength(0);
  });
});

describe('GET /workers', () => {
  const workers = async () =>
    (await api.call('GET', '/workers', undefined, { key: KEYS.admin })).json<Json[]>();

  it('tells the last run, duration and outcome of each', async () => {
    await start();
    expect((await workers()).map((worker) => worker['name'])).toEqual(
      expect.arrayContaining([...WORKER_NAMES]),
    );
    expect(await workers()).toHaveLength(WORKER_NAMES.length);
    await vesper.run('stale-scan');
    expect((await workers()).find((worker) => worker['name'] === 'stale-scan')).toEqual({
      name: 'stale-scan',
      enabled: true,
      running: false,
      last_run_at: vesper.clock.now().toISOString(),
      last_duration_ms: 0,
      last_outcome: 'done',
      last_error: null,
      next_run_at: '2026-03-02T17:05:00.000Z',
      runs: 1,
      failures: 0,
    });
  });

  it('tells what a run failed of, and that the worker goes on', async () => {
    await start({ environment: { HEARTBEAT_URL: 'http://127.0.0.1:1/secret' } });
    await vesper.run('self-ping');
    const failed = (await workers()).find((worker) => worker['name'] === 'self-ping');
    expect(failed).toMatchObject({ last_outcome: 'failed', runs: 1, failures: 1, running: false });
    expect(failed?.['last_error']).toEqual(expect.not.stringContaining('secret'));
  });

  it('tells which are at home in this process', async () => {
    await start({ environment: { WORKERS: 'dispatch,stale-scan' } });
    const enabled = (await workers()).filter((worker) => worker['enabled']).map((worker) => worker['name']);
    expect(new Set(enabled)).toEqual(new Set(['dispatch', 'stale-scan']));
  });
});

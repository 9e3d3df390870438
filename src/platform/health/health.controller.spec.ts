import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { FakeClock } from '../../../test/fakes/fake-clock';
import { Clock } from '../../domain/shared/clock';
import { StorageUpkeep, type StorageHealth } from '../../domain/shared/storage-upkeep';
import { Log, createLogs } from '../logging/log';
import { HealthController } from './health.controller';
import { HealthProbes, type HealthProbe } from './health-probe';
import { HealthService } from './health.service';
import { Shutdown } from './shutdown';

const HEALTHY: StorageHealth = {
  storage: 'ok',
  checks: { state_file: 'ok' },
  notices: [],
  lastUpdate: new Date('2026-03-02T16:59:59.000Z'),
};

async function startApp(probes: HealthProbe[] = []) {
  const clock = new FakeClock();
  const shutdown = new Shutdown();
  let asked = 0;
  let health: StorageHealth | Error = HEALTHY;
  const storage = {
    checkHealth: () => {
      asked++;
      return health instanceof Error ? Promise.reject(health) : Promise.resolve(health);
    },
  };
  const { log } = createLogs({ level: 'silent', format: 'json', clock, stream: { write: () => undefined } });
  @Module({
    controllers: [HealthController],
    providers: [
      HealthService,
      { provide: StorageUpkeep, useValue: storage },
      { provide: HealthProbes, useValue: probes },
      { provide: Clock, useValue: clock },
      { provide: Log, useValue: log },
      { provide: Shutdown, useValue: shutdown },
    ],
  })
  class TestModule {}
  app = await NestFactory.create<NestFastifyApplication>(TestModule, new FastifyAdapter(), { logger: false });
  await app.init();
  const get = async (path: string) => {
    const response = await app.inject(path);
    return { status: response.statusCode, body: response.json<{ status: string; checks: object }>() };
  };
  return {
    get,
    clock,
    shutdown,
    timesAsked: () => asked,
    storageIs: (next: StorageHealth | Error) => (health = next),
  };
}

let app: NestFastifyApplication;
afterEach(() => app.close());

const probe = (name: string, answer: string): HealthProbe => ({ name, check: () => answer });

describe('GET /health', () => {
  it('lists every check and the last write', async () => {
    const { get } = await startApp([probe('slack_api', 'ok')]);
    expect(await get('/health')).toEqual({
      status: 200,
      body: {
        status: 'healthy',
        checks: { storage: 'ok', state_file: 'ok', slack_api: 'ok', last_update: '2026-03-02T16:59:59.000Z' },
      },
    });
  });

  it.each([
    ['disabled', 200],
    ['pending', 200],
    ['invalid_auth', 503],
    ['', 503],
  ])('with an integration that says %j answers %d', async (answer, status) => {
    const { get } = await startApp([probe('slack_api', answer)]);
    expect(await get('/health')).toMatchObject({ status, body: { checks: { slack_api: answer } } });
  });

  it.each([
    [{ ...HEALTHY, storage: 'recovered', lastUpdate: null }, 200],
    [{ ...HEALTHY, storage: 'disk full' }, 503],
    [{ ...HEALTHY, checks: { state_file: 'corrupt' } }, 503],
    [new Error('connect ECONNREFUSED db.internal:8000'), 503],
  ])('with a storage that says %j answers %d', async (health, status) => {
    const { get, storageIs } = await startApp();
    storageIs(health);
    const answer = await get('/health');
    expect(answer.status).toBe(status);
    expect(answer.body.status).toBe(status === 200 ? 'healthy' : 'degraded');
    expect(JSON.stringify(answer.body)).not.toContain('db.internal');
  });

  it('asks the storage once a second at the most, however often it is asked', async () => {
    const { get, clock, timesAsked, storageIs } = await startApp();
    await Promise.all([get('/health'), get('/health'), get('/health/ready')]);
    expect(timesAsked()).toBe(1);
    storageIs({ ...HEALTHY, storage: 'gone' });
    await clock.advance('1s');
    expect((await get('/health')).status).toBe(503);
    expect(timesAsked()).toBe(2);
  });
});

it('is alive as long as it answers, and ready until the storage or the process goes', async () => {
  const { get, clock, shutdown, storageIs } = await startApp([probe('slack_api', 'down')]);
  expect((await get('/health/ready')).status).toBe(200);
  storageIs({ ...HEALTHY, storage: 'gone' });
  await clock.advance('1s');
  expect((await get('/health/ready')).status).toBe(503);
  storageIs(HEALTHY);
  await clock.advance('1s');
  expect((await get('/health/ready')).status).toBe(200);
  shutdown.begin();
  expect((await get('/health/ready')).status).toBe(503);
  expect(await get('/health/live')).toEqual({ status: 200, body: { status: 'alive' } });
});

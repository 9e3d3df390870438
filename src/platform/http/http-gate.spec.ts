import { request as httpRequest } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { as, KEYS, post, startApp } from '../../../test/harness/notes-app';
import { FakeClock } from '../../../test/fakes/fake-clock';
import { SystemClock } from '../../adapters/system/system.clock';
import { Shutdown } from '../health/shutdown';
import { createLogs } from '../logging/log';
import { Metrics } from '../metrics/metrics';
import { createHttpPlatform } from './http-platform';

describe('the order of checks', () => {
  it.each([
    ['a missing key with a torn body', {}, '{', 401],
    ['a wrong key with a torn body', { 'x-api-key': 'nope' }, '{', 401],
    ['a wrong key with a bad correlation id', { 'x-api-key': 'nope', 'x-correlation-id': 'ä b' }, {}, 401],
    ['a key without the scope with a torn body', as('reader'), '{', 403],
    [
      'a right key with a bad correlation id and a torn body',
      { ...as('service'), 'x-request-id': ' !' },
      '{',
      400,
    ],
    ['a right key with a torn body', as('service'), '{', 400],
  ])('answers %s', async (_, headers, payload, status) => {
    const { app } = await startApp();
    const response = await post(app, { 'content-type': 'application/json', ...headers }, payload);
    expect(response.statusCode).toBe(status);
    expect(response.json()).toMatchObject({ statusCode: status });
  });

  it('limits before it looks at the body, and after the scope', async () => {
    const { app } = await startApp({ rateLimitPerMinute: 1 });
    expect((await post(app, as('service'), { title: 'a' })).statusCode).toBe(201);
    const json = { 'content-type': 'application/json' };
    expect((await post(app, { ...as('service'), ...json }, '{')).statusCode).toBe(429);
    const admin = await app.inject({ url: '/api/v1/notes/admin', headers: as('service') });
    expect(admin.statusCode).toBe(403);
  });

  it('does not wait for the body of a request that it refuses', async () => {
    const { app } = await startApp({ clock: new SystemClock() });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest({
        port,
        method: 'POST',
        path: '/api/v1/notes',
        headers: { 'content-length': 1_000 },
      });
      request.on('response', (response) => {
        resolve(response.statusCode);
        request.destroy();
      });
      request.on('error', reject);
      request.write('{"title":');
    });
    expect(status).toBe(401);
  });
});

describe('keys', () => {
  it('takes a key from either header, and answers missing and wrong ones alike', async () => {
    const { app } = await startApp();
    const bearer = { authorization: 'Bearer key-of-service' };
    const answered = await post(app, bearer, { title: 'a' });
    expect(answered.statusCode).toBe(201);
    expect(answered.json()).toMatchObject({ caller: { keyName: 'service' } });
    const missing = (await post(app, {}, {})).json<Record<string, unknown>>();
    const wrong = (await post(app, { authorization: 'Basic abc' }, {})).json<Record<string, unknown>>();
    expect(missing).toMatchObject({
      error: 'Unauthorized',
      message: 'Invalid API key',
      code: 'API_KEY_INVALID',
    });
    expect({ ...wrong, correlation_id: null }).toEqual({ ...missing, correlation_id: null });
  });

  it('gives a key with admin every scope, and takes any of several', async () => {
    const { app } = await startApp();
    const statuses = await Promise.all(
      ['service', 'reader', 'boss'].flatMap((name) =>
        ['/api/v1/notes', '/api/v1/notes/admin'].map(
          async (url) => (await app.inject({ url, headers: as(name) })).statusCode,
        ),
      ),
    );
    expect(statuses).toEqual([200, 403, 200, 403, 200, 200]);
  });

  it('leaves public routes open, and guards configured ones when told to', async () => {
    const { app } = await startApp();
    expect((await app.inject('/api/v1/notes/open')).json()).toEqual({ open: true });
    expect((await app.inject('/api/v1/notes/metrics')).statusCode).toBe(200);
    const guarded = await startApp({ metricsRequireKey: true });
    expect((await guarded.app.inject('/api/v1/notes/metrics')).statusCode).toBe(401);
    const read = await guarded.app.inject({ url: '/api/v1/notes/metrics', headers: as('reader') });
    expect(read.statusCode).toBe(200);
  });

  it('refuses to start with a route that does not say who may use it', async () => {
    @Controller('forgotten')
    class ForgottenController {
      @Get()
      read() {
        return {};
      }
    }
    @Module({ controllers: [ForgottenController] })
    class ForgottenModule {}
    const clock = new FakeClock();
    const platform = createHttpPlatform({
      gate: { apiKeys: KEYS, rateLimitPerMinute: 0, metricsRequireKey: false },
      trustProxy: false,
      identity: { title: '', description: '', version: '' },
      clock,
      logs: createLogs({ level: 'silent', format: 'json', clock }),
      metrics: new Metrics(),
      shutdown: new Shutdown(),
    });
    const app = await NestFactory.create<NestFastifyApplication>(
      ForgottenModule,
      platform.adapter,
      platform.nestOptions,
    );
    platform.furnish(app);
    await expect(app.init()).rejects.toThrow('GET /api/v1/forgotten has neither @RequireScope nor @Public');
  });
});

describe('rate limits', () => {
  it('lets through the limit within any 60 seconds per key, and says how it stands', async () => {
    const clock = new FakeClock();
    const { app } = await startApp({ clock, rateLimitPerMinute: 2 });
    const call = () => app.inject({ url: '/api/v1/notes', headers: as('service') });
    const first = await call();
    expect(first.headers).toMatchObject({
      'ratelimit-limit': '2',
      'ratelimit-remaining': '1',
      'ratelimit-reset': '60',
    });
    await clock.advance('40s');
    expect((await call()).headers).toMatchObject({ 'ratelimit-remaining': '0', 'ratelimit-reset': '20' });
    const refused = await call();
    expect(refused.statusCode).toBe(429);
    expect(refused.headers).toMatchObject({ 'retry-after': '20', 'ratelimit-remaining': '0' });
    expect(refused.json()).toMatchObject({
      statusCode: 429,
      message: 'Too Many Requests',
      error: 'ThrottlerException',
    });
    expect((await app.inject({ url: '/api/v1/notes', headers: as('reader') })).statusCode).toBe(200);
    await clock.advance('20s');
    expect((await call()).statusCode).toBe(200);
    expect((await call()).statusCode).toBe(429);
  });

  it('slows the guessing of keys per address, without locking out a key that is at home there', async () => {
    const clock = new FakeClock();
    const { app } = await startApp({ clock, rateLimitPerMinute: 3 });
    const call = (apiKey: string, remoteAddress = '10.0.0.1') =>
      app.inject({ url: '/api/v1/notes', headers: { 'x-api-key': apiKey }, remoteAddress });
    expect((await call('key-of-service')).statusCode).toBe(200);
    for (const guess of ['a', 'b', 'c']) expect((await call(guess)).statusCode).toBe(401);
    const blocked = await call('d');
    expect(blocked.statusCode).toBe(429);
    expect(blocked.headers['retry-after']).toBe('60');
    expect((await call('key-of-reader')).statusCode).toBe(429);
    expect((await call('key-of-service')).statusCode).toBe(200);
    expect((await call('key-of-reader', '10.0.0.2')).statusCode).toBe(200);
    await clock.advance('60s');
    expect((await call('key-of-reader')).statusCode).toBe(200);
  });

  it('believes as many proxies as it is told, and no more', async () => {
    const { app } = await startApp({ rateLimitPerMinute: 1, trustProxy: 1 });
    const call = (forwarded: string) =>
      app.inject({ url: '/api/v1/notes', headers: { 'x-forwarded-for': forwarded } });
    expect((await call('1.1.1.1, 2.2.2.2')).statusCode).toBe(401);
    expect((await call('9.9.9.9, 2.2.2.2')).statusCode).toBe(429);
    expect((await call('1.1.1.1, 3.3.3.3')).statusCode).toBe(401);
  });
});

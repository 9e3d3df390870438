import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { Controller, Get, HttpCode, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { IsInt, IsOptional, IsString, Length } from 'class-validator';
import { FakeClock } from '../../../test/fakes/fake-clock';
import { SystemClock } from '../../adapters/system/system.clock';
import type { ApiKey, Scope } from '../../domain/api-keys/api-key';
import type { Clock } from '../../domain/shared/clock';
import { ChangedConcurrently, StorageUnavailable } from '../../domain/shared/errors';
import { SchedulerNotFound } from '../../domain/schedulers/scheduler.errors';
import { hashApiKey } from '../config/parse-api-keys';
import { Shutdown } from '../health/shutdown';
import { createLogs } from '../logging/log';
import { Metrics } from '../metrics/metrics';
import { Public, PublicOrScope, RequireScope, RequireScopeInFace } from './access.decorators';
import { ApiErrors } from './api-errors.decorator';
import { BodyLimit } from './body-limit.decorator';
import { createHttpPlatform } from './http-platform';
import { FromCaller, type Caller } from './request-context';
import { ValidBody } from './valid-body.decorator';
import { ValidQuery } from './valid-query.decorator';

class NoteDto {
  @IsString()
  @Length(1, 10)
  title!: string;

  @IsOptional()
  @IsInt()
  weight?: number;
}

class NoteListDto {
  @IsOptional()
  @IsString()
  q?: string;
}

@Controller('notes')
class NotesController {
  @Post()
  @HttpCode(201)
  @RequireScope('schedulers')
  @ApiErrors(400)
  create(@ValidBody(NoteDto) note: NoteDto, @FromCaller() caller: Caller) {
    return { note, caller };
  }

  @Post('many')
  @HttpCode(200)
  @RequireScope('schedulers')
  @BodyLimit('general', 256 * 1024)
  createMany(@ValidBody(NoteListDto) body: NoteListDto) {
    return { length: body.q?.length };
  }

  @Post(':id/touch')
  @RequireScope('schedulers')
  touch(@ValidBody(NoteListDto, { optional: true }) body: NoteListDto) {
    return body;
  }

  @Get()
  @RequireScope('read', 'alerts')
  list(@ValidQuery(NoteListDto) query: NoteListDto) {
    return query;
  }

  @Get('admin')
  @RequireScope('admin')
  admin() {
    return {};
  }

  @Get('open')
  @Public()
  open() {
    return { open: true };
  }

  @Get('metrics')
  @PublicOrScope('metrics', 'read')
  metrics() {
    return {};
  }

  @Get('broken/:how')
  @Public()
  broken(@Param('how') how: string) {
    if (how === 'storage') throw new StorageUnavailable('disk full', new Error('ENOSPC'));
    if (how === 'conflict') throw new ChangedConcurrently('Note 1');
    if (how === 'missing') throw new SchedulerNotFound('x');
    throw new Error('the password is hunter2');
  }

  @Get('contested')
  @RequireScopeInFace('board', 'read')
  contested() {
    throw new ChangedConcurrently('App Planning');
  }
}

@Module({ controllers: [NotesController] })
class NotesModule {}

const key = (name: string, scopes: readonly Scope[]): ApiKey => ({
  name,
  hash: hashApiKey(`key-of-${name}`),
  scopes,
});
const KEYS = [key('service', ['schedulers', 'read']), key('reader', ['read']), key('boss', ['admin'])];
const as = (name: string) => ({ 'x-api-key': `key-of-${name}` });

interface Options {
  readonly clock?: Clock;
  readonly rateLimitPerMinute?: number;
  readonly metricsRequireKey?: boolean;
  readonly trustProxy?: number;
}

async function startApp(options: Options = {}) {
  const lines: Record<string, unknown>[] = [];
  const clock = options.clock ?? new FakeClock();
  const metrics = new Metrics();
  const shutdown = new Shutdown();
  const platform = createHttpPlatform({
    gate: {
      apiKeys: KEYS,
      rateLimitPerMinute: options.rateLimitPerMinute ?? 0,
      metricsRequireKey: options.metricsRequireKey ?? false,
    },
    trustProxy: options.trustProxy ?? false,
    identity: { title: 'Notes', description: 'Notes', version: '1' },
    clock,
    logs: createLogs({
      level: 'info',
      format: 'json',
      clock,
      stream: { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) },
    }),
    metrics,
    shutdown,
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    NotesModule,
    platform.adapter,
    platform.nestOptions,
  );
  platform.furnish(app);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  apps.push(app);
  return { app, lines, metrics, shutdown, clock };
}

const apps: NestFastifyApplication[] = [];
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

const post = (app: NestFastifyApplication, headers: Record<string, string>, payload: string | object) =>
  app.inject({ method: 'POST', url: '/api/v1/notes', headers, payload });

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

describe('correlation ids', () => {
  it('gives back the caller’s, takes x-request-id too, and makes one when there is none', async () => {
    const { app } = await startApp();
    const id = async (headers: Record<string, string>) =>
      (await app.inject({ url: '/api/v1/notes/open', headers })).headers['x-correlation-id'];
    expect(await id({ 'x-correlation-id': 'a.b-C_1' })).toBe('a.b-C_1');
    expect(await id({ 'x-request-id': 'r1' })).toBe('r1');
    expect(await id({ 'x-correlation-id': 'c1', 'x-request-id': 'r1' })).toBe('c1');
    expect(await id({})).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each(['', 'a b', 'x'.repeat(129), 'ü'])('refuses %j and names the header', async (value) => {
    const { app } = await startApp();
    const response = await app.inject({ url: '/api/v1/notes/open', headers: { 'x-correlation-id': value } });
    expect(response.statusCode).toBe(400);
    expect(response.json<{ message: string[] }>().message[0]).toContain('x-correlation-id');
    expect(response.headers['x-correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('bodies', () => {
  const json = { ...as('service'), 'content-type': 'application/json' };

  it('lists every violation at once, unknown fields included', async () => {
    const { app } = await startApp();
    const response = await post(app, json, { title: '', weight: 'x', colour: 1 });
    expect(response.statusCode).toBe(400);
    expect(response.json<{ message: string[] }>().message).toEqual([
      'colour is not a known field',
      expect.stringMatching(/^title must be longer/),
      expect.stringMatching(/^weight must be an integer/),
    ]);
  });

  it.each(['[]', 'null', '"a"', '1', 'true'])('refuses %s, which is no object', async (body) => {
    const { app } = await startApp();
    const response = await post(app, json, body);
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ message: ['body must be a JSON object'] });
  });

  it.each([
    ['torn JSON', '{"title":'],
    ['a reach for the prototype', '{"title":"a","__proto__":{"x":1}}'],
    ['a hidden reach for the prototype', '{"title":"a","\\u005f_proto__":{"x":1}}'],
    ['a reach for the constructor', '{"title":"a","constructor":{"prototype":{"x":1}}}'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ])('refuses %s as malformed', async (_, payload) => {
    const { app } = await startApp();
    const response = await app.inject({ method: 'POST', url: '/api/v1/notes', headers: json, payload });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ error: 'Bad Request', code: 'MALFORMED_JSON' });
  });

  it('refuses what is larger than 64 KiB', async () => {
    const { app } = await startApp();
    const response = await post(app, json, { title: 'x'.repeat(64 * 1024) });
    expect(response.statusCode).toBe(413);
    expect(response.json()).toMatchObject({ code: 'BODY_TOO_LARGE' });
  });

  it('takes more where a route says so, to the byte', async () => {
    const { app } = await startApp();
    const send = (bytes: number) =>
      app.inject({
        method: 'POST',
        url: '/api/v1/notes/many',
        headers: { ...as('service'), 'content-type': 'application/json' },
        payload: '{}'.padEnd(bytes),
      });
    expect((await send(256 * 1024)).statusCode).toBe(200);
    const refused = await send(256 * 1024 + 1);
    expect([refused.statusCode, refused.json()]).toMatchObject([
      413,
      { code: 'BODY_TOO_LARGE', message: 'The body is larger than 256 KiB' },
    ]);
  });

  it('stops reading a body of unknown length where the limit of its route is', async () => {
    const { app } = await startApp({ clock: new SystemClock() });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    const answer = (path: string, kib: number) =>
      new Promise<string>((resolve, reject) => {
        const headers = { ...as('service'), 'content-type': 'application/json' };
        const request = httpRequest({ port, method: 'POST', path: `/api/v1/notes${path}`, headers });
        request.on('response', (response) => {
          response.setEncoding('utf8').on('data', (text: string) => {
            resolve(`${response.statusCode} ${text}`);
            request.destroy();
          });
        });
        request.on('error', reject);
        // Never ended: only the limit can make the server answer.
        request.write(Buffer.alloc(kib * 1024 + 1, ' '));
      });
    expect(await answer('/many', 256)).toMatch(/^413 .*larger than 256 KiB/);
    expect(await answer('', 64)).toMatch(/^413 .*larger than 64 KiB/);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'nonsense',
    'multipart/form-data; boundary=a',
  ])('refuses %s', async (type) => {
    const { app } = await startApp();
    const response = await post(app, { ...as('service'), 'content-type': type }, 'title=a');
    expect(response.statusCode).toBe(415);
    expect(response.json()).toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' });
  });

  it('refuses a compressed body', async () => {
    const { app } = await startApp();
    const response = await post(app, { ...json, 'content-encoding': 'gzip' }, { title: 'a' });
    expect(response.statusCode).toBe(415);
  });

  it('accepts no body where it is optional, also when it is called JSON, and nowhere else', async () => {
    const { app } = await startApp();
    const touch = (headers: Record<string, string>, payload?: string) =>
      app.inject({
        method: 'POST',
        url: '/api/v1/notes/1/touch',
        headers,
        ...(payload !== undefined && { payload }),
      });
    expect((await touch(as('service'))).json()).toEqual({});
    expect((await touch(json, '')).json()).toEqual({});
    expect((await touch(json, '{"q":"a"}')).json()).toEqual({ q: 'a' });
    expect((await touch(json, 'null')).statusCode).toBe(400);
    expect((await post(app, json, '')).statusCode).toBe(400);
  });
});

describe('query strings', () => {
  it('refuses unknown, repeated and hostile parameters', async () => {
    const { app } = await startApp();
    const list = (query: string) => app.inject({ url: `/api/v1/notes?${query}`, headers: as('reader') });
    expect((await list('q=a')).json()).toEqual({ q: 'a' });
    expect((await list('q=a&q=b')).json()).toMatchObject({
      statusCode: 400,
      message: ['q must be given once'],
    });
    expect((await list('x=1')).json()).toMatchObject({ message: ['x is not a known field'] });
    expect((await list('__proto__=1')).json()).toMatchObject({ message: ['__proto__ is not a known field'] });
  });
});

describe('errors', () => {
  it('has one shape, without the query, on the server’s clock', async () => {
    const { app } = await startApp();
    const response = await app.inject({
      url: '/api/v1/notes/broken/missing?token=1',
      headers: { 'x-request-id': 'r1' },
    });
    expect(response.json()).toEqual({
      statusCode: 404,
      timestamp: '2026-03-02T17:00:00.000Z',
      path: '/api/v1/notes/broken/missing',
      method: 'GET',
      error: 'Not Found',
      message: 'Scheduler x not found',
      code: 'SCHEDULER_NOT_FOUND',
      correlation_id: 'r1',
    });
  });

  it.each([
    ['GET', '/api/v1/nothing', 404, 'ROUTE_NOT_FOUND'],
    ['GET', '/', 404, 'ROUTE_NOT_FOUND'],
    ['PATCH', '/api/v1/notes', 404, 'ROUTE_NOT_FOUND'],
    ['GET', '/api/v1/notes/%E0%A4%A', 400, 'BAD_URL'],
  ] as const)('answers %s %.40s with %d whatever the key', async (method, url, status, code) => {
    const { app } = await startApp();
    const response = await app.inject({ method, url, headers: { 'x-correlation-id': 'c1' } });
    expect(response.statusCode).toBe(status);
    expect(response.headers['x-correlation-id']).toBe('c1');
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(response.json()).toMatchObject({ statusCode: status, code, method, correlation_id: 'c1' });
  });

  it('refuses parameters that are longer than any id', async () => {
    const { app } = await startApp();
    const url = `/api/v1/notes/${'x'.repeat(1_025)}/touch`;
    const response = await app.inject({ method: 'POST', url, headers: as('service') });
    expect(response.json()).toMatchObject({ statusCode: 414, code: 'URL_TOO_LONG' });
  });

  it('takes ids of 255 characters, each percent-encoded', async () => {
    const { app } = await startApp();
    const url = `/api/v1/notes/${'%3A'.repeat(255)}/touch`;
    expect((await app.inject({ method: 'POST', url, headers: as('service') })).statusCode).toBe(201);
  });

  it('keeps the cause of an unforeseen error for the log', async () => {
    const { app, lines } = await startApp();
    const response = await app.inject('/api/v1/notes/broken/entirely');
    expect(response.statusCode).toBe(500);
    expect(response.body).not.toContain('hunter2');
    expect(response.json()).toMatchObject({ error: 'Internal Server Error', code: 'INTERNAL_ERROR' });
    const line = lines.find(({ err }) => err !== undefined);
    expect(line).toMatchObject({
      level: 'error',
      correlation_id: response.headers['x-correlation-id'],
      err: { message: 'the password is hunter2' },
    });
  });

  it('keeps the cause of what is a fault of the server in the words of one face only', async () => {
    const { app, lines } = await startApp();
    expect((await app.inject({ url: '/api/v1/notes/contested', headers: as('reader') })).statusCode).toBe(
      500,
    );
    expect(lines.find(({ err }) => err !== undefined)).toMatchObject({
      level: 'warn',
      err: { message: expect.stringContaining('App Planning') as string },
    });
  });

  it('says when to come back while the storage is out of reach', async () => {
    const { app } = await startApp();
    const response = await app.inject('/api/v1/notes/broken/storage');
    expect(response.headers['retry-after']).toBe('1');
    expect(response.json()).toMatchObject({
      statusCode: 503,
      error: 'Service Unavailable',
      code: 'STATE_ERROR',
    });
    expect((await app.inject('/api/v1/notes/broken/conflict')).statusCode).toBe(409);
  });

  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['an endless header', `GET / HTTP/1.1\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
  ])('answers %s in the same shape', async (_, bytes, status) => {
    const { app } = await startApp({ clock: new SystemClock() });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
    expect(answer.split('\r\n')[0]).toContain(`HTTP/1.1 ${status}`);
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({ statusCode: status });
  });
});

describe('connections', () => {
  it('gives slow senders seconds, not minutes, and idle ones longer than a load balancer does', async () => {
    const { app } = await startApp();
    expect(app.getHttpServer()).toMatchObject({
      headersTimeout: 10_000,
      requestTimeout: 15_000,
      keepAliveTimeout: 65_000,
      timeout: 90_000,
    });
  });

  it('cuts at shutdown, after some seconds, what a half-sent request holds open', async () => {
    const clock = new FakeClock();
    const { app, lines } = await startApp({ clock });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    const cut = once(socket, 'close');
    socket.on('error', () => undefined);
    socket.write(`POST /api/v1/notes HTTP/1.1\r\nhost: x\r\nx-api-key: key-of-service\r\n`);
    socket.write('content-type: application/json\r\ncontent-length: 100\r\n\r\n{');
    await once(app.getHttpServer(), 'request');
    const closed = app.close();
    await clock.advance('6s');
    expect(socket.destroyed).toBe(false);
    await clock.advance('1s');
    await Promise.all([cut, closed]);
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'warn', msg: expect.stringContaining('are cut') }),
    );
  });
});

describe('traces', () => {
  it('leaves one line and one observation of each request', async () => {
    const { app, lines, metrics } = await startApp();
    await post(app, { ...as('service'), 'x-correlation-id': 'c1' }, { title: 'a' });
    await app.inject('/nowhere?secret=1');
    const answered = lines.filter(({ msg }) => msg === 'request answered');
    expect(answered).toEqual([
      {
        level: 'info',
        time: '2026-03-02T17:00:00.000Z',
        correlation_id: 'c1',
        key: 'service',
        method: 'POST',
        route: '/api/v1/notes',
        path: '/api/v1/notes',
        status: 201,
        duration_ms: 0,
        msg: 'request answered',
      },
      expect.objectContaining({ route: 'none', path: '/nowhere', status: 404, code: 'ROUTE_NOT_FOUND' }),
    ]);
    const text = await metrics.registry.metrics();
    expect(text).toContain('duration_seconds_count{method="POST",route="/api/v1/notes",status="201"} 1');
    expect(text).toContain('duration_seconds_count{method="GET",route="none",status="404"} 1');
  });

  it('asks clients to reconnect elsewhere while shutting down', async () => {
    const { app, shutdown } = await startApp();
    shutdown.begin();
    const response = await app.inject('/api/v1/notes/open');
    expect(response.statusCode).toBe(200);
    expect(response.headers.connection).toBe('close');
  });
});

describe('documentation', () => {
  it('is open to everybody and says how to authorize', async () => {
    const { app } = await startApp();
    const page = await app.inject('/api/docs');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
    expect((await app.inject('/api/docs/swagger-ui-bundle.js')).statusCode).toBe(200);
    const document = (await app.inject('/api/docs-json')).json<OpenApi>();
    expect(Object.keys(document.components.securitySchemes)).toEqual(['x-api-key', 'bearer']);
    const { post: create } = document.paths['/api/v1/notes'] ?? {};
    expect(create?.security).toEqual(expect.arrayContaining([{ 'x-api-key': [] }, { bearer: [] }]));
    expect(Object.keys(create?.responses ?? {}).sort()).toEqual(['400', '401', '403', '429']);
  });
});

interface OpenApi {
  components: { securitySchemes: object };
  paths: Record<string, Record<string, { security: object[]; responses: object }>>;
}

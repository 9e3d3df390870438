import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { as, post, startApp } from '../../../test/harness/notes-app';
import { FakeClock } from '../../../test/fakes/fake-clock';
import { SystemClock } from '../../adapters/system/system.clock';

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

import { FakeClock } from '../fakes/fake-clock';
import { Api, registration, statusUpdate, type CallOptions, type Json, type Method } from '../harness/api';
import { KEYS, Vesper } from '../harness/vesper';

const TEXT = { 'content-type': 'text/plain' };
const OVERSIZED = JSON.stringify({ metadata: 'x'.repeat(64 * 1024) });

type Call = readonly [method: Method, path: string, body?: object | string | Buffer];

/** Each route that takes a body, with the bodies that no route takes. */
const WRITES: readonly Call[] = [
  ['POST', '/schedulers/register'],
  ['PUT', '/schedulers/job/status'],
  ['POST', '/schedulers/job/heartbeat'],
];
const UNREADABLE = [
  ['malformed JSON', '{"scheduler_id":', {}, 400, 'MALFORMED_JSON', 'The body is not valid JSON'],
  ['an oversized body', OVERSIZED, {}, 413, 'BODY_TOO_LARGE', 'The body is larger than 64 KiB'],
  [
    'a wrong media type',
    'scheduler_id=job',
    TEXT,
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    'The body must be sent as application/json, uncompressed',
  ],
] as const;
const CASES = WRITES.flatMap(([method, path]) =>
  UNREADABLE.map(([what, body, headers, ...answer]) => ({ what, method, path, body, headers, answer })),
);

const GUARDED: readonly Call[] = [
  ...WRITES,
  ['GET', '/schedulers'],
  ['GET', '/schedulers/job'],
  ['GET', '/schedulers/job/history'],
  ['DELETE', '/schedulers/job'],
  ['GET', '/workers'],
];

const started: Vesper[] = [];
let api: Api;
let plain: Api;
beforeAll(async () => {
  plain = await Api.of(await Vesper.start());
});
beforeEach(() => {
  api = plain;
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((vesper) => vesper.dispose()));
});
afterAll(() => plain.vesper.dispose());

/** Starts another Vesper for this test; the others share one. */
async function start(environment: Record<string, string>): Promise<FakeClock> {
  const vesper = await Vesper.start({ environment });
  started.push(vesper);
  api = await Api.of(vesper);
  return vesper.clock;
}

async function answer(call: Call, options: CallOptions): Promise<Json> {
  const [method, path, body] = call;
  return (await api.call(method, path, body, options)).json<Json>();
}

describe('the order of checks', () => {
  it('is authentication, scope, rate limit, payload, whatever is wrong with the payload', async () => {
    const clock = await start({ RATE_LIMIT_PER_MINUTE: '1' });
    for (const { what, method, path, body, headers, answer } of CASES) {
      await clock.advance('60s');
      const [status, code, message] = answer;
      const call = async (key: string | null) =>
        (await api.call(method, path, body, { key, headers })).json<Json>();
      const seen = [
        await call(KEYS.service),
        await call(KEYS.service),
        await call(KEYS.board),
        await call('wrong'),
      ];
      expect([what, method, path, ...seen.map((error) => error['statusCode'])]).toEqual([
        ...[what, method, path],
        ...[status, 429, 403, 401],
      ]);
      expect(seen[0]).toMatchObject({ code, message });
    }
  });

  it('puts the correlation id behind the key, and before the payload', async () => {
    const headers = { 'x-correlation-id': 'not this one' };
    const call = (key: string | null) => answer(['POST', '/schedulers/register', '{'], { key, headers });
    expect(await call(null)).toMatchObject({ statusCode: 401 });
    expect(await call(KEYS.board)).toMatchObject({ statusCode: 403 });
    expect(await call(KEYS.service)).toMatchObject({ statusCode: 400, code: 'CORRELATION_ID_INVALID' });
  });

  it('asks for a field’s rule before it asks whether the scheduler exists', async () => {
    const body = statusUpdate('nobody', 'done', '2026-03-02T17:00:00Z');
    expect(await answer(['PUT', '/schedulers/nobody/status', body], {})).toMatchObject({ statusCode: 400 });
  });
});

describe('authentication', () => {
  it('takes a key from either header on every route, and answers missing and wrong ones alike', async () => {
    await api.call('POST', '/schedulers/register', registration('job'));
    const { admin } = KEYS;
    for (const [method, path] of GUARDED) {
      const status = async (headers: Record<string, string>) =>
        (await api.call(method, path, undefined, { key: null, headers })).statusCode;
      const refused = [{}, { 'x-api-key': '' }, { 'x-api-key': `${admin} ` }, { authorization: admin }];
      for (const headers of [...refused, { authorization: `Basic ${admin}` }, { authorization: 'Bearer' }]) {
        const error = await answer([method, path], { key: null, headers });
        expect(error).toMatchObject({ statusCode: 401, error: 'Unauthorized', message: 'Invalid API key' });
      }
      const welcome = [
        { 'x-api-key': admin },
        { authorization: `Bearer ${admin}` },
        { authorization: `bearer ${admin}` },
      ];
      // The removal comes once only.
      for (const headers of method === 'DELETE' ? welcome.slice(0, 1) : welcome)
        expect([method, path, await status(headers as Record<string, string>)]).not.toContain(401);
    }
  });

  it('tells the key’s scopes, not its name, and none of it with the answer', async () => {
    const response = await api.call('GET', '/workers');
    expect(response.json()).toMatchObject({ statusCode: 403, error: 'Forbidden', code: 'SCOPE_MISSING' });
    expect(JSON.stringify([response.headers, response.body])).not.toContain(KEYS.service);
  });

  it('lets each scope in where it belongs, and admin everywhere', async () => {
    await start({ METRICS_REQUIRE_KEY: 'true' });
    const paths: readonly Call[] = [...GUARDED, ['GET', '/metrics']];
    const table: Record<string, string> = {};
    for (const [method, path] of paths) {
      const allowed: string[] = [];
      for (const [name, key] of Object.entries(KEYS)) {
        const { statusCode } = await api.call(method, path, undefined, { key });
        if (statusCode !== 403) allowed.push(name);
      }
      table[`${method} ${path}`] = allowed.join(' ');
    }
    expect(table).toEqual({
      'POST /schedulers/register': 'service admin',
      'PUT /schedulers/job/status': 'service admin',
      'POST /schedulers/job/heartbeat': 'service admin',
      'GET /schedulers': 'service reader admin',
      'GET /schedulers/job': 'service reader admin',
      'GET /schedulers/job/history': 'service reader admin',
      'DELETE /schedulers/job': 'admin',
      'GET /workers': 'admin',
      'GET /metrics': 'service reader admin',
    });
  });
});

describe('rate limits', () => {
  const read = (key: string = KEYS.service) => api.call('GET', '/schedulers', undefined, { key });

  it('allow so many requests within any 60 seconds, per key over all routes', async () => {
    const clock = await start({ RATE_LIMIT_PER_MINUTE: '3' });
    expect((await read()).headers).toMatchObject({
      'ratelimit-limit': '3',
      'ratelimit-remaining': '2',
      'ratelimit-reset': '60',
    });
    await clock.advance('20s');
    await api.call('POST', '/schedulers/register', registration('job'));
    await clock.advance('20s');
    const last = await api.call('POST', '/schedulers/job/heartbeat');
    expect(last.headers).toMatchObject({ 'ratelimit-remaining': '0', 'ratelimit-reset': '20' });
    const refused = await read();
    expect(refused.headers).toMatchObject({
      'retry-after': '20',
      'ratelimit-limit': '3',
      'ratelimit-remaining': '0',
      'ratelimit-reset': '20',
    });
    expect(refused.json()).toMatchObject({
      statusCode: 429,
      message: 'Too Many Requests',
      error: 'ThrottlerException',
      code: 'RATE_LIMITED',
    });
    expect((await read(KEYS.reader)).statusCode).toBe(200);
    await clock.advance('19999ms');
    expect((await read()).statusCode).toBe(429);
    await clock.advance(1);
    expect((await read()).statusCode).toBe(200);
    expect((await read()).headers).toMatchObject({ 'retry-after': '20' });
  });

  it('is 100 a minute unless told otherwise, and does not touch what is public', async () => {
    // An empty variable is one that is not set.
    await start({ RATE_LIMIT_PER_MINUTE: '' });
    expect((await read()).headers).toMatchObject({ 'ratelimit-limit': '100', 'ratelimit-remaining': '99' });
    for (let n = 0; n < 99; n++) await read();
    expect((await read()).statusCode).toBe(429);
    const health = await api.call('GET', '/health/live');
    expect(health.statusCode).toBe(200);
    expect(health.headers).not.toHaveProperty('ratelimit-limit');
  });

  it('are counted by each instance for itself: nobody is refused within the limit', async () => {
    const environment = { RATE_LIMIT_PER_MINUTE: '2' };
    const vesper = await Vesper.start({ storage: 'dynamodb', environment });
    const other = await Vesper.start({ on: vesper.storage, environment });
    try {
      const statuses: number[] = [];
      for (const instance of [vesper, vesper, vesper, other, other, other])
        statuses.push((await instance.request('GET', '/schedulers')).statusCode);
      expect(statuses).toEqual([200, 200, 429, 200, 200, 429]);
    } finally {
      await Promise.all([vesper.stop(), other.stop()]);
    }
  });

  it('slow those who guess keys, per address', async () => {
    const clock = await start({ RATE_LIMIT_PER_MINUTE: '2' });
    const guess = (n: number) => answer(['GET', '/schedulers'], { key: `guess-${n}` });
    expect([await guess(1), await guess(2), await guess(3)].map((error) => error['statusCode'])).toEqual([
      401, 401, 429,
    ]);
    const right = await read();
    expect([right.statusCode, right.headers['retry-after']]).toEqual([429, '60']);
    await clock.advance('60s');
    expect((await read()).statusCode).toBe(200);
  });

  it('are off at 0', async () => {
    expect((await read()).headers).not.toHaveProperty('ratelimit-limit');
  });
});

describe('correlation ids', () => {
  it.each(['x-correlation-id', 'x-request-id'])(
    'come back as they came in %s, also with errors',
    async (header) => {
      const id = `Trace.1_${'x'.repeat(120)}`;
      for (const path of ['/health/live', '/schedulers', '/schedulers/nobody', '/nowhere'])
        expect((await api.call('GET', path, undefined, { headers: { [header]: id } })).headers).toMatchObject(
          {
            'x-correlation-id': id,
          },
        );
    },
  );

  it('are made when there is none, another for each request', async () => {
    const made = await Promise.all([1, 2, 3].map(() => api.call('GET', '/schedulers')));
    const ids = made.map((response) => String(response.headers['x-correlation-id']));
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[\w.-]{1,128}$/);
  });

  it.each(['', ' ', 'a b', 'x'.repeat(129), '<!channel>', 'ä', 'a\tb', '../x', 'a,b'])(
    'are refused when they are %j',
    async (value) => {
      for (const path of ['/health', '/schedulers']) {
        const response = await api.call('GET', path, undefined, { headers: { 'x-request-id': value } });
        expect(response.json()).toMatchObject({
          statusCode: 400,
          code: 'CORRELATION_ID_INVALID',
          message: ['x-request-id must be 1 to 128 letters, digits, dots, underscores or hyphens'],
        });
      }
    },
  );

  it('stand in the log line of their request, and keys do not', async () => {
    const lines: string[] = [];
    const vesper = await Vesper.start({ logTo: (line) => lines.push(line) });
    started.push(vesper);
    api = await Api.of(vesper);
    lines.length = 0;
    await api.call('GET', `/schedulers/nobody?api_key=${KEYS.service}`, undefined, {
      headers: { 'x-correlation-id': 'c-1' },
    });
    expect(lines.map((line) => JSON.parse(line) as Json)).toEqual([
      expect.objectContaining({
        correlation_id: 'c-1',
        key: 'service',
        method: 'GET',
        route: '/api/v1/schedulers/:id',
        path: '/api/v1/schedulers/nobody',
        status: 404,
        code: 'SCHEDULER_NOT_FOUND',
      }),
    ]);
    expect(lines.join()).not.toContain(KEYS.service);
  });
});

describe('routes', () => {
  it.each([
    ['GET', '/nothing'],
    ['GET', '/'],
    ['PATCH', '/schedulers/job'],
    ['PUT', '/schedulers'],
    ['DELETE', '/schedulers'],
    ['GET', '/schedulers/job/status'],
    ['GET', '/schedulers/job/history/1'],
    ['GET', '/Schedulers'],
    ['OPTIONS', '/schedulers'],
    ['POST', '/health'],
  ] as const)('do not know %s %s, with a key or without', async (method, path) => {
    for (const key of [null, KEYS.admin])
      expect(await answer([method, path], { key })).toMatchObject({
        statusCode: 404,
        error: 'Not Found',
        message: 'There is no such route',
        code: 'ROUTE_NOT_FOUND',
      });
  });

  it('answer HEAD as GET, without a body', async () => {
    const head = (key: string | null) => api.call('HEAD', '/schedulers/nobody', undefined, { key });
    expect([(await head(null)).statusCode, (await head(KEYS.service)).statusCode]).toEqual([401, 404]);
    expect((await api.call('HEAD', '/schedulers')).body).toBe('');
  });

  it('keep their answers out of caches and sniffers', async () => {
    expect((await api.call('GET', '/schedulers')).headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-type': 'application/json; charset=utf-8',
    });
  });
});

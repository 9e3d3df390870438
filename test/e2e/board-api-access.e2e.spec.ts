import { FakeClock } from '../fakes/fake-clock';
import { Api, type CallOptions, type Json, type Method } from '../harness/api';
import { APPS_WITHOUT_CHANNELS, cellUpdate } from '../harness/board';
import { KEYS, Vesper } from '../harness/vesper';

/** A busy machine takes its time. */
jest.setTimeout(60_000);

const STATUS_SENTENCE = 'Status must be one of: Blank, Loading, OK, Warning';
const TEXT = { 'content-type': 'text/plain' };
const KiB = 1_024;

type Call = readonly [method: Method, path: string, body?: object | string | undefined];

const WRITES: readonly Call[] = [
  ['POST', '/status', cellUpdate()],
  ['POST', '/status/batch', { updates: [cellUpdate()] }],
  ['POST', '/canvas/sync', {}],
];
const READS: readonly Call[] = [
  ['GET', '/status'],
  ['GET', '/status/Planning'],
  ['GET', '/status/Planning/audit'],
  ['GET', '/canvas/preview'],
];
const ROUTES = [...WRITES, ...READS];
const oversizedFor = (path: string) =>
  JSON.stringify({ message: 'x'.repeat((path === '/status/batch' ? 256 : 64) * KiB) });
const named = (calls: readonly Call[]) => calls.map(([method, path, body]) => ({ method, path, body }));

const started: Vesper[] = [];
let api: Api;
let plain: Api;
beforeAll(async () => {
  plain = await Api.of(await Vesper.start({ appsFile: APPS_WITHOUT_CHANNELS }));
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
  const vesper = await Vesper.start({ environment, appsFile: APPS_WITHOUT_CHANNELS });
  started.push(vesper);
  api = await Api.of(vesper);
  return vesper.clock;
}

/** Status and code of the answer, e.g. `401 MISSING_AUTH`; of a good one the status alone. */
async function outcome([method, path, body]: Call, options: CallOptions = {}): Promise<string> {
  const response = await api.call(method, path, body, { key: KEYS.board, ...options });
  const { error } = response.json<{ error?: { code?: string } }>();
  return [response.statusCode, ...(error === undefined ? [] : [error.code])].join(' ');
}

describe('keys', () => {
  it.each(named(ROUTES))(
    'tells on $method $path a missing key from a wrong one',
    async ({ method, path, body }) => {
      const answer = async (headers: Record<string, string>) => {
        const response = await api.call(method, path, body, { key: null, headers });
        return {
          ...response.json<Json>(),
          http: response.statusCode,
          asks: response.headers['www-authenticate'],
        };
      };
      const missing = { code: 'MISSING_AUTH', message: 'No API key was sent', details: {} };
      for (const headers of [
        {},
        { 'x-api-key': '' },
        { authorization: KEYS.board },
        { authorization: 'Basic x' },
      ])
        expect(await answer(headers as Record<string, string>)).toEqual({
          http: 401,
          asks: 'Bearer realm="vesper"',
          success: false,
          error: missing,
        });
      const wrong = { code: 'INVALID_KEY', message: 'Invalid API key', details: {} };
      for (const headers of [{ 'x-api-key': 'nope' }, { authorization: 'Bearer nope' }])
        expect(await answer(headers as Record<string, string>)).toEqual({
          http: 403,
          success: false,
          error: wrong,
        });
    },
  );

  it('lets in who has the scope: board, for reading also read, and admin', async () => {
    const vesper = await Vesper.start({
      appsFile: APPS_WITHOUT_CHANNELS,
      environment: { API_KEYS: 'jobs:0123456789abcdefghijklmno:schedulers' },
    });
    started.push(vesper);
    const strangers = await Api.of(vesper);
    for (const [method, path, body] of ROUTES) {
      const names: string[] = [];
      for (const [name, key] of Object.entries(KEYS))
        if (!(await outcome([method, path, body], { key })).startsWith('403')) names.push(name);
      const expected = method === 'GET' ? 'service reader board admin' : 'service board admin';
      expect([method, path, names.join(' ')]).toEqual([method, path, expected]);
      const refused = await strangers.call(method, path, body, { key: '0123456789abcdefghijklmno' });
      expect([refused.statusCode, refused.json()]).toMatchObject([403, { error: { code: 'SCOPE_MISSING' } }]);
    }
  });

  it('writes down which key it was', async () => {
    await api.call('POST', '/status', cellUpdate({ app: 'Tax', domain: null }), {
      key: null,
      headers: { authorization: `Bearer ${KEYS.admin}` },
    });
    const audit = (await api.call('GET', '/status/Tax/audit')).json<{ entries: Json[] }>();
    expect(audit.entries[0]).toMatchObject({ domain: 'default', by: 'admin' });
  });
});

describe('the order of checks', () => {
  it.each(named(WRITES))('on $method $path is key, scope, limit, payload', async ({ method, path }) => {
    const clock = await start({ RATE_LIMIT_PER_MINUTE: '100' });
    const unreadable = [
      ['{"app":', {}, '400 INVALID_REQUEST'],
      ['[]', {}, '400 INVALID_REQUEST'],
      [oversizedFor(path), {}, '413 BODY_TOO_LARGE'],
      ['app=x', TEXT, '415 UNSUPPORTED_MEDIA_TYPE'],
      [JSON.stringify({ colour: 1 }), {}, '400 INVALID_REQUEST'],
    ] as const;
    for (const [body, headers, expected] of unreadable) {
      const seen = async (key: string | null) => outcome([method, path, body], { key, headers });
      expect([await seen(null), await seen('x'), await seen(KEYS.reader), await seen(KEYS.board)]).toEqual([
        '401 MISSING_AUTH',
        '403 INVALID_KEY',
        '403 SCOPE_MISSING',
        expected,
      ]);
    }
    const limit = path === '/status' ? 60 : 20;
    for (let n = unreadable.length; n < limit; n++) await outcome([method, path, '{']);
    expect(await outcome([method, path, '{'])).toBe('429 RATE_LIMITED');
    expect(await outcome([method, path, '{'], { key: KEYS.reader })).toBe('403 SCOPE_MISSING');
    await clock.advance('60s');
    expect(await outcome([method, path, '{'])).toBe('400 INVALID_REQUEST');
  });

  it('puts the correlation id behind the key, and before the payload', async () => {
    const headers = { 'x-correlation-id': 'not this one' };
    const call: Call = ['POST', '/status', '{'];
    expect(await outcome(call, { key: null, headers })).toBe('401 MISSING_AUTH');
    const response = await api.call('POST', '/status', '{', { key: KEYS.board, headers });
    expect(response.json()).toMatchObject({
      error: { code: 'INVALID_REQUEST', message: expect.stringContaining('x-correlation-id') as string },
    });
  });

  it('asks for an app that exists before it looks at a domain of it', async () => {
    expect(await outcome(['GET', '/status/x/audit?domain=y'])).toBe('404 APP_NOT_FOUND');
    expect(await outcome(['GET', '/status/Planning/audit?domain=y'])).toBe('400 INVALID_DOMAIN');
    expect(await outcome(['GET', '/status/x/audit?limit=0'])).toBe('400 INVALID_REQUEST');
  });
});

describe('limits', () => {
  const write = (index: number, key: string = KEYS.board) => {
    const [method, path, body] = WRITES[index] as Call;
    return api.call(method, path, body, { key });
  };
  const read = (index: number, remoteAddress: string, key: string = KEYS.board) =>
    api.vesper.inject({
      url: `/api/v1${(READS[index] as Call)[1]}`,
      headers: { 'x-api-key': key },
      remoteAddress,
    });

  it.each([
    ['/status', 0, 60],
    ['/status/batch', 1, 20],
    ['/canvas/sync', 2, 20],
  ])('counts POST %s per key', async (_, index, limit) => {
    // However little all other routes are allowed.
    const clock = await start({ RATE_LIMIT_PER_MINUTE: '1' });
    const first = await write(index);
    expect([first.statusCode, first.headers]).toMatchObject([
      200,
      {
        'ratelimit-limit': String(limit),
        'ratelimit-remaining': String(limit - 1),
        'ratelimit-reset': '60',
      },
    ]);
    await clock.advance('20s');
    for (let n = 1; n < limit; n++) expect((await write(index)).statusCode).toBe(200);
    const refused = await write(index);
    expect([refused.statusCode, refused.json(), refused.headers]).toMatchObject([
      429,
      { success: false, error: { code: 'RATE_LIMITED', message: 'Too Many Requests', details: {} } },
      { 'retry-after': '40', 'ratelimit-limit': String(limit), 'ratelimit-remaining': '0' },
    ]);
    expect((await write(index, KEYS.admin)).statusCode).toBe(200);
    await clock.advance('40s');
    expect((await write(index)).statusCode).toBe(200);
  });

  it('counts each POST for itself, and apart from all other routes', async () => {
    await start({ RATE_LIMIT_PER_MINUTE: '5' });
    for (let n = 0; n < 20; n++) await write(1);
    expect((await write(1)).statusCode).toBe(429);
    expect([(await write(0)).headers, (await write(2)).headers]).toMatchObject([
      { 'ratelimit-remaining': '59' },
      { 'ratelimit-remaining': '19' },
    ]);
    const elsewhere = await api.call('GET', '/schedulers', undefined, { key: KEYS.admin });
    expect(elsewhere.headers).toMatchObject({ 'ratelimit-limit': '5', 'ratelimit-remaining': '4' });
  });

  it.each(READS.map(([, path], index) => ({ path, index })))(
    'counts GET $path per address, whatever the key',
    async ({ index }) => {
      const clock = await start({ RATE_LIMIT_PER_MINUTE: '1' });
      for (let n = 0; n < 100; n++) {
        const { statusCode, headers } = await read(index, '10.0.0.1', n % 2 === 0 ? KEYS.board : KEYS.reader);
        // Without channels there is no canvas to preview; what is refused for what it asks counts too.
        expect([statusCode, headers['ratelimit-remaining']]).toEqual([
          index === 3 ? 400 : 200,
          String(99 - n),
        ]);
      }
      const refused = await read(index, '10.0.0.1', KEYS.admin);
      expect([refused.statusCode, refused.json(), refused.headers]).toMatchObject([
        429,
        { success: false, error: { code: 'RATE_LIMITED' } },
        { 'retry-after': '60', 'ratelimit-limit': '100', 'ratelimit-remaining': '0' },
      ]);
      expect((await read(index, '10.0.0.2')).headers).toMatchObject({ 'ratelimit-remaining': '99' });
      await clock.advance('60s');
      expect((await read(index, '10.0.0.1')).headers).toMatchObject({ 'ratelimit-remaining': '99' });
    },
  );

  it('counts each GET for itself, and HEAD with it', async () => {
    await start({ RATE_LIMIT_PER_MINUTE: '100' });
    const remaining = async (index: number) => (await read(index, '10.0.0.1')).headers['ratelimit-remaining'];
    for (let n = 0; n < 100; n++) await read(0, '10.0.0.1');
    expect((await read(0, '10.0.0.1')).statusCode).toBe(429);
    for (const index of [1, 2, 3]) expect(await remaining(index)).toBe('99');
    await api.vesper.inject({
      method: 'HEAD',
      url: '/api/v1/status/Planning',
      headers: { 'x-api-key': KEYS.board },
      remoteAddress: '10.0.0.1',
    });
    expect([await remaining(1), await remaining(2)]).toEqual(['97', '98']);
  });

  it('slows those who guess keys, here too', async () => {
    await start({ RATE_LIMIT_PER_MINUTE: '2' });
    const guess = () => outcome(['GET', '/status'], { key: 'guess' });
    expect([await guess(), await guess(), await guess()]).toEqual([
      '403 INVALID_KEY',
      '403 INVALID_KEY',
      '429 RATE_LIMITED',
    ]);
  });

  it('are off when the one for all routes is', async () => {
    for (let n = 0; n < 25; n++) expect(await outcome(WRITES[1] as Call)).toBe('200');
    expect((await write(1)).headers).not.toHaveProperty('ratelimit-limit');
  });
});

describe('refusals', () => {
  const refusal = async (body: object | string | undefined): Promise<Json> => {
    const response = await api.call('POST', '/status', body, { key: KEYS.board });
    return { http: response.statusCode, ...response.json<{ error: Json }>().error };
  };

  it.each([
    ['a status', cellUpdate({ status: 'ok' }), 'INVALID_STATUS', STATUS_SENTENCE],
    ['no status', cellUpdate({ status: undefined }), 'INVALID_STATUS', STATUS_SENTENCE],
    ['an app', cellUpdate({ app: 'planning' }), 'INVALID_APP', 'App "planning" is not configured'],
    [
      'a domain',
      cellUpdate({ domain: 'x' }),
      'INVALID_DOMAIN',
      'Domain of app Planning must be one of: Actual, Budget (not "x")',
    ],
    [
      'no domain where several are',
      cellUpdate({ domain: undefined }),
      'INVALID_DOMAIN',
      'Domain of app Planning must be named, one of: Actual, Budget',
    ],
    ['torn JSON', '{"app":', 'INVALID_REQUEST', 'The body is not valid JSON'],
  ])('name the fault: %s', async (_, body, code, message) => {
    expect(await refusal(body)).toEqual({ http: 400, code, message, details: {} });
  });

  it.each([
    ['no body', undefined, ['body must be a JSON object']],
    ['a list', [cellUpdate()], ['body must be a JSON object']],
    ['no app', { status: 'OK' }, ['app must be a string']],
    [
      'everything at once',
      cellUpdate({ colour: 1, job_id: 1, status: 'x' }),
      [
        'colour is not a known field',
        expect.stringMatching(/^Status /),
        expect.stringMatching(/^job_id /),
        expect.stringMatching(/^job_id /),
        expect.stringMatching(/^job_id /),
      ],
    ],
  ])('list what is wrong: %s', async (_, body, violations) => {
    const { message, details, ...rest } = await refusal(body);
    expect([rest, details]).toEqual([{ http: 400, code: 'INVALID_REQUEST' }, { violations }]);
    expect(message).toBe((details as { violations: string[] }).violations.join('; '));
  });

  it.each([
    ['GET', '/status/nobody', 404],
    ['GET', '/status/planning', 404],
    ['GET', '/status/Planning%20', 404],
    ['GET', '/status/batch', 404],
    ['GET', '/status/constructor/audit', 404],
    ['GET', '/status/%F0%9F%8C%99', 404],
    ['GET', `/status/${'x'.repeat(1_000)}`, 404],
  ] as const)('say that there is no such app: %s %.30s', async (method, path, status) => {
    expect(await outcome([method, path])).toBe(`${status} APP_NOT_FOUND`);
  });

  it.each([
    ['GET', '/status/Planning/history'],
    ['GET', '/status/Planning/audit/1'],
    ['PUT', '/status/Planning'],
    ['DELETE', '/status'],
    ['POST', '/status/Planning'],
    ['GET', '/canvas'],
    ['POST', '/canvas/preview'],
  ] as const)('are general where there is no route: %s %s', async (method, path) => {
    const response = await api.call(method, path, undefined, { key: KEYS.board });
    expect(response.json()).toMatchObject({ statusCode: 404, code: 'ROUTE_NOT_FOUND' });
  });

  it.each([
    ['/status/%', 'a name that is cut off', '400 INVALID_REQUEST'],
    ['/status/%E0%A4%A/audit?limit=1', 'half a character', '400 INVALID_REQUEST'],
    [`/status/${'x'.repeat(1_025)}`, 'a name longer than any', '414 URL_TOO_LONG'],
    [`/status/${'x'.repeat(9_000)}/audit`, 'a longer one', '414 URL_TOO_LONG'],
  ])('are of the board also where its route is never reached: %.20s, %s', async (path, _, expected) => {
    expect(await outcome(['GET', path])).toBe(expected);
  });

  it.each([
    ['limit', ['', '0', '501', '-1', '1.5', '1e2', '٣', '%00']],
    ['colour', ['red']],
  ])('name the parameter %s of an audit', async (name, values) => {
    for (const value of values) {
      const response = await api.call('GET', `/status/Planning/audit?${name}=${value}`);
      expect([value, response.json()]).toMatchObject([
        value,
        { error: { code: 'INVALID_REQUEST', details: { violations: [expect.stringContaining(name)] } } },
      ]);
    }
    expect(await outcome(['GET', '/status/Planning/audit?limit=1&limit=2'])).toBe('400 INVALID_REQUEST');
  });

  it('say 500 and when to come back while the storage does not take it', async () => {
    await start({});
    await api.vesper.foundations.store.close();
    for (const [method, path, body] of WRITES.slice(0, 2)) {
      const response = await api.call(method, path, body, { key: KEYS.board });
      expect([path, response.statusCode, response.json()]).toEqual([
        path,
        500,
        {
          success: false,
          error: { code: 'STATE_ERROR', message: expect.any(String) as string, details: {} },
        },
      ]);
      expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    }
  });

  it('carry the correlation id, and leave it in the log with the code that was told', async () => {
    const lines: string[] = [];
    const vesper = await Vesper.start({ appsFile: APPS_WITHOUT_CHANNELS, logTo: (line) => lines.push(line) });
    started.push(vesper);
    api = await Api.of(vesper);
    lines.length = 0;
    const headers = { 'x-request-id': 'c-1' };
    const response = await api.call('POST', '/status', '{', { key: KEYS.board, headers });
    expect(response.headers['x-correlation-id']).toBe('c-1');
    expect(lines.map((line) => JSON.parse(line) as Json)).toEqual([
      expect.objectContaining({
        correlation_id: 'c-1',
        key: 'board',
        route: '/api/v1/status',
        status: 400,
        code: 'INVALID_REQUEST',
      }),
    ]);
  });

  it('have no body for HEAD', async () => {
    const response = await api.call('HEAD', '/status/nobody');
    expect([response.statusCode, response.body]).toEqual([404, '']);
    expect((await api.call('HEAD', '/status')).statusCode).toBe(200);
  });
});

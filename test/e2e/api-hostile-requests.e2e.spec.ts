import { gzipSync } from 'node:zlib';
import { Api, registration, type Json, type Method } from '../harness/api';
import { KEYS, Vesper } from '../harness/vesper';

const KiB = 1_024;

let api: Api;

beforeAll(async () => {
  api = await Api.of(await Vesper.start());
  await api.call('POST', '/schedulers/register', registration('job'));
});
afterAll(() => api.vesper.dispose());

const good = JSON.stringify(registration('job'));
const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));

it.each([
  ['a byte order mark', bytes([0xef, 0xbb, 0xbf], good), 201],
  ['blanks around it', ` \r\n\t${good}\n `, 201],
  ['a key twice: the last one counts', good.replace('{', '{"job_name":1,'), 201],
  ['names written with escapes', good.replace('job_name', '\\u006aob_name'), 201],
  ['nothing', '', 400],
  ['null', 'null', 400],
  ['a list', `[${good}]`, 400],
  ['a text', '"x"', 400],
  ['a number', '7', 400],
  ['invalid UTF-8', bytes(good.slice(0, -2), [0xc3, 0x28], '"}'), 400],
  ['overlong UTF-8', bytes(good.slice(0, -2), [0xc0, 0x80], '"}'), 400],
  ['UTF-16', Buffer.from(good, 'utf16le'), 400],
  ['compressed bytes', gzipSync(good), 400],
  ['half of it', good.slice(0, -1), 400],
  ['something behind it', `${good}{}`, 400],
  ['a NUL behind it', `${good}\0`, 400],
  ['a comma too many', good.replace('}', ',}'), 400],
  ['a comment', good.replace('{', '{/**/'), 400],
  ['single quotes', good.replaceAll('"', "'"), 400],
  ['a bare line break in a text', good.replace('Close', 'Cl\nose'), 400],
  ['NaN', good.replace('"Close"', 'NaN'), 400],
  ['__proto__', good.replace('{', '{"__proto__":{"admin":true},'), 400],
  ['a hidden __proto__', good.replace('{', '{"\\u005f_proto__":{"admin":true},'), 400],
  ['a deep __proto__', good.replace('{', '{"tags":[{"a":{"__proto__":1}}],'), 400],
  ['constructor.prototype', good.replace('{', '{"constructor":{"prototype":{"a":1}},'), 400],
  ['depth', `${'['.repeat(32_000)}${']'.repeat(32_000)}`, 400],
  ['depth in a field', good.replace('"Close"', `${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`), 400],
  ['64 KiB', good.padEnd(64 * KiB), 201],
  ['64 KiB and one byte', good.padEnd(64 * KiB + 1), 413],
  ['a megabyte', 'x'.repeat(KiB * KiB), 413],
])('reads JSON and nothing else: %s', async (_, body, status) => {
  const response = await api.call('POST', '/schedulers/register', body);
  expect(response.statusCode).toBe(status);
  expect(({} as Json)['admin']).toBeUndefined();
});

it('lists every violation at once, a hundred at the most', async () => {
  const response = await api.call('POST', '/schedulers/register', { scheduler_id: '', job_name: 1, x: 1 });
  expect(response.json()).toMatchObject({
    statusCode: 400,
    error: 'Bad Request',
    code: 'INVALID_INPUT',
    message: expect.arrayContaining([
      'x is not a known field',
      expect.stringMatching(/^scheduler_id /),
      expect.stringMatching(/^service_name /),
      expect.stringMatching(/^job_name /),
    ]) as string[],
  });
  const flood = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`f${n}`, 1]));
  const answer = (await api.call('POST', '/schedulers/register', flood)).json<{ message: string[] }>();
  expect(answer.message).toHaveLength(101);
  const [long] = (await api.call('POST', '/schedulers/register', { ['x'.repeat(60_000)]: 1 })).json<{
    message: string[];
  }>().message;
  expect(long?.length).toBeLessThan(200);
});

it.each([
  ['none', undefined],
  ['text/plain', 'text/plain'],
  ['a form', 'application/x-www-form-urlencoded'],
  ['a form of parts', 'multipart/form-data; boundary=x'],
  ['another JSON', 'application/vnd.api+json'],
  ['nonsense', ';;;'],
  ['a very long one', `application/${'x'.repeat(8_000)}`],
])('takes no media type but JSON: %s', async (_, type) => {
  const headers = type === undefined ? {} : { 'content-type': type };
  const response = await api.vesper.inject({
    method: 'POST',
    url: '/api/v1/schedulers/register',
    headers: { 'x-api-key': KEYS.service, ...headers },
    payload: Buffer.from(good),
  });
  expect(response.json()).toMatchObject({ statusCode: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
});

it.each(['gzip', 'br', 'x'])('takes no body that says it is packed with %s', async (encoding) => {
  const headers = { 'content-encoding': encoding };
  const response = await api.call('POST', '/schedulers/register', gzipSync(good), { headers });
  expect(response.json()).toMatchObject({ statusCode: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
});

it.each(['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/json;charset="UTF-8"'])(
  'takes %s',
  async (type) => {
    const headers = { 'content-type': type };
    expect((await api.call('POST', '/schedulers/register', good, { headers })).statusCode).toBe(201);
  },
);

it.each([
  ['an unknown one', 'colour=red', 'colour is not a known field'],
  ['one that is given twice', 'limit=1&limit=2', 'limit must be given once'],
  ['a list', 'limit[]=1', 'limit[] is not a known field'],
  ['an operator', 'status[$ne]=x', 'status[$ne] is not a known field'],
  ['a reach for the prototype', '__proto__[a]=1', '__proto__[a] is not a known field'],
  ['a bare reach for the prototype', '__proto__=1', '__proto__ is not a known field'],
  ['a name of Object’s', 'toString=1', 'toString is not a known field'],
  ['no name at all', '=1', ' is not a known field'],
  ['a name of bytes', '%00=1', '\0 is not a known field'],
])('refuses query parameters: %s', async (_, query, message) => {
  const response = await api.call('GET', `/schedulers?${query}`);
  expect(response.json()).toMatchObject({ statusCode: 400, message: [message] });
});

it.each(['&&&', 'q=%', 'q=%E0%A4', 'q=%ff', `q=${'%00'.repeat(50)}`, 'q=a+b%20c', '?', 'q=a#b'])(
  'reads the query %s without a stumble',
  async (query) => {
    const response = await api.vesper.request('GET', `/schedulers?${query}`);
    expect([200, 400]).toContain(response.statusCode);
  },
);

it.each([
  ['a key of 60,000 characters', { 'x-api-key': 'x'.repeat(60_000) }, 401],
  ['a bearer of blanks', { authorization: `Bearer${' '.repeat(60_000)}` }, 401],
  ['a bearer of two', { authorization: `Bearer ${KEYS.admin} ${KEYS.admin}` }, 401],
  ['bytes that are no ASCII', { 'x-api-key': 'schlüssel\xff' }, 401],
])('stands headers with %s', async (_, headers, status) => {
  const response = await api.call('GET', '/schedulers', undefined, { key: null, headers });
  expect(response.statusCode).toBe(status);
});

it('stands a flood of headers', async () => {
  const headers = Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`x-flood-${n}`, `${n}`]));
  expect((await api.call('GET', '/schedulers', undefined, { headers })).statusCode).toBe(200);
});

it.each(['[', 'a b', 'evil>; rel="x"', '%', 'a:99999', '', 'é', 'a/b', 'a?b'])(
  'links to the next page whatever the host header says: %j',
  async (host) => {
    await api.call('POST', '/schedulers/register', registration('another'));
    const response = await api.call('GET', '/schedulers?limit=1', undefined, { headers: { host } });
    expect(response.statusCode).toBe(200);
    expect(response.headers.link).toMatch(
      /^<(?:http:\/\/[\w.:[\]-]+)?\/api\/v1\/schedulers\?limit=1&cursor=[\w-]+>; rel="next"$/,
    );
  },
);

it.each(['GET', 'HEAD', 'DELETE'] as const satisfies Method[])(
  'does not mind a body of %s',
  async (method) => {
    const response = await api.vesper.inject({
      method,
      url: '/api/v1/schedulers/nobody',
      headers: { 'x-api-key': KEYS.admin, 'content-type': 'application/json' },
      payload: '{"a":1}',
    });
    expect(response.statusCode).toBe(404);
  },
);

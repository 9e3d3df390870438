import { registration, type Json } from '../harness/api';
import { letTimePass } from '../harness/let-time-pass';
import { RawClient, type RawAnswer } from '../harness/raw-client';
import { KEYS, Vesper } from '../harness/vesper';

const HOST = 'Host: vesper.example\r\n';
const KEY = `${HOST}x-api-key: ${KEYS.service}\r\n`;
const JSON_TYPE = 'Content-Type: application/json\r\n';
const BODY = JSON.stringify(registration('job'));
const REGISTER = `POST /api/v1/schedulers/register HTTP/1.1\r\n${KEY}${JSON_TYPE}`;
const READ = `GET /api/v1/schedulers?limit=1 HTTP/1.1\r\n${KEY}`;

let vesper: Vesper;
let lines: Json[];
const clients: RawClient[] = [];

beforeEach(async () => {
  lines = [];
  vesper = await Vesper.start({ live: true, logTo: (line) => lines.push(JSON.parse(line) as Json) });
  for (const id of ['job', 'other']) await vesper.request('POST', '/schedulers/register', registration(id));
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.drop();
  await letTimePass(vesper.clock, vesper.dispose());
});

async function dial(...parts: readonly (string | Uint8Array)[]): Promise<RawClient> {
  const client = await RawClient.open(vesper.url);
  clients.push(client);
  client.send(...parts);
  return client;
}

/** That Vesper serves a well-behaved client on a connection of its own, and nothing was a fault of the server. */
async function expectWell(): Promise<void> {
  const response = await fetch(`${vesper.url}/api/v1/schedulers`, { headers: { 'x-api-key': KEYS.reader } });
  expect(response.status).toBe(200);
  expect(await response.json()).toHaveLength(2);
  expect(lines.filter((line) => line['level'] === 'error' || Number(line['status']) >= 500)).toEqual([]);
}

const CRLF = '\r\n';
const GARBAGE: readonly (readonly [what: string, bytes: readonly (string | Uint8Array)[], status: number])[] =
  [
    ['noise', [Buffer.from(Array.from({ length: 256 }, (_, n) => (n * 89) % 256)), CRLF, CRLF], 400],
    ['the hello of TLS', [Buffer.from('16030100f1010000ed0303', 'hex')], 400],
    ['HTTP/2', ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'], 400],
    ['a version that is none', [`GET / HTTP/9.9\r\n${HOST}\r\n`], 400],
    ['a method that is none', [`FETCH / HTTP/1.1\r\n${HOST}\r\n`], 400],
    ['a header without a colon', [`${READ}nonsense\r\n\r\n`], 400],
    ['a NUL in a header', [`${READ}x: a\0b\r\n\r\n`], 400],
    ['a folded header', [`${READ}x: a\r\n b\r\n\r\n`], 400],
    ['a length that is no number', [`${REGISTER}Content-Length: many\r\n\r\n${BODY}`], 400],
    ['a negative length', [`${REGISTER}Content-Length: -1\r\n\r\n${BODY}`], 400],
    ['two lengths', [`${REGISTER}Content-Length: 1\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`], 400],
    [
      'a length and chunks',
      [`${REGISTER}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
      400,
    ],
    [
      'a chunk without a size',
      [`${REGISTER}Transfer-Encoding: chunked\r\n\r\nzz\r\n${BODY}\r\n0\r\n\r\n`],
      400,
    ],
    ['headers of 20 KB', [`${READ}x: ${'a'.repeat(20_000)}\r\n\r\n`], 431],
    [
      'a flood of headers',
      [READ, Array.from({ length: 2_000 }, (_, n) => `x-flood-${n}: ${n}\r\n`).join(''), CRLF],
      431,
    ],
    ['a path of 20 KB', [`GET /api/v1/schedulers/${'x'.repeat(20_000)} HTTP/1.1\r\n${KEY}\r\n`], 431],
    ['the announcement of too large a body', [`${REGISTER}Content-Length: 65537\r\n\r\n`], 413],
    [
      'too large a body in chunks',
      [`${REGISTER}Transfer-Encoding: chunked\r\n\r\n`, `10001\r\n${'x'.repeat(65_537)}\r\n0\r\n\r\n`],
      413,
    ],
    ['a path that climbs', [`GET /api/v1/schedulers/../workers HTTP/1.1\r\n${KEY}\r\n`], 404],
    ['a dot for an id', [`GET /api/v1/schedulers/. HTTP/1.1\r\n${KEY}\r\n`], 404],
    ['a path with bare bytes', [`GET /api/v1/schedulers/\xff\xfe HTTP/1.1\r\n${KEY}\r\n`], 400],
    ['a path that is none', [`GET * HTTP/1.1\r\n${KEY}\r\n`], 404],
    [
      'an absolute address of nowhere',
      [`GET http://[/api/v1/schedulers?limit=1 HTTP/1.1\r\n${KEY}\r\n`],
      400,
    ],
    ['an absolute address', [`GET http://a b/api/v1/schedulers?limit=1 HTTP/1.1\r\n${KEY}\r\n`], 400],
    [
      'a host that is none',
      [`GET /api/v1/schedulers?limit=1 HTTP/1.1\r\nHost: ]>;<\r\nx-api-key: ${KEYS.service}\r\n\r\n`],
      200,
    ],
    ['two hosts', [`${READ}${HOST}\r\n`], 200],
    ['two keys', [`${READ}x-api-key: ${KEYS.admin}\r\n\r\n`], 401],
    ['an upgrade', [`${READ}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`], 200],
    ['a trace', [`TRACE /api/v1/schedulers HTTP/1.1\r\n${KEY}\r\n`], 404],
    [
      'an expectation',
      [`${REGISTER}Expect: 100-continue\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`],
      201,
    ],
  ];

it('answers garbage, and what merely looks like it, without a fault of its own', async () => {
  for (const [what, bytes, status] of GARBAGE) {
    const answer = await (await dial(...bytes)).next();
    expect([what, answer?.status]).toEqual([what, status]);
    if (status >= 400) expect([what, problemOf(answer)]).toEqual([what, []]);
    const { link } = answer?.headers ?? {};
    if (link !== undefined)
      expect([what, link]).toEqual([
        what,
        expect.stringMatching(
          /^<(?:http:\/\/[\w.:-]+)?\/api\/v1\/schedulers\?limit=1&cursor=[\w-]+>; rel="next"$/,
        ),
      ]);
  }
  await expectWell();
});

it('never lets a tunnel through', async () => {
  const client = await dial(`CONNECT vesper.example:443 HTTP/1.1\r\n${HOST}\r\n`);
  expect((await client.next())?.status ?? 'hung up').not.toBe(200);
  await expectWell();
});

it('answers pipelined requests in their order, and none behind one that cannot be read', async () => {
  const id = (name: string) => `x-correlation-id: ${name}\r\n`;
  const client = await dial(
    `${READ}${id('good')}\r\n`,
    `GET /api/v1/schedulers HTTP/1.1\r\n${HOST}${id('no-key')}\r\n`,
    `${REGISTER}${id('no-fields')}Content-Length: 2\r\n\r\n{}`,
    `${REGISTER}${id('also-good')}Content-Length: ${BODY.length}\r\n\r\n${BODY}`,
    `${REGISTER}${id('torn')}Content-Length: 1\r\n\r\n{`,
    `${READ}${id('never-read')}\r\n`,
  );
  const answers: unknown[] = [];
  for (let answer = await client.next(); answer !== null; answer = await client.next())
    answers.push([answer.status, answer.headers['x-correlation-id']]);
  expect(answers).toEqual([
    [200, 'good'],
    [401, 'no-key'],
    [400, 'no-fields'],
    [201, 'also-good'],
    [400, 'torn'],
  ]);
});

it('refuses a request without a host', async () => {
  expect((await (await dial('GET /api/v1/health HTTP/1.1\r\n\r\n')).next())?.status).toBe(400);
});

it('does not let requests that never end keep others waiting, or records them', async () => {
  const half = [
    'GET /api/v1/sche',
    `${REGISTER}Content-Length: ${BODY.length}\r\n`,
    `${REGISTER}Content-Length: ${BODY.length}\r\n\r\n${BODY.slice(0, -1)}`,
    `${REGISTER}Transfer-Encoding: chunked\r\n\r\n5\r\n{"sch`,
  ];
  for (let round = 0; round < 25; round++) for (const bytes of half) await dial(bytes);
  await expectWell();
  for (const client of clients.splice(0)) client.drop();
  await expectWell();
});

it('refuses a wrong key before the body is sent', async () => {
  const client = await dial(
    `POST /api/v1/schedulers/register HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: 60000\r\n\r\n`,
  );
  expect((await client.next())?.status).toBe(401);
});

it('stops within its 10 seconds although somebody is in the middle of a sentence', async () => {
  const began = vesper.clock.monotonicMs();
  const silent = await dial(`${REGISTER}Content-Length: 1000\r\n\r\n{`);
  const idle = await dial(`${READ}\r\n`);
  await idle.next();
  await letTimePass(vesper.clock, vesper.stop());
  expect(vesper.clock.monotonicMs() - began).toBeLessThan(10_000);
  await Promise.all([silent.ended(), idle.ended()]);
});

it('answers what was asked before it began to stop, and takes no new connections', async () => {
  const client = await dial(`${REGISTER}Content-Length: ${BODY.length}\r\n\r\n${BODY.slice(0, 5)}`);
  await expectWell();
  const { url } = vesper;
  const began = vesper.clock.monotonicMs();
  const stopping = vesper.stop();
  client.send(BODY.slice(5));
  const answer = await client.next();
  expect(answer?.status).toBe(201);
  await letTimePass(vesper.clock, stopping);
  // The client keeps its connection open; nobody waits for it.
  await client.ended();
  expect(vesper.clock.monotonicMs() - began).toBeLessThan(5_000);
  await expect(RawClient.open(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

/** What is missing in the shape of an error. */
function problemOf(answer: RawAnswer | null): string[] {
  if (answer === null) return ['no answer'];
  const error = JSON.parse(answer.body) as Json;
  const fields = ['timestamp', 'path', 'method', 'error', 'message', 'code'];
  return [
    ...fields.filter((field) => typeof error[field] !== 'string'),
    ...(error['statusCode'] === answer.status ? [] : ['statusCode']),
    ...(error['correlation_id'] === answer.headers['x-correlation-id'] ? [] : ['correlation_id']),
    ...(answer.headers['content-type'] === 'application/json; charset=utf-8' ? [] : ['content-type']),
  ];
}

import { pick, type Random } from '../../tools/replay/seeded-random';
import { FUZZ_KEYS } from './keys';

/** Bytes that no client library would send. */
export interface RawRequest {
  readonly what: string;
  /** Sent one after the other. */
  readonly parts: readonly (string | Uint8Array)[];
  /** Pause between two parts. */
  readonly pauseMs: number;
  /** `hang up`: the connection is dropped after the last part, whatever comes. */
  readonly atEnd: 'read' | 'hang up';
}

const KIB = 1_024;
const REGISTER = '/api/v1/schedulers/register';
const LIST = '/api/v1/schedulers';

const METHODS = [
  'FOO',
  'TRACE',
  'CONNECT',
  'PROPFIND',
  'get',
  'POSTPOST',
  'M-SEARCH',
  'OPTIONS',
  'PATCH',
  'LINK',
  '',
];
const PATHS = [
  ...[
    '/%00',
    '/api/v1/%00',
    `${LIST}/%2e%2e/%2e%2e/etc/passwd`,
    `${LIST}/../../../etc/passwd`,
    '//',
    '///api//v1',
    '*',
  ],
  ...[
    `${LIST}/%c0%ae%c0%ae/status`,
    `${LIST}/\xff\xfe/history`,
    `${LIST}/${'a'.repeat(9 * KIB)}`,
    `${LIST}/%`,
    `${LIST}/%zz`,
  ],
  ...[
    'http://evil.test/api/v1/schedulers',
    'evil.test:443',
    '/api/v1/status/%E2%80%AE',
    `${LIST}?${'&'.repeat(4 * KIB)}`,
  ],
  ...[
    `${LIST}?limit=%00`,
    `${LIST}#fragment`,
    `${LIST};jsessionid=1`,
    '/api/v1/SCHEDULERS',
    `${LIST}/`,
    ' /api/v1/schedulers',
    '',
  ],
  ...['/api/docs/../../../package.json', '/api/docs/%2e%2e%2fpackage.json', '/.env', '/api/v1/health/%2f'],
];
const HEADERS = [
  ...[
    'content-length: 5\r\ncontent-length: 6',
    'content-length: 5\r\ntransfer-encoding: chunked',
    'transfer-encoding: gzip, chunked',
  ],
  ...[
    'transfer-encoding: chunked\r\ntransfer-encoding: identity',
    'content-length: -1',
    'content-length: 99999999999999999999',
  ],
  ...[
    'content-type: application/json\r\ncontent-type: text/plain',
    `x-api-key: ${FUZZ_KEYS.admin}\r\nx-api-key: ${FUZZ_KEYS.reader}`,
  ],
  ...[
    'x-api-key: a\0b',
    'no-colon-here',
    ' folded: yes',
    'x-folded: a\r\n b',
    ': empty',
    'x\xff: y',
    `x-long: ${'a'.repeat(20 * KIB)}`,
  ],
  ...[
    'expect: 100-continue',
    'expect: something',
    'connection: upgrade\r\nupgrade: websocket',
    'host: a\r\nhost: b',
  ],
  ...[
    Array.from({ length: 3_000 }, (_, n) => `x-${n}: 1`).join('\r\n'),
    'x-correlation-id: <!channel>',
    'x-correlation-id: \x1b[2J',
  ],
];
const BODIES = [
  ...[
    '{',
    '[',
    '{"a":',
    '"',
    '\ufeff{}',
    '{"a":1}{"b":2}',
    '{"__proto__":{"a":1}}',
    '{"a":NaN}',
    '\0',
    '[1,2',
    '<xml/>',
  ],
  ...[
    '['.repeat(60 * KIB),
    '{"a":'.repeat(12 * KIB),
    '9'.repeat(60 * KIB),
    `{"scheduler_id":"${'\\u0000'.repeat(KIB)}"}`,
  ],
];
const TYPES = [
  'application/json',
  'text/plain',
  'application/xml',
  '',
  'application/json; charset=utf-16',
  '*/*',
  'a/b; c="',
];

const KINDS: readonly ((random: Random) => RawRequest)[] = [
  (random) => whole('an odd method', head(one(METHODS, random), one([LIST, REGISTER], random))),
  (random) => whole('an odd path', head(one(['GET', 'POST', 'PUT'], random), one(PATHS, random))),
  (random) => whole('odd headers', head('POST', REGISTER, [one(HEADERS, random)])),
  (random) => whole('two kinds of odd headers', head('GET', LIST, pick(HEADERS, 2, random))),
  (random) => withBody(one(BODIES, random), one(TYPES, random), random),
  (random) =>
    whole(
      'no HTTP at all',
      one(
        [
          '\x16\x03\x01\x02\0\x01',
          'GET',
          '\r\n\r\n\r\n',
          'GET / HTTP/9.9\r\n\r\n',
          '\0'.repeat(KIB),
          'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
        ],
        random,
      ),
    ),
  (random) =>
    whole(
      'requests in a row',
      head('GET', LIST) + one(['garbage', '\0', head('GET', LIST)], random) + head('GET', LIST),
    ),
  (random) =>
    whole(
      'broken chunks',
      `${head('POST', REGISTER, ['transfer-encoding: chunked', 'content-type: application/json']).slice(0, -2)}\r\n${one(['zz\r\n{}\r\n', '2\r\n{}', 'ffffffffffffffff\r\n', '-1\r\n\r\n', '2;x=\0\r\n{}\r\n0\r\n\r\n'], random)}`,
    ),
  (random) => ({
    what: 'half a request',
    parts: [halfOf(head('POST', REGISTER, ['content-length: 50']), random)],
    pauseMs: 0,
    atEnd: 'hang up',
  }),
  (random) => ({
    what: 'half a body',
    parts: [
      head('POST', REGISTER, ['content-length: 500', 'content-type: application/json']),
      halfOf('{"scheduler_id":"x"}', random),
    ],
    pauseMs: 0,
    atEnd: 'hang up',
  }),
];

/** One in so many is sent byte by byte. */
const SLOW_EVERY = 50;
const SLOW_PARTS = 12;
const SLOW_PAUSE_MS = 60;

export function rawRequest(random: Random): RawRequest {
  if (random() * SLOW_EVERY < 1) return slow(random);
  return one(KINDS, random)(random);
}

function slow(random: Random): RawRequest {
  const text =
    head('POST', REGISTER, ['content-length: 40', 'content-type: application/json']) + '{"scheduler_id":"x"';
  const size = Math.ceil(text.length / SLOW_PARTS);
  const parts = Array.from({ length: SLOW_PARTS }, (_, n) => text.slice(n * size, (n + 1) * size));
  return {
    what: 'a slow request',
    parts: parts.slice(0, 1 + Math.floor(random() * SLOW_PARTS)),
    pauseMs: SLOW_PAUSE_MS,
    atEnd: 'hang up',
  };
}

function withBody(body: string, type: string, random: Random): RawRequest {
  const bytes =
    random() < 0.2 ? Buffer.from([...Buffer.from(body.slice(0, 200)), 0xff, 0xfe, 0xc0]) : Buffer.from(body);
  const headers = [`content-type: ${type}`, `content-length: ${bytes.length}`];
  const [method, path] = one(
    [
      ['POST', REGISTER],
      ['PUT', `${LIST}/x/status`],
      ['POST', '/api/v1/status/batch'],
    ] as const,
    random,
  );
  return { what: 'a broken body', parts: [head(method, path, headers), bytes], pauseMs: 0, atEnd: 'read' };
}

/** Everything at once; the last header asks to close, so that an answer has an end. */
function whole(what: string, text: string): RawRequest {
  return { what, parts: [text], pauseMs: 0, atEnd: 'read' };
}

function head(method: string, path: string, headers: readonly string[] = []): string {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'host: vesper',
    `x-api-key: ${FUZZ_KEYS.admin}`,
    'connection: close',
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function halfOf(text: string, random: Random): string {
  return text.slice(0, Math.floor(random() * text.length));
}

function one<T>(choices: readonly T[], random: Random): T {
  return choices[Math.floor(random() * choices.length)] as T;
}

import fc from 'fast-check';
import { hostileText } from '../builders/hostile-text';
import {
  exampleOf,
  type ApiDocument,
  type Json,
  type Method,
  type Operation,
  type Parameter,
} from './api-contract';
import type { Schema } from './json-schema';

/** A request below /api/v1. */
export interface FuzzedRequest {
  readonly method: Method;
  readonly path: string;
  readonly body: Json | string | Buffer | undefined;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the requests are made from. */
export interface FuzzedApi {
  readonly document: ApiDocument;
  /** Good ones; the first is for everything. */
  readonly keys: readonly [string, ...string[]];
  operations(): readonly { readonly method: Method; readonly path: string; readonly operation: Operation }[];
}

const KIB = 1_024;

/** Text of any kind: what people write, what programs break, and names that mean something to somebody. */
const anyText = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme', maxLength: 300 }) },
  { weight: 4, arbitrary: hostileText },
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      ...['__proto__', 'constructor', 'toString', '\ud800', 'a\0b', '', ' ', '-0', '1e999', 'null'],
      ...[
        '<!channel>',
        '<!here>',
        '<@U0000000001>',
        '&lt;!channel&gt;',
        'a\u202eb',
        '../../etc/passwd',
        "' OR 1=1",
      ],
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom('x'.repeat(5 * KIB), '夜'.repeat(3 * KIB)) },
);
/** Instants that are none, or that no calendar of ours reaches. */
const oddInstant = fc.constantFrom(
  ...[
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-03-02',
    '2026-03-02T24:00:00Z',
    '0000-01-01T00:00:00Z',
  ],
  ...['+275760-09-13T00:00:00.001Z', '-271821-04-20T00:00:00Z', '9999-12-31T23:59:60Z', '1772470800000'],
  ...['2026-03-02T17:00:00+99:00', '2026-03-02T17:00:00.123456789Z', '2026-03-29T02:30:00[Europe/Berlin]'],
);
const oddNumber = fc.oneof(
  fc.double(),
  fc.maxSafeInteger(),
  fc.constantFrom(-1, -0, 2 ** 31, 2 ** 53, Number.MAX_VALUE, 5e-324, 1.5),
);
const anyValue = fc.oneof(
  { weight: 12, arbitrary: anyText },
  { weight: 6, arbitrary: fc.jsonValue({ maxDepth: 4, noUnicodeString: false }) },
  { weight: 6, arbitrary: oddNumber },
  { weight: 2, arbitrary: oddInstant },
  { weight: 6, arbitrary: fc.constantFrom<unknown>(null, true, [], {}, [[]], { toString: 1 }, { $gt: '' }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(
      nested(50),
      nested(2_000),
      Array(1_000).fill('x'),
      'x'.repeat(65 * KIB),
    ),
  },
);
const headerText = fc.string({
  unit: fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code)),
  maxLength: 200,
});
const BROKEN_BODIES = [
  ...[
    '{',
    '{"a":',
    '[1,',
    'nul',
    '{"a":1}}',
    "{'a':1}",
    '{"a":NaN}',
    '{"a":1,}',
    '\ufeff{}',
    '// {}',
    '"',
    '\0',
  ],
  ...['{"__proto__":{"a":1}}', '{"constructor":{"prototype":{}}}', '{"status":"failed","status":"running"}'],
  ...['['.repeat(30_000), '{"a":'.repeat(10_000), `"${'x'.repeat(70 * KIB)}"`],
];

/** Requests to all operations of an API, each as likely as any other. */
export function fuzzedRequests(api: FuzzedApi): fc.Arbitrary<FuzzedRequest> {
  return fc.oneof(
    ...api
      .operations()
      .map(({ method, path, operation }) =>
        anyRequest(api, path, operation).map((made) => ({ method, ...made })),
      ),
  );
}

function anyRequest(
  api: FuzzedApi,
  path: string,
  operation: Operation,
): fc.Arbitrary<Omit<FuzzedRequest, 'method'>> {
  const parameters = operation.parameters ?? [];
  const inPath = fc.oneof(
    { weight: 8, arbitrary: fc.constant('service-a-eod-process') },
    { weight: 4, arbitrary: anyText.map(toPathSegment) },
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        '%',
        '%zz',
        '%ff',
        '%00',
        '',

        '%2e%2e%2f',
        '%c0%ae',
        '..%5c',
        '%u0041',
        ';a=1',
      ),
    },
  );
  return fc.record({
    path: fc
      .tuple(inPath, anyQuery(parameters.filter((parameter) => parameter.in === 'query')))
      .map(([id, query]) => `${path.replace('/api/v1', '').replace(/\{\w+\}/, () => id)}${query}`),
    body: operation.requestBody === undefined ? fc.constant(undefined) : anyBody(api, operation),
    key: fc.oneof(
      { weight: 6, arbitrary: fc.constant(api.keys[0]) },
      fc.constantFrom(...api.keys, null),
      headerText,
    ),
    headers: anyHeaders(),
  });
}

function anyQuery(parameters: readonly Parameter[]): fc.Arbitrary<string> {
  const known = fc.constantFrom('x', ...parameters.map((parameter) => parameter.name));
  const value = (name: string) => {
    const parameter = parameters.find((candidate) => candidate.name === name);
    const good = parameter?.schema.enum ?? [parameter === undefined ? 'x' : exampleOf(parameter)];
    return fc
      .oneof(fc.constantFrom(...good.map(String)), anyText, oddInstant, oddNumber.map(String))
      .map((text) => `${name}=${toPathSegment(text)}`);
  };
  const pair = fc.oneof(
    { weight: 4, arbitrary: known.chain(value) },
    fc.constantFrom('&', '=', '%', 'a[b]=1', '__proto__=1', '%00=%00', 'limit[]=1', 'limit=1&limit=2'),
  );
  return fc.array(pair, { maxLength: 4 }).map((pairs) => (pairs.length === 0 ? '' : `?${pairs.join('&')}`));
}

function anyBody(api: FuzzedApi, operation: Operation): fc.Arbitrary<FuzzedRequest['body']> {
  const [content] = Object.values(operation.requestBody?.content ?? {});
  const name = content?.schema.$ref?.split('/').at(-1) ?? '';
  const { properties = {} } = api.document.components.schemas[name] ?? {};
  const good = Object.fromEntries(
    Object.entries(properties).map(([field, schema]) => [field, schema.example]),
  );
  const field = fc.constantFrom('x', '__proto__', ...Object.keys(properties));
  const change = fc.tuple(
    field,
    field.chain((name) => nearlyGood(properties[name])),
  );
  const changed = fc
    .array(change, { maxLength: 3 })
    .map((changes) => ({ ...good, ...Object.fromEntries(changes) }));
  return fc.oneof(
    { weight: 12, arbitrary: changed.map((body) => JSON.stringify(body)) },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.constantFrom(...BROKEN_BODIES) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}

function nearlyGood(schema: Schema | undefined): fc.Arbitrary<unknown> {
  const choices: fc.Arbitrary<unknown>[] = [anyValue, fc.constant(undefined)];
  if (schema?.enum) choices.push(fc.constantFrom(...schema.enum));
  if (schema?.format === 'date-time')
    choices.push(
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      oddInstant,
    );
  if (schema?.maxLength)
    choices.push(fc.integer({ min: 0, max: schema.maxLength + 2 }).map((length) => 'é'.repeat(length)));
  return fc.oneof(...choices);
}

function anyHeaders(): fc.Arbitrary<Readonly<Record<string, string>>> {
  const header = fc.oneof(
    fc.tuple(
      fc.constantFrom(
        'x-correlation-id',
        'x-request-id',
        'host',
        'accept',
        'content-encoding',
        'authorization',
      ),
      headerText,
    ),
    fc.tuple(
      fc.constant('content-type'),
      fc.oneof(
        fc.constantFrom(
          'application/json',
          'text/plain',
          '',
          'application/xml',
          'multipart/form-data; boundary=x',
        ),
        fc.constantFrom(
          'application/json; charset=utf-16',
          'application/x-www-form-urlencoded',
          'application/JSON',
        ),
        headerText,
      ),
    ),
  );
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant({}) },
    fc.array(header, { maxLength: 2 }).map((pairs) => Object.fromEntries(pairs)),
  );
}

/** As a URL can carry it; halves of characters become U+FFFD. */
function toPathSegment(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function nested(depth: number): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

import fc from 'fast-check';
import { exampleOf, type Api, type Json, type Operation, type Parameter } from './api';
import type { Schema } from './json-schema';
import { KEYS } from './vesper';

interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
}

interface FuzzedRequest {
  readonly path: string;
  readonly body: Json | string | Buffer | undefined;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Text of any kind: what people write, what programs break, and names that mean something to somebody. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.constantFrom('__proto__', 'constructor', '\ud800', 'a\0b', '<!channel>', '', ' ', '-0', '1e999', 'null'),
);
const anyValue = fc.oneof(
  anyText,
  fc.jsonValue({ maxDepth: 4, noUnicodeString: false }),
  fc.double(),
  fc.maxSafeInteger(),
  fc.constantFrom(null, true, [], {}, [[]], { toString: 1 }),
);
const headerText = fc.string({
  unit: fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code)),
  maxLength: 200,
});

/**
 * Sends requests made from the OpenAPI document: its operations with good, nearly good and absurd parameters, bodies and headers.
 * Each answer must be documented for its operation and shaped as documented ({@link Api.call}), and none a fault of the server.
 * The same seed sends the same requests; on a failure fast-check reports the smallest request that still fails.
 */
export async function fuzzApi(api: Api, { requests, seed }: FuzzOptions): Promise<void> {
  const operation = fc.constantFrom(...api.operations());
  const request = operation.chain(({ method, path, operation }) =>
    anyRequest(api, path, operation).map((made) => ({ method, ...made })),
  );
  const send = async ({
    method,
    path,
    body,
    key,
    headers,
  }: FuzzedRequest & { method: Parameters<Api['call']>[0] }) => {
    const { statusCode } = await api.call(method, path, body, { key, headers });
    if (statusCode >= 500) throw new Error(`answered with ${statusCode}`);
  };
  await fc.assert(fc.asyncProperty(request, send), { seed, numRuns: requests });
}

function anyRequest(api: Api, path: string, operation: Operation): fc.Arbitrary<FuzzedRequest> {
  const parameters = operation.parameters ?? [];
  const inPath = fc.oneof(
    { weight: 2, arbitrary: fc.constant('service-a-eod-process') },
    anyText.map(toPathSegment),
    fc.constantFrom('%', '%zz', '%ff', '%00', ''),
  );
  return fc.record({
    path: fc
      .tuple(inPath, anyQuery(parameters.filter((parameter) => parameter.in === 'query')))
      .map(([id, query]) => `${path.replace('/api/v1', '').replace(/\{\w+\}/, () => id)}${query}`),
    body: operation.requestBody === undefined ? fc.constant(undefined) : anyBody(api, operation),
    key: fc.oneof(
      { weight: 6, arbitrary: fc.constant(KEYS.admin) },
      fc.constantFrom(...Object.values(KEYS), null),
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
      .oneof(fc.constantFrom(...good.map(String)), anyText)
      .map((text) => `${name}=${toPathSegment(text)}`);
  };
  const pair = fc.oneof(
    { weight: 4, arbitrary: known.chain(value) },
    fc.constantFrom('&', '=', '%', 'a[b]=1', '__proto__=1'),
  );
  return fc.array(pair, { maxLength: 4 }).map((pairs) => (pairs.length === 0 ? '' : `?${pairs.join('&')}`));
}

function anyBody(api: Api, operation: Operation): fc.Arbitrary<FuzzedRequest['body']> {
  const [content] = Object.values(operation.requestBody?.content ?? {});
  const name = content?.schema.$ref?.split('/').at(-1) ?? '';
  const { properties = {} } = api.document.components.schemas[name] ?? {};
  const good = Object.fromEntries(
    Object.entries(properties).map(([field, schema]) => [field, schema.example]),
  );
  const field = fc.constantFrom('x', ...Object.keys(properties));
  const change = fc.tuple(
    field,
    field.chain((name) => nearlyGood(properties[name])),
  );
  const changed = fc
    .array(change, { maxLength: 3 })
    .map((changes) => ({ ...good, ...Object.fromEntries(changes) }));
  return fc.oneof(
    { weight: 8, arbitrary: changed.map((body) => JSON.stringify(body)) },
    fc.json(),
    fc.string({ unit: 'binary' }),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.constant(undefined),
  );
}

function nearlyGood(schema: Schema | undefined): fc.Arbitrary<unknown> {
  const choices: fc.Arbitrary<unknown>[] = [anyValue, fc.constant(undefined)];
  if (schema?.enum) choices.push(fc.constantFrom(...schema.enum));
  if (schema?.format === 'date-time')
    choices.push(fc.date({ noInvalidDate: true }).map((date) => date.toISOString()));
  if (schema?.maxLength)
    choices.push(fc.integer({ min: 0, max: schema.maxLength + 2 }).map((length) => 'é'.repeat(length)));
  return fc.oneof(...choices);
}

function anyHeaders(): fc.Arbitrary<Readonly<Record<string, string>>> {
  const header = fc.oneof(
    fc.tuple(
      fc.constantFrom('x-correlation-id', 'x-request-id', 'host', 'accept', 'content-encoding'),
      headerText,
    ),
    fc.tuple(
      fc.constant('content-type'),
      fc.oneof(fc.constantFrom('application/json', 'text/plain', ''), headerText),
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

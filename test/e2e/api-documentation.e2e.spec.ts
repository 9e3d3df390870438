import { Validator } from '@seriousme/openapi-schema-validator';
import { Api, exampleOf, type Json, type Operation } from '../harness/api';
import { findMismatches, type Schema } from '../harness/json-schema';
import { KEYS, Vesper } from '../harness/vesper';

const ID = 'service-a-eod-process';
const APPS = JSON.stringify({
  apps: { Planning: { domains: ['Actual'] }, FCCS: { domains: ['Consolidation'] } },
  channels: { C12345678: { name: 'epm-main' } },
});
/** Something is said, and not twice. */
const ONE_SENTENCE = expect.stringMatching(/^.*\w{3}.*$/) as string;

let vesper: Vesper;
let api: Api;

beforeAll(async () => {
  vesper = await Vesper.start({ appsFile: APPS });
  api = await Api.of(vesper);
});
afterAll(() => vesper.dispose());

const examplesOf = (name: string): Json => {
  const { properties = {} } = api.document.components.schemas[name] ?? {};
  return Object.fromEntries(Object.entries(properties).map(([field, schema]) => [field, schema.example]));
};
const named = () => api.operations().map((entry) => ({ ...entry, name: `${entry.method} ${entry.path}` }));
const contentOf = (answer: { content?: Operation['responses'][string]['content'] }) =>
  Object.values(answer.content ?? {});

describe('the OpenAPI document', () => {
  it('is valid', async () => {
    const result = await new Validator().validate(
      structuredClone(api.document) as unknown as Record<string, unknown>,
    );
    expect(result).toMatchObject({ valid: true });
  });

  it('holds every route of the API', () => {
    expect(
      named()
        .map(({ name }) => name)
        .sort(),
    ).toEqual([
      'DELETE /api/v1/schedulers/{id}',
      'GET /api/v1/canvas/preview',
      'GET /api/v1/health',
      'GET /api/v1/health/live',
      'GET /api/v1/health/ready',
      'GET /api/v1/metrics',
      'GET /api/v1/schedulers',
      'GET /api/v1/schedulers/{id}',
      'GET /api/v1/schedulers/{id}/history',
      'GET /api/v1/status',
      'GET /api/v1/status/{app}',
      'GET /api/v1/status/{app}/audit',
      'GET /api/v1/workers',
      'POST /api/v1/canvas/sync',
      'POST /api/v1/schedulers/register',
      'POST /api/v1/schedulers/{id}/heartbeat',
      'POST /api/v1/status',
      'POST /api/v1/status/batch',
      'PUT /api/v1/schedulers/{id}/status',
    ]);
  });

  it('describes every operation, and each by a name of its own', () => {
    for (const { name, operation } of named()) {
      expect([name, operation.summary, operation.description, operation.tags]).toEqual([
        name,
        ONE_SENTENCE,
        ONE_SENTENCE,
        [expect.stringMatching(/^(?:schedulers|board|operations)$/)],
      ]);
    }
    const ids = named().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('describes every parameter once, with an example that fits', () => {
    for (const { name, path, operation } of named()) {
      const parameters = operation.parameters ?? [];
      const places = parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
      expect([name, places]).toEqual([name, [...new Set(places)]]);
      const inPath = parameters.filter((parameter) => parameter.in === 'path');
      expect(inPath.map((parameter) => `{${parameter.name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
      for (const parameter of parameters) {
        const place = `${name} ${parameter.name}`;
        expect([place, parameter.description]).toEqual([place, ONE_SENTENCE]);
        expect([place, mismatches(exampleOf(parameter), parameter.schema)]).toEqual([place, []]);
        // Else Swagger UI fills it in, and a list tried out there is narrowed by every filter it has.
        if (!parameter.required) expect([place, parameter.schema.example]).toEqual([place, undefined]);
      }
    }
  });

  it('describes every field, with an example that fits', () => {
    for (const [model, { properties = {} }] of Object.entries(api.document.components.schemas)) {
      for (const [field, schema] of Object.entries(properties)) {
        const place = `${model}.${field}`;
        expect([place, schema.description]).toEqual([place, ONE_SENTENCE]);
        if (schema.allOf === undefined)
          expect([place, mismatches(schema.example, schema)]).toEqual([place, []]);
      }
    }
  });

  it('describes every answer, with a body that fits its schema', () => {
    for (const { name, operation } of named()) {
      for (const [status, answer] of Object.entries(operation.responses)) {
        const place = `${name} ${status}`;
        expect([place, answer.description]).toEqual([place, ONE_SENTENCE]);
        expect([place, contentOf(answer).length]).toEqual([place, status === '204' ? 0 : 1]);
        for (const { schema, example, examples = {} } of contentOf(answer)) {
          const bodies = Object.values(examples).map(({ value }) => value);
          for (const body of example === undefined ? bodies : [example]) {
            expect([place, mismatches(body, schema)]).toEqual([place, []]);
            const isBoard = schema.$ref?.endsWith('/BoardErrorBody') ?? false;
            expect(body).toMatchObject(isBoard ? { success: false } : { statusCode: Number(status) });
          }
        }
        for (const header of Object.values(answer.headers ?? {}))
          expect([place, header.description]).toEqual([place, ONE_SENTENCE]);
      }
    }
  });

  it('documents the errors that an operation can end in', () => {
    for (const { name, path, method, operation } of named()) {
      const { security = [] } = operation;
      const expected = [
        400,
        ...(security.length > 0 ? [401, 403, 429] : []),
        ...(path.includes('{') ? [404, 414] : []),
        ...(operation.requestBody ? [413, 415] : []),
        ...(path.includes('/schedulers') ? [503] : []),
        ...(/\/(?:status|canvas)\b/.test(path) && !path.includes('/schedulers') ? [500] : []),
        ...(path.includes('/canvas/sync') ? [502] : []),
      ].map(String);
      expect([name, Object.keys(operation.responses)]).toEqual([name, expect.arrayContaining(expected)]);
      if (method === 'GET') expect(operation.requestBody).toBeUndefined();
    }
  });

  it('groups the operations, in the order in which they are needed', () => {
    const { tags = [] } = api.document;
    expect(tags.map(({ name }) => name)).toEqual(['schedulers', 'board', 'operations']);
    for (const { description } of tags) expect(description).toEqual(ONE_SENTENCE);
  });

  it('asks for a key, either way of sending it, wherever one is needed', () => {
    const { securitySchemes } = api.document.components;
    expect(securitySchemes).toMatchObject({
      'x-api-key': { type: 'apiKey', in: 'header', name: 'x-api-key' },
      bearer: { type: 'http', scheme: 'bearer' },
    });
    for (const { name, path, operation } of named()) {
      const ways = (operation.security ?? []).map((way) => Object.keys(way)[0] ?? 'none').sort();
      const expected = path.includes('/health')
        ? []
        : path.includes('/metrics')
          ? ['bearer', 'none', 'x-api-key']
          : ['bearer', 'x-api-key'];
      expect([name, ways]).toEqual([name, expected]);
    }
  });

  it('gives examples that work as they stand', async () => {
    const register = await api.call('POST', '/schedulers/register', examplesOf('RegisterDto'));
    expect(register.statusCode).toBe(201);
    const status = await api.call('PUT', `/schedulers/${ID}/status`, examplesOf('StatusUpdateDto'));
    expect(status.statusCode).toBe(200);
    const heartbeat = await api.call('POST', `/schedulers/${ID}/heartbeat`, examplesOf('HeartbeatDto'));
    expect(heartbeat.statusCode).toBe(200);
    const cell = await api.call('POST', '/status', examplesOf('CellUpdateDto'));
    expect(cell.statusCode).toBe(200);
    const batch = await api.call('POST', '/status/batch', examplesOf('BatchUpdateDto'));
    expect(batch.statusCode).toBe(200);
    for (const { path, method, operation } of api.operations().filter((entry) => entry.method === 'GET')) {
      const query = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
      const pairs = query.map(
        (parameter) => [parameter.name, String(exampleOf(parameter))] as [string, string],
      );
      const url = `${path.replace('/api/v1', '').replace('{id}', ID).replace('{app}', 'Planning')}?${new URLSearchParams(pairs).toString()}`;
      const { statusCode } = await api.call(method, url, undefined, { key: KEYS.admin });
      expect([path, statusCode]).toEqual([path, 200]);
    }
  });
});

describe('Swagger UI', () => {
  it('is open to everybody, with all its files, under a strict policy that plain HTTP can keep', async () => {
    const page = await vesper.inject({ url: '/api/docs' });
    expect(page.statusCode).toBe(200);
    expect(page.headers).toMatchObject({
      'content-type': expect.stringContaining('text/html') as string,
      'content-security-policy': expect.stringContaining("script-src 'self';") as string,
      'x-frame-options': 'DENY',
    });
    expect(page.headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
    const files = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      const { statusCode } = await vesper.inject({ url: new URL(file, 'http://x/api/docs').pathname });
      expect([file, statusCode]).toEqual([file, 200]);
    }
    // Nothing inline, or the policy above would stop it.
    expect(page.body).not.toMatch(/<script>\s*\S|<script(?![^>]*src)[^>]*>\s*\S/);
  });

  it('is made from the document that is published', async () => {
    const init = await vesper.inject({ url: '/api/docs/swagger-ui-init.js' });
    expect(init.body).toContain('SchedulersController_updateStatus');
    expect(init.body).toContain('"persistAuthorization": true');
  });
});

function mismatches(value: unknown, schema: Schema): string[] {
  return findMismatches(value, schema, api.document.components.schemas);
}

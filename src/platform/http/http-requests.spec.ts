import { request as httpRequest } from 'node:http';
import { type AddressInfo } from 'node:net';
import { as, post, startApp } from '../../../test/harness/notes-app';
import { SystemClock } from '../../adapters/system/system.clock';

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

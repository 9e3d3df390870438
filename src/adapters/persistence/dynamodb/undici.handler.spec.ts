import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import type { DynamoDBClientResolvedConfig } from '@aws-sdk/client-dynamodb';
import { until } from '../../../../test/harness/until';
import { UndiciHandler } from './undici.handler';

type SdkRequest = Parameters<DynamoDBClientResolvedConfig['requestHandler']['handle']>[0];

const LIMITS = { connectMs: 1_000, answerMs: 5_000, sockets: 2 };

function requestTo(server: { address(): unknown }): SdkRequest {
  const { port } = server.address() as AddressInfo;
  const where = { protocol: 'http:', hostname: '127.0.0.1', port, path: '/' };
  return {
    ...where,
    method: 'POST',
    headers: { 'x-asked': 'yes' },
    query: {},
    body: '{"a":1}',
  } as SdkRequest;
}

describe('the way to the wire', () => {
  let handler: UndiciHandler;
  let server: Server;
  const open: ServerResponse[] = [];
  let answer: (response: ServerResponse, body: string) => void;

  beforeAll(async () => {
    server = createServer((request, response) => {
      open.push(response);
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => answer(response, Buffer.concat(parts).toString()));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  beforeEach(() => {
    open.length = 0;
    handler = new UndiciHandler(LIMITS);
  });
  afterEach(() => handler.destroy());
  afterAll((done) => {
    server.closeAllConnections();
    server.close(done);
  });

  it('brings body and headers there, and status, headers and the whole body back', async () => {
    answer = (response, body) => {
      response.writeHead(400, { 'X-Amzn-RequestId': '42', 'Set-Cookie': ['a', 'b'] });
      response.write(body);
      setTimeout(() => response.end('🌙'), 5);
    };
    const { response } = await handler.handle(requestTo(server));
    expect(response.statusCode).toBe(400);
    expect(response.headers).toMatchObject({ 'x-amzn-requestid': '42', 'set-cookie': 'a,b' });
    expect(Buffer.from(response.body as Uint8Array).toString()).toBe('{"a":1}🌙');
  });

  it('has so many sockets and no more, which it uses again', async () => {
    const ports = new Set<number | undefined>();
    let most = 0;
    let under = 0;
    answer = (response) => {
      ports.add(response.socket?.remotePort);
      most = Math.max(most, ++under);
      setTimeout(() => {
        under -= 1;
        response.end('{}');
      }, 2);
    };
    await Promise.all(Array.from({ length: 12 }, () => handler.handle(requestTo(server))));
    expect({ most, sockets: ports.size }).toEqual({ most: 2, sockets: 2 });
  });

  it('gives up an answer that does not come to its end in time, as a fault that is worth another try', async () => {
    handler = new UndiciHandler({ ...LIMITS, answerMs: 40 });
    answer = (response) => response.writeHead(200).write('{');
    await expect(handler.handle(requestTo(server))).rejects.toMatchObject({
      name: 'TimeoutError',
      code: 'ETIMEDOUT',
    });
    await until(() => open[0]?.destroyed === true);
  });

  it('breaks off what is on the wire when it is aborted, and sends nothing once it was', async () => {
    answer = () => undefined;
    const abortSignal = new AbortController();
    const call = handler.handle(requestTo(server), { abortSignal: abortSignal.signal });
    await until(() => open.length === 1);
    abortSignal.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    await until(() => open[0]?.destroyed === true);
    const again = handler.handle(requestTo(server), { abortSignal: abortSignal.signal });
    await expect(again).rejects.toMatchObject({ name: 'AbortError' });
    expect(open).toHaveLength(1);
  });

  it('does not send what was aborted while it waited for a socket, which goes to the next', async () => {
    handler = new UndiciHandler({ ...LIMITS, sockets: 1 });
    answer = () => undefined;
    const first = handler.handle(requestTo(server));
    await until(() => open.length === 1);
    const abortSignal = new AbortController();
    const second = handler.handle(requestTo(server), { abortSignal: abortSignal.signal });
    abortSignal.abort();
    await expect(second).rejects.toMatchObject({ name: 'AbortError' });
    const ports = new Set([open[0]?.socket?.remotePort]);
    answer = (response) => {
      ports.add(response.socket?.remotePort);
      response.end('{}');
    };
    open[0]?.end('{}');
    await first;
    await handler.handle(requestTo(server));
    expect({ requests: open.length, sockets: ports.size }).toEqual({ requests: 2, sockets: 1 });
  });

  it('refuses what cannot be sent, and has its sockets for the others', async () => {
    answer = (response) => response.end('{}');
    const request = requestTo(server);
    const odd = { ...request, headers: { 'x-token': 'of a file\n' } };
    for (let call = 0; call < 3; call++)
      await expect(handler.handle(odd)).rejects.toMatchObject({ code: 'ERR_INVALID_CHAR' });
    await expect(handler.handle(request)).resolves.toMatchObject({ response: { statusCode: 200 } });
  });

  it('leaves the fetch of the process as it was', () => {
    const dispatchers = Object.getOwnPropertySymbols(globalThis).map(String);
    expect(dispatchers.filter((name) => name.includes('undici.globalDispatcher'))).toEqual([]);
  });
});

describe('a connection', () => {
  const sockets: Socket[] = [];
  const handler = new UndiciHandler(LIMITS);
  afterAll(() => handler.destroy());

  it.each([
    ['before the answer', ''],
    ['in the middle of it', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 9\r\n\r\n{'],
    [
      'in the middle of a chunk',
      'HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{',
    ],
  ])('that ends %s is a fault of the network by its code', async (_where, text) => {
    const server = createTcpServer((socket) => {
      sockets.push(socket);
      socket.once('data', () => socket.end(text));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    await expect(handler.handle(requestTo(server))).rejects.toMatchObject({ code: 'ECONNRESET' });
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });

  it('that nobody takes is one too', async () => {
    const server = createTcpServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const request = requestTo(server);
    server.close();
    await once(server, 'close');
    await expect(handler.handle(request)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SelfPingWorker } from './self-ping.worker';

describe('SelfPingWorker', () => {
  let server: Server;
  let status = 200;
  let asked: string[] = [];
  let address: string;
  const signal = new AbortController().signal;

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(status).end('OK');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping/secret-token`;
  });
  beforeEach(() => {
    status = 200;
    asked = [];
  });
  afterAll(() => server.close());

  it('asks its address', async () => {
    await new SelfPingWorker(address, fetch).run(new Date(), { signal });
    expect(asked).toEqual(['/ping/secret-token']);
  });

  it('is never due without an address', () => {
    expect(new SelfPingWorker(null, fetch).isDue()).toBe(false);
  });

  it('fails on a bad answer without quoting the address', async () => {
    status = 404;
    const failure = await new SelfPingWorker(address, fetch)
      .run(new Date(), { signal })
      .catch((error: Error) => error);
    expect(String(failure)).toContain('answered 404');
    expect(String(failure)).not.toContain('secret-token');
  });

  it('fails when nobody answers without quoting the address', async () => {
    const failure = await new SelfPingWorker('http://127.0.0.1:1/secret-token', fetch)
      .run(new Date(), { signal })
      .catch((error: Error) => error);
    expect(String(failure)).toContain('did not answer');
    expect(String(failure)).not.toContain('secret-token');
  });
});

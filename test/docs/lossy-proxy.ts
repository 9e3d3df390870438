import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LossyProxy {
  readonly url: string;
  close(): Promise<void>;
}

/** Passes everything on to `target`, and breaks the connection instead of handing back the first answer to a PUT: it was carried out, and the caller cannot know. */
export async function startLossyProxy(target: string): Promise<LossyProxy> {
  let lost = false;
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = 'GET', url = '/', headers } = request;
      void fetch(`${target}${url}`, {
        method,
        headers: { 'x-api-key': String(headers['x-api-key']), 'content-type': 'application/json' },
        ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
      })
        .then(async (answer) => {
          const text = await answer.text();
          if (method === 'PUT' && !lost) {
            lost = true;
            request.socket.destroy();
          } else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
        })
        .catch(() => request.socket.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

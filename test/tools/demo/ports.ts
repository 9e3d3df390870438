import { createServer, type AddressInfo } from 'node:net';

const HOST = '127.0.0.1';
/** In use, or kept from this user. */
const NOT_OURS = new Set(['EADDRINUSE', 'EACCES']);

/** The port when it is free at this moment, else another one that is. */
export function freePortLike(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (port === 0 || !NOT_OURS.has(error.code ?? '')) reject(error);
      else resolve(freePortLike(0));
    });
    server.listen(port, HOST, () => {
      const { port: found } = server.address() as AddressInfo;
      server.close(() => resolve(found));
    });
  });
}

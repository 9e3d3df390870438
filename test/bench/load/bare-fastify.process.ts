import fastify from 'fastify';

/**
 * What is left of a request when nothing is done with it: Fastify parses the same body and answers the same. No key, no limit, no log, no storage.
 * Told its port and its answers by the environment.
 */
async function main(): Promise<void> {
  const heartbeat = JSON.parse(process.env['BARE_HEARTBEAT'] ?? '{}') as object;
  const status = JSON.parse(process.env['BARE_STATUS'] ?? '{}') as object;
  const app = fastify();
  app.post('/api/v1/schedulers/:id/heartbeat', () => heartbeat);
  app.put('/api/v1/schedulers/:id/status', () => status);
  await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
  process.send?.('ready');
}

process.once('disconnect', () => process.exit(0));
void main();

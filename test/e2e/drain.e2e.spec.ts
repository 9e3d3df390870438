import { letTimePass } from '../harness/let-time-pass';
import { KEYS, Vesper } from '../harness/vesper';

jest.setTimeout(30_000);

/** In seconds; a load balancer that asks every second needs two or three. */
const DRAIN = 3;

it('serves while it says that it is not ready any more, as long as it is told to', async () => {
  const vesper = await Vesper.start({ live: true, environment: { SHUTDOWN_DRAIN_SECONDS: String(DRAIN) } });
  const { url } = vesper;
  const ready = async () => (await fetch(`${url}/api/v1/health/ready`)).status;
  const register = (id: string) =>
    fetch(`${url}/api/v1/schedulers/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': KEYS.service },
      body: JSON.stringify({ scheduler_id: id, service_name: 'Ledger', job_name: id }),
    });
  expect(await ready()).toBe(200);
  const stopping = vesper.stop();
  expect(await ready()).toBe(503);
  const answer = await register('late');
  expect([answer.status, answer.headers.get('connection')]).toEqual([201, 'close']);
  await vesper.clock.advance(`${DRAIN * 1_000 - 1}ms`);
  expect((await register('later')).status).toBe(201);
  await letTimePass(vesper.clock, stopping);
  await expect(ready()).rejects.toThrow('fetch failed');

  const next = await Vesper.start({ on: vesper.storage });
  for (const id of ['late', 'later'])
    expect((await next.request('GET', `/schedulers/${id}`)).statusCode).toBe(200);
  await letTimePass(next.clock, next.dispose());
});

import { until } from '../harness/until';
import { EpmFault, FakeEpm } from './fake-epm';
import { EpmReply, get } from './fake-epm/calling';

const JOBS = '/HyperionPlanning/rest/v3/applications/Vision/jobs';
let fake: FakeEpm;

beforeEach(async () => {
  fake = await FakeEpm.start();
  fake.startJob('planning', { family: 'planning', id: 101, runsForMs: 0 });
});
afterEach(() => fake.close());

const read = (init: RequestInit = {}): Promise<EpmReply> => get(fake, 'planning', `${JOBS}/101`, init);
/** What the caller of a request that must fail is told. */
const failureOf = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call;
  } catch (error) {
    const { name, message, cause } = error as Error & { cause?: { code?: string } };
    return cause?.code ?? `${name}: ${message}`;
  }
  throw new Error('the call was answered');
};
const impatient = (ms = 60): RequestInit => ({ signal: AbortSignal.timeout(ms) });

describe('a fault', () => {
  it.each<[EpmFault, number, string | null, RegExp]>([
    [{ kind: 'unavailable' }, 503, 'text/html; charset=UTF-8', /<h1>503/],
    [{ kind: 'maintenance_page' }, 200, 'text/html; charset=UTF-8', /maintenance/],
    [{ kind: 'login_page' }, 200, 'text/html; charset=UTF-8', /Sign in/],
    [{ kind: 'no_content' }, 204, null, /^$/],
    [{ kind: 'answer', status: 418, body: 'tea', contentType: 'text/plain' }, 418, 'text/plain', /^tea$/],
  ])('%j answers %i as %s', async (fault, status, contentType, body) => {
    fake.fault('planning', fault);

    expect(await read()).toMatchObject({ status, contentType, body: expect.stringMatching(body) });
    expect(await read()).toMatchObject({ status: 200, body: { status: 0 } });
    expect(fake.calls('planning')).toMatchObject([
      { outcome: { status, fault: fault.kind } },
      { outcome: { status: 200, fault: null } },
    ]);
  });

  it('can be a Java message', async () => {
    fake.fault('planning', { kind: 'java_error' });

    expect(await read()).toMatchObject({
      status: 500,
      body: { message: expect.stringContaining('java.lang.') },
    });
  });

  it('can be a partial answer, or none to a job that exists; the unknown job is 404 all the same', async () => {
    fake.fault('planning', { kind: 'partial_content' });
    fake.fault('planning', { kind: 'no_content', times: 2 });

    expect(await read()).toMatchObject({ status: 206, body: { status: 0 } });
    expect((await get(fake, 'planning', `${JOBS}/999`)).status).toBe(404);
    expect((await read()).status).toBe(204);
  });

  it.each<EpmFault['kind']>(['garbage', 'truncated'])(
    '%s is no JSON under the name of JSON',
    async (kind) => {
      fake.fault('planning', { kind } as EpmFault);

      expect(await failureOf(read())).toContain('SyntaxError');
      expect(fake.calls('planning')[0]?.outcome.status).toBe(200);
    },
  );

  it.each<EpmFault['kind']>(['reset', 'answer_lost', 'cut'])('%s loses the connection', async (kind) => {
    fake.fault('planning', { kind } as EpmFault);

    expect(await failureOf(read())).toMatch(/UND_ERR_SOCKET|ECONNRESET/);
    expect(fake.calls('planning')[0]).toMatchObject({
      principal: kind === 'reset' ? null : 'epm_robot',
      outcome: { status: kind === 'cut' ? 200 : null },
    });
  });

  it.each<EpmFault['kind']>(['hang', 'stall'])('%s has to be ended by the caller', async (kind) => {
    fake.fault('planning', { kind } as EpmFault);

    expect(await failureOf(read(impatient()))).toContain('TimeoutError');
    expect(fake.calls('planning')[0]?.outcome).toMatchObject(
      kind === 'hang' ? { status: null, bytes: 0 } : { status: 200, bytes: expect.any(Number) },
    );
  });

  it('stall answers the headers at once, so that only a timeout of the whole answer helps', async () => {
    fake.fault('planning', { kind: 'stall' });
    const response = await fetch(`${fake.baseUrl('planning')}${JOBS}/101`, impatient());

    expect(response.status).toBe(401);
    expect(await failureOf(response.text())).toContain('TimeoutError');
  });

  it('slow answers late', async () => {
    fake.fault('planning', { kind: 'slow', delayMs: 100, times: 2 });

    expect(await failureOf(read(impatient(20)))).toContain('TimeoutError');
    expect((await read()).status).toBe(200);
  });

  it('login_redirect leads to another host, which sees who follows', async () => {
    fake.fault('planning', { kind: 'login_redirect', times: 2 });

    expect(await read()).toMatchObject({ status: 302, body: '' });
    expect(fake.calls('identity')).toEqual([]);
    expect(await read({ redirect: 'follow' })).toMatchObject({
      status: 200,
      body: expect.stringContaining('Sign in'),
    });
    expect(fake.calls('identity')).toMatchObject([{ path: '/ui/v1/signin' }]);
    expect(new URL(fake.baseUrl('planning')).host).not.toBe(new URL(fake.tokenUrl).host);
  });

  it('huge is well-formed, as long as it says, and counts what a caller took who stopped reading', async () => {
    const [all, some] = [1_000_000, 200_000_000];
    fake.fault('planning', { kind: 'huge', bytes: all });
    fake.fault('planning', { kind: 'huge', bytes: some });

    expect((await read()).body).toMatchObject({ status: 0, details: expect.stringMatching(/^x+$/) });
    expect(fake.calls('planning')[0]?.outcome.bytes).toBe(all);
    const response = await fetch(`${fake.baseUrl('planning')}${JOBS}/101`);
    await response.body?.cancel();
    await until(() => fake.traffic('planning').inFlight === 0);
    expect(fake.calls('planning')[1]?.outcome.bytes).toBeLessThan(some / 2);
  });

  it('hits the paths it names, as often as it says, or until cleared', async () => {
    fake.fault('planning', { kind: 'unavailable', path: '/jobs/102' });
    fake.fault('planning', { kind: 'java_error', path: /101$/, times: 2 });
    fake.fault('planning', { kind: 'maintenance_page', times: Infinity });
    const statuses = [];
    for (const id of [101, 102, 101, 102])
      statuses.push((await get(fake, 'planning', `${JOBS}/${id}`)).status);

    expect(statuses).toEqual([500, 503, 500, 200]);
    expect((await read()).contentType).toContain('text/html');
    fake.clearFaults();
    expect((await read()).body).toMatchObject({ status: 0 });
  });

  it('of one host leaves the others alone', async () => {
    fake.fault('planning', { kind: 'unavailable', times: Infinity });
    const id = fake.startJob('arcs', { family: 'arcs' });

    expect((await get(fake, 'arcs', `/armARCS/rest/v1/jobs/${id}`)).status).toBe(200);
    expect(() => fake.fault('fccs', { kind: 'hang' })).toThrow(
      'no host fccs; there are identity, planning, arcs, edm',
    );
  });
});

describe('a host that is down', () => {
  it('refuses connections, has lost the open ones, and comes back at the same address with its jobs', async () => {
    fake.fault('planning', { kind: 'hang' });
    const open = failureOf(read());
    await until(() => fake.traffic('planning').inFlight === 1);
    const address = fake.baseUrl('planning');

    await fake.takeDown('planning');
    expect(await open).toMatch(/UND_ERR_SOCKET|ECONNRESET/);
    expect(await failureOf(read())).toBe('ECONNREFUSED');
    expect((await get(fake, 'arcs', '/')).status).toBe(404);

    await fake.bringUp('planning');
    expect(fake.baseUrl('planning')).toBe(address);
    expect((await read()).body).toMatchObject({ status: 0 });
  });
});

describe('traffic', () => {
  it('counts what is under way at once, each host for itself', async () => {
    fake.fault('planning', { kind: 'held', times: 3 });
    const replies = [read(), read(), read()];
    await fake.whenHeld('planning', 3);

    expect(fake.traffic('planning')).toEqual({ received: 3, inFlight: 3, highWater: 3 });
    expect(fake.traffic('arcs').highWater).toBe(0);
    fake.release('planning');
    expect((await Promise.all(replies)).map(({ status }) => status)).toEqual([200, 200, 200]);
    await read();
    await until(() => fake.traffic('planning').inFlight === 0);
    expect(fake.traffic('planning')).toEqual({ received: 4, inFlight: 0, highWater: 3 });
  });

  it('a held request whose caller has left is neither under way nor held', async () => {
    fake.fault('planning', { kind: 'held', times: 2 });
    expect(await failureOf(read(impatient()))).toContain('TimeoutError');
    await until(() => fake.traffic('planning').inFlight === 0);

    const seen: string[] = [];
    const held = fake.whenHeld('planning', 1).then(() => seen.push('held'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual([]);
    const reply = read();
    await held;
    fake.release('planning');
    expect((await reply).status).toBe(200);
  });
});

describe('reset', () => {
  it('forgets jobs, calls and faults, and brings every host up', async () => {
    await read();
    fake.fault('planning', { kind: 'hang' });
    await fake.takeDown('planning');
    await fake.reset();

    expect((await read()).status).toBe(404);
    expect(fake.calls()).toHaveLength(1);
    expect(fake.traffic('planning').received).toBe(1);
  });
});

describe('start', () => {
  it('says so when a port is taken, and leaves nothing open', async () => {
    const taken = Number(new URL(fake.baseUrl('edm')).port);

    await expect(FakeEpm.start({ pods: { edm: { product: 'edm', port: taken } } })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      port: taken,
    });
  });

  it('takes no pod for the identity domain', async () => {
    await expect(FakeEpm.start({ pods: { identity: { product: 'edm' } } })).rejects.toThrow(
      'no pod may be called identity',
    );
  });
});

import { FakeEpm } from './fake-epm';
import { askToken, basic, get } from './fake-epm/calling';

const JOBS = '/HyperionPlanning/rest/v3/applications/Vision/jobs';
let now: number;
let fake: FakeEpm;

beforeEach(async () => {
  now = 1_700_000_000_000;
  fake = await FakeEpm.start({ now: () => now });
});
afterEach(() => fake.close());

const control = async (verb: string, path: string, body?: unknown): Promise<[number, unknown]> => {
  const response = await fetch(`${fake.pageUrl}_fake/${path}`, {
    method: verb,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return [response.status, await response.json()];
};
const DONE = [200, { ok: true }];

describe('the control endpoint', () => {
  it('starts jobs, ends them, and lets them say anything', async () => {
    const script = { family: 'planning', runsForMs: 60_000, ends: { status: 1, details: 'Rule failed' } };
    const read = async (): Promise<unknown> => (await get(fake, 'planning', `${JOBS}/101`)).body;

    expect(await control('POST', 'pods/planning/jobs', script)).toEqual([200, { ok: true, id: 101 }]);
    expect(await read()).toMatchObject({ status: -1 });
    expect(await control('POST', 'pods/planning/jobs/planning/101/finish')).toEqual(DONE);
    expect(await read()).toMatchObject({ status: 1, details: 'Rule failed' });
    expect(await control('POST', 'pods/planning/jobs/planning/101/finish', { status: 3 })).toEqual(DONE);
    expect(await read()).toMatchObject({ status: 3 });
    const report = { status: 2_147_483_647, details: 'who knows' };
    expect(await control('POST', 'pods/planning/jobs/planning/101/report', report)).toEqual(DONE);
    expect(await read()).toMatchObject(report);
    await control('POST', 'pods/planning/jobs', { family: 'planning', runsForMs: 1_000 });
    expect(await control('POST', 'pods/planning/strand')).toEqual(DONE);
    now += 1_000;
    expect((await get(fake, 'planning', `${JOBS}/102`)).body).toMatchObject({ status: -1 });
  });

  it('sets and clears faults, takes hosts down and up, and lists what was received', async () => {
    const fault = { kind: 'unavailable', path: '/jobs/\\d+$/', times: null };
    expect(await control('POST', 'hosts/planning/fault', fault)).toEqual(DONE);
    expect((await get(fake, 'planning', `${JOBS}/1`)).status).toBe(503);
    expect((await get(fake, 'planning', `${JOBS}/1`)).status).toBe(503);
    expect((await get(fake, 'planning', `${JOBS}/x`)).status).toBe(404);
    expect(await control('DELETE', 'hosts/planning/fault')).toEqual(DONE);
    expect((await get(fake, 'planning', `${JOBS}/1`)).status).toBe(404);

    expect(await control('POST', 'hosts/arcs/down')).toEqual(DONE);
    await expect(get(fake, 'arcs', '/')).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    expect(await control('POST', 'hosts/arcs/up')).toEqual(DONE);
    expect((await get(fake, 'arcs', '/')).status).toBe(404);

    expect((await control('GET', 'calls?host=planning'))[1]).toHaveLength(4);
    expect((await control('GET', 'calls'))[1]).toHaveLength(5);
    expect(await control('POST', 'reset')).toEqual(DONE);
    expect(fake.calls()).toEqual([]);
  });

  it('lets held requests go', async () => {
    await control('POST', 'hosts/edm/fault', { kind: 'held' });
    const reply = get(fake, 'edm', '/');
    await fake.whenHeld('edm', 1);

    expect(await control('POST', 'hosts/edm/release')).toEqual(DONE);
    expect((await reply).status).toBe(404);
  });

  it('signs in for a client, and withdraws tokens', async () => {
    const [status, { refresh_token }] = (await control('POST', 'identity/sign-in', { client: 'vesper' })) as [
      number,
      { refresh_token: string },
    ];
    const form = { grant_type: 'refresh_token', refresh_token };
    const vesper = basic('vesper', 'vesper-secret');

    expect(status).toBe(200);
    expect((await askToken(fake, form, vesper)).status).toBe(200);
    expect(fake.state().tokens).toEqual({ access: 1, refresh: 1 });
    expect(await control('POST', 'identity/revoke-access')).toEqual(DONE);
    expect(fake.state().tokens).toEqual({ access: 0, refresh: 1 });
    expect(await control('POST', 'identity/revoke-refresh')).toEqual(DONE);
    expect(fake.state().tokens).toEqual({ access: 0, refresh: 0 });
  });

  it.each<[string, string, unknown, string]>([
    ['POST', 'hosts/planning/fault', { kind: 'slow' }, 'slow needs the number delayMs'],
    ['POST', 'hosts/planning/fault', { kind: 'answer', status: 200 }, 'answer needs a body'],
    ['POST', 'hosts/planning/fault', { kind: 'hang', times: 'often' }, 'times must be a number'],
    ['POST', 'hosts/planning/fault', { kind: 'hang', path: 7 }, 'path must be a string'],
    ['POST', 'hosts/planning/fault', [], 'the body must be a JSON object'],
    ['POST', 'hosts/fccs/down', {}, 'no host fccs; there are identity, planning, arcs, edm'],
    ['POST', 'pods/identity/strand', {}, 'no pod identity; there are planning, arcs, edm'],
    ['POST', 'pods/planning/jobs', { family: 'arcs' }, 'this pod does not know arcs'],
    [
      'POST',
      'pods/planning/jobs/fccs/1/finish',
      {},
      'family must be one of planning, data-integration, arcs, edm',
    ],
    ['POST', 'pods/planning/jobs/planning/1/report', { status: 0 }, 'planning has no job 1'],
    ['POST', 'identity/sign-in', {}, 'sign-in needs a client'],
    ['PUT', 'reset', {}, 'nothing is done by PUT reset'],
  ])('%s %s with %j says why not', async (verb, path, body, error) => {
    expect(await control(verb, path, body)).toEqual([400, { ok: false, error }]);
  });

  it('refuses a fault it does not know', async () => {
    const [status, answer] = await control('POST', 'hosts/planning/fault', { kind: 'rain' });

    expect([status, answer]).toEqual([
      400,
      { ok: false, error: expect.stringContaining('kind must be one of reset') },
    ]);
  });
});

describe('the page', () => {
  const page = async (path = ''): Promise<string> => (await fetch(`${fake.pageUrl}${path}`)).text();

  beforeEach(async () => {
    fake.startJob('planning', {
      family: 'planning',
      runsForMs: 0,
      ends: { status: 1, details: '<b>Rule</b> failed\nat 3' },
    });
    fake.startJob('planning', { family: 'data-integration', runsForMs: 0 });
    fake.startJob('arcs', { family: 'arcs', startsInMs: 1_000 });
    fake.fault('arcs', { kind: 'hang', times: Infinity });
    fake.fault('edm', { kind: 'unavailable', times: 2 });
    await get(fake, 'planning', '/');
    await fake.takeDown('edm');
  });

  it('shows hosts and jobs, with nothing in it that came from outside as markup', async () => {
    const shown = await page();

    expect(shown).toMatch(/<td>Vision<\/td>\s*<td>101<\/td>/);
    expect(shown).toContain('&lt;b&gt;Rule&lt;/b&gt; failed');
    expect(shown).toContain('down');
    expect(await page('page.css')).toContain('border-collapse');
  });

  it('is there as text', async () => {
    expect(await page('state.txt')).toBe(
      [
        `identity  ${fake.baseUrl('identity')}  up  requests 0  most at once 0`,
        `planning  ${fake.baseUrl('planning')}  up  requests 1  most at once 1`,
        `arcs  ${fake.baseUrl('arcs')}  up  requests 0  most at once 0  hang until cleared`,
        `edm  ${fake.baseUrl('edm')}  down  requests 0  most at once 0  unavailable ×2`,
        '',
        'planning/planning/Vision/101  1  <b>Rule</b> failed',
        'planning/data-integration/101  -1 SUCCESS',
        'arcs/arcs/100000103240030  not started  In Process',
        '',
        'tokens  access 0  refresh 0',
        '',
      ].join('\n'),
    );
  });

  it('and as JSON', async () => {
    expect(JSON.parse(await page('state.json'))).toMatchObject({
      hosts: [
        { name: 'identity' },
        { name: 'planning' },
        { faults: [{ kind: 'hang', left: null }] },
        { isUp: false },
      ],
      jobs: [{ id: 101, status: 1, isRunning: false }, { jobStatus: 'SUCCESS' }, { isKnown: false }],
    });
    expect((await fetch(`${fake.pageUrl}nowhere`)).status).toBe(404);
  });
});

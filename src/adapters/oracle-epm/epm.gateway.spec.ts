import type { EpmFault, JobScript } from '../../../test/fakes/fake-epm';
import { BASIC_AUTH, CONNECTION, EpmRig } from '../../../test/harness/epm-rig';
import { letTimePass } from '../../../test/harness/let-time-pass';
import { until } from '../../../test/harness/until';
import type { EpmGateway } from '../../domain/board/epm-gateway';
import { installEpm } from './epm.installation';

let rig: EpmRig;
let gateway: EpmGateway;

beforeEach(async () => {
  rig = await EpmRig.start();
  gateway = rig.install({ auth: BASIC_AUTH });
});
afterEach(async () => {
  expect(await rig.leaks(gateway)).toEqual([]);
  await rig.close();
});

const start = (script: JobScript) => {
  const pod = script.family === 'data-integration' ? 'planning' : script.family;
  return rig.fake.startJob(pod, script);
};
const calls = (host = 'planning') => rig.fake.calls(host);

describe('a job', () => {
  it.each<[string, JobScript, object]>([
    [
      'planning',
      { family: 'planning', runsForMs: 0 },
      { state: 'succeeded', code: '0', text: 'Job completed successfully' },
    ],
    [
      'planning',
      { family: 'planning', runsForMs: 0, ends: { status: 1, details: 'Rule failed' } },
      { state: 'failed', code: '1', text: 'Rule failed' },
    ],
    ['planning', { family: 'planning' }, { state: 'running', code: '-1' }],
    ['planning', { family: 'planning', runsForMs: 0, ends: { status: 3 } }, { state: 'cancelled' }],
    [
      'planning',
      { family: 'planning', runsForMs: 0, ends: { status: 2_147_483_647 } },
      { state: 'unknown', code: '2147483647' },
    ],
    ['di', { family: 'data-integration', runsForMs: 0, statusLagMs: 0 }, { state: 'succeeded' }],
    ['di', { family: 'data-integration', runsForMs: 0 }, { state: 'running', code: '-1' }],
    [
      'arcs',
      { family: 'arcs', runsForMs: 0, ends: { status: 7 } },
      { state: 'failed', text: 'The period "July 2026" is not open.' },
    ],
    [
      'arcs',
      { family: 'arcs', runsForMs: 0, jobName: 'MONITOR_RECONCILIATIONS', ends: { status: -1 } },
      { state: 'unknown', text: expect.stringContaining('reconciliations are open: Account ID') },
    ],
    ['edm', { family: 'edm' }, { state: 'running', code: 'PROCESSING' }],
    [
      'edm',
      { family: 'edm', runsForMs: 0, ends: { status: 'FAILED', error: 'EPMMDM-1' } },
      { state: 'failed', text: 'EPMMDM-1' },
    ],
    [
      'edm',
      { family: 'edm', runsForMs: 0, ends: { status: 'ARCHIVED' } },
      { state: 'unknown', code: 'ARCHIVED' },
    ],
  ])('of %s, %j, is %j', async (server, script, expected) => {
    const answer = await rig.read(gateway, server, start(script));
    expect(answer).toMatchObject({ kind: 'state', ...expected });
  });

  it('of the same number is another one in another family', async () => {
    start({ family: 'planning', id: 101, runsForMs: 0 });
    start({ family: 'data-integration', id: 101 });
    expect(await rig.read(gateway, 'planning', 101)).toMatchObject({ state: 'succeeded' });
    expect(await rig.read(gateway, 'di', 101)).toMatchObject({ state: 'running' });
  });

  it('ends in a text that is fit for a channel', async () => {
    const id = start({ family: 'data-integration', runsForMs: 0, statusLagMs: 0, ends: { status: 1 } });
    const answer = await rig.read(gateway, 'di', id);
    expect(answer).toMatchObject({ state: 'failed', text: expect.stringContaining('ORA-01017') });
    expect(JSON.stringify(answer)).not.toMatch(/Tr0ub4dor|CommLoad|Caused by/);
  });

  it('is not known', async () => {
    expect(await rig.read(gateway, 'planning', 999)).toEqual({
      kind: 'not_found',
      text: 'Job with ID 999 is not found',
    });
    expect(await rig.read(gateway, 'arcs', 999)).toEqual({
      kind: 'not_found',
      text: 'Job 999 does not exist.',
    });
  });

  it('is asked for with one question, by its own path', async () => {
    await rig.read(gateway, 'planning', start({ family: 'planning' }));
    expect(calls().map(({ verb, path, authorization }) => [verb, path, authorization])).toEqual([
      ['GET', '/HyperionPlanning/rest/v3/applications/Vision/jobs/101', 'basic'],
    ]);
  });

  it('is not asked for by an id of another family', async () => {
    expect(gateway.knowsJobIds('planning', 'LOAD_20260216_001')).toBe(false);
    expect(gateway.knowsJobIds('planning', '101')).toBe(true);
    expect(gateway.knowsJobIds('nowhere', '101')).toBe(false);
    expect(await rig.read(gateway, 'planning', '..')).toMatchObject({ kind: 'not_found' });
    expect(calls()).toEqual([]);
    await expect(rig.read(gateway, 'nowhere', 101)).rejects.toThrow('no EPM server is called nowhere');
  });
});

describe('a run of EDM that is COMPLETED', () => {
  const run = (success?: boolean) =>
    start({
      family: 'edm',
      runsForMs: 0,
      ends: { status: 'COMPLETED', ...(success === undefined ? {} : { success }) },
    });

  it('is a success when its result does not deny it', async () => {
    expect(await rig.read(gateway, 'edm', run())).toMatchObject({ state: 'succeeded', code: 'COMPLETED' });
    expect(calls('edm').map(({ path }) => path.endsWith('/result'))).toEqual([false, true]);
  });

  it('is a failure when its result does', async () => {
    expect(await rig.read(gateway, 'edm', run(false))).toMatchObject({
      state: 'failed',
      code: 'COMPLETED',
      text: 'the run completed without success',
    });
  });

  it('stays what its status says when the result is not to be had there', async () => {
    rig.fake.fault('edm', { kind: 'answer', status: 404, body: '{}', path: '/result' });
    expect(await rig.read(gateway, 'edm', run(false))).toMatchObject({ state: 'succeeded' });
  });

  it('is asked about again when the result is not to be had now', async () => {
    rig.fake.fault('edm', { kind: 'unavailable', path: '/result', times: 3 });
    const id = run(false);
    expect(await rig.readPatiently(gateway, 'edm', id)).toMatchObject({ kind: 'unreachable' });
    expect(await rig.read(gateway, 'edm', id)).toMatchObject({ state: 'failed' });
  });
});

describe('a pod that does not answer', () => {
  let id: number | string;
  beforeEach(() => {
    id = start({ family: 'planning', runsForMs: 0 });
  });

  const passing: [EpmFault, RegExp][] = [
    [{ kind: 'reset' }, /^no connection, or it was lost \([A-Z_]+\)$/],
    [{ kind: 'answer_lost' }, /^no connection, or it was lost/],
    [{ kind: 'cut' }, /^no connection, or it was lost/],
    [{ kind: 'truncated' }, /^EPM answered with broken JSON \(HTTP 200\)$/],
    [{ kind: 'garbage' }, /^EPM answered with broken JSON \(HTTP 200\)$/],
    [{ kind: 'unavailable' }, /^EPM answered with a web page \(HTTP 503\)$/],
    [{ kind: 'maintenance_page' }, /^EPM answered with a web page \(HTTP 200\)$/],
    [{ kind: 'login_page' }, /^EPM answered with a web page \(HTTP 200\)$/],
    [{ kind: 'login_redirect' }, /^EPM answered with a redirect to 127\.0\.0\.1:\d+ \(HTTP 302\)$/],
    [{ kind: 'huge', bytes: 300_000 }, /^EPM answered with more than 256 KiB \(HTTP 200\)$/],
    [{ kind: 'answer', status: 200, body: '[]' }, /^EPM answered with JSON of another shape \(HTTP 200\)$/],
    [{ kind: 'answer', status: 200, body: 'null' }, /^EPM answered with JSON of another shape/],
    [
      { kind: 'answer', status: 200, body: '{"status":0}', contentType: 'text/plain' },
      /^EPM answered with text\/plain/,
    ],
    [
      { kind: 'answer', status: 502, body: '{"message":"bad gateway"}' },
      /^EPM cannot answer now \(HTTP 502\): bad gateway$/,
    ],
  ];

  it.each(passing)('%j: is asked two times more, then unreachable', async (fault, error) => {
    rig.fake.fault('planning', { ...fault, times: 3 });
    expect(await rig.readPatiently(gateway, 'planning', id)).toEqual({
      kind: 'unreachable',
      error: expect.stringMatching(error),
    });
    expect(calls()).toHaveLength(3);
  });

  it.each(passing)('%j: may answer the next time', async (fault) => {
    rig.fake.fault('planning', { ...fault, times: 2 });
    expect(await rig.readPatiently(gateway, 'planning', id)).toMatchObject({ state: 'succeeded' });
  });

  it('is asked again after waits that grow', async () => {
    rig.fake.fault('planning', { kind: 'unavailable', times: 3 });
    await rig.readPatiently(gateway, 'planning', id);
    const [first = 0, second = 0, third = 0] = calls().map(({ at }) => at);
    expect(second - first).toBeGreaterThanOrEqual(500);
    expect(third - second).toBeGreaterThanOrEqual(1_500);
    // At most 1 and 3 s, and the steps in which a test lets time pass.
    expect(third - first).toBeLessThanOrEqual(10_000);
  });

  it.each<EpmFault['kind']>(['hang', 'stall'])(
    '%s: is given up after 30 s, the body included, once',
    async (kind) => {
      rig.fake.fault('planning', { kind, times: Infinity } as EpmFault);
      const reading = rig.read(gateway, 'planning', id);
      await received(1);
      await rig.clock.advance('29s');
      let ended = false;
      void reading.then(() => (ended = true));
      await rig.clock.advance('900ms');
      expect(ended).toBe(false);
      expect(await letTimePass(rig.clock, reading)).toEqual({
        kind: 'unreachable',
        error: 'no answer within 30 s',
      });
      expect(calls()).toHaveLength(1);
    },
  );

  it('is down', async () => {
    await rig.fake.takeDown('planning');
    expect(await rig.readPatiently(gateway, 'planning', id)).toEqual({
      kind: 'unreachable',
      error: 'no connection, or it was lost (ECONNREFUSED)',
    });
  });

  it('is not read further than is sensible', async () => {
    rig.fake.fault('planning', { kind: 'huge', bytes: 200_000_000 });
    await rig.readPatiently(gateway, 'planning', id);
    expect(calls()[0]?.outcome.bytes).toBeLessThan(20_000_000);
  });

  it('is not followed to another host', async () => {
    rig.fake.fault('planning', { kind: 'login_redirect', times: 3 });
    await rig.readPatiently(gateway, 'planning', id);
    expect(rig.fake.calls('identity')).toEqual([]);
  });

  it('is left alone as soon as the end is asked for', async () => {
    rig.fake.fault('planning', { kind: 'hang', times: Infinity });
    const reading = rig.read(gateway, 'planning', id);
    await received(1);
    rig.controller.abort();
    expect(await reading).toMatchObject({
      kind: 'unreachable',
      error: 'given up while waiting for the answer',
    });
    expect(await rig.read(gateway, 'planning', id)).toMatchObject({ kind: 'unreachable' });
    expect(calls()).toHaveLength(1);
  });

  it('is not waited for between two attempts either', async () => {
    rig.fake.fault('planning', { kind: 'unavailable', times: Infinity });
    const reading = rig.read(gateway, 'planning', id);
    await received(1);
    rig.controller.abort();
    expect(await reading).toMatchObject({ kind: 'unreachable' });
    expect(calls()).toHaveLength(1);
  });
});

describe('a pod that answers oddly', () => {
  let id: number | string;
  beforeEach(() => {
    id = start({ family: 'planning', runsForMs: 0 });
  });

  it('is taken by its word when it calls the answer partial', async () => {
    rig.fake.fault('planning', { kind: 'partial_content' });
    expect(await rig.read(gateway, 'planning', id)).toMatchObject({ state: 'succeeded' });
  });

  it('says nothing of a job that exists', async () => {
    rig.fake.fault('planning', { kind: 'no_content' });
    expect(await rig.read(gateway, 'planning', id)).toEqual({
      kind: 'state',
      state: 'unknown',
      code: 'HTTP 204',
      text: 'EPM answered without saying anything (HTTP 204)',
    });
    expect(calls()).toHaveLength(1);
  });

  it('is up when it fails at one job only', async () => {
    rig.fake.fault('planning', { kind: 'java_error', times: 3 });
    expect(await rig.readPatiently(gateway, 'planning', id)).toMatchObject({
      kind: 'state',
      state: 'unknown',
      code: 'HTTP 500',
      text: expect.stringContaining('java.lang.NullPointerException'),
    });
    rig.fake.fault('planning', { kind: 'java_error', times: 2 });
    expect(await rig.readPatiently(gateway, 'planning', id)).toMatchObject({ state: 'succeeded' });
  });

  it.each<[number, string, object]>([
    [
      400,
      '{"status":1,"details":"Invalid parameter"}',
      { kind: 'not_found', text: 'EPM refuses the question (HTTP 400): Invalid parameter' },
    ],
    [
      404,
      '{"message":"Application not found","localizedMessage":"x"}',
      { kind: 'not_found', text: 'Application not found' },
    ],
    [404, '{"error":{"message":"deep"}}', { kind: 'not_found', text: 'deep' }],
    [404, 'not JSON', { kind: 'not_found', text: null }],
    [405, '', { kind: 'not_found', text: 'EPM refuses the question (HTTP 405)' }],
    [
      403,
      '{"message":"You are not authorized"}',
      {
        kind: 'unauthorized',
        error: 'EPM refuses the user: a role is missing (HTTP 403): You are not authorized',
      },
    ],
    [
      429,
      '{"message":"slow down"}',
      { kind: 'unreachable', error: 'EPM cannot answer now (HTTP 429): slow down' },
    ],
  ])('with %i and %s', async (status, body, expected) => {
    rig.fake.fault('planning', { kind: 'answer', status, body });
    expect(await rig.read(gateway, 'planning', id)).toEqual(expected);
    expect(calls()).toHaveLength(1);
  });

  it('shows back neither what it was sent nor more than 500 characters', async () => {
    const echo = `Authorization header "${Buffer.from('epm_robot:epm-password').toString('base64')}" for epm-password ${'x'.repeat(2_000)}`;
    rig.fake.fault('planning', { kind: 'answer', status: 404, body: JSON.stringify({ details: echo }) });
    const answer = await rig.read(gateway, 'planning', id);
    expect(answer).toMatchObject({ kind: 'not_found', text: expect.stringContaining('[redacted]') });
    expect(JSON.stringify(answer).length).toBeLessThan(600);
    rig.fake.fault('planning', {
      kind: 'answer',
      status: 200,
      body: JSON.stringify({ status: 'z'.repeat(5_000) }),
    });
    expect(await rig.read(gateway, 'planning', id)).toMatchObject({ state: 'unknown', code: 'z'.repeat(40) });
  });
});

describe('questions to one server', () => {
  it('are at most five at a time; others are not held up by them', async () => {
    const ids = Array.from({ length: 12 }, () => start({ family: 'planning', runsForMs: 0 }));
    // All but the first, which shows that the password is good.
    rig.fake.fault('planning', { kind: 'held', path: /jobs\/(?!101$)/, times: Infinity });
    const answers = Promise.all(ids.map((id) => rig.read(gateway, 'planning', id)));
    await rig.fake.whenHeld('planning', 5);
    expect(await rig.read(gateway, 'arcs', start({ family: 'arcs' }))).toMatchObject({ state: 'running' });
    expect(calls()).toHaveLength(6);
    rig.fake.clearFaults();
    rig.fake.release('planning');
    expect((await answers).every((answer) => answer.kind === 'state')).toBe(true);
    expect(rig.fake.traffic('planning').highWater).toBe(5);
  });
});

describe('a header', () => {
  it('that cannot be sent, or an address that cannot be asked, is a fault without details', async () => {
    const config = {
      servers: [
        {
          id: 'odd',
          name: 'odd',
          baseUrl: 'http://user:epm-password@127.0.0.1',
          family: 'arcs',
          application: null,
          auth: BASIC_AUTH,
        },
      ],
      tokenKey: null,
      enabled: true,
      pollIntervalMs: 1,
      longestPollMs: 1,
    } as const;
    const odd = installEpm(config, rig.foundations('instance-1'));
    expect(await rig.readPatiently(odd, 'odd', 1)).toEqual({
      kind: 'unreachable',
      error: 'no connection, or it was lost (no reason given)',
    });
  });
});

describe('an installation', () => {
  it('without servers has nobody to ask', () => {
    const off = { servers: [], tokenKey: null, enabled: true, pollIntervalMs: 1, longestPollMs: 1 };
    const none = installEpm(off, rig.foundations('instance-1'));
    expect([none.servers, none.connections]).toEqual([[], []]);
    expect(gateway.servers).toEqual(['planning', 'di', 'arcs', 'edm']);
  });

  it('that is switched off has nobody to ask, and only sign-ins that rotate to keep', async () => {
    for (const auth of [BASIC_AUTH, rig.oauth({ grant: 'client_credentials', refreshToken: null })]) {
      const off = rig.install({ auth, enabled: false, tokenKey: null });
      expect([off.servers, off.connections]).toEqual([[], []]);
    }
    expect(rig.logged).toEqual([]);
    const rotating = rig.install({ auth: rig.oauth(), enabled: false });
    expect([rotating.servers, rotating.connections]).toEqual([[], [CONNECTION]]);
    await expect(rig.read(rotating, 'planning', 101)).rejects.toThrow('no EPM server is called planning');
  });

  it('that is switched off and has no key to store rotating tokens under says so once, and leaves them alone', async () => {
    const off = rig.install({ auth: rig.oauth(), enabled: false, tokenKey: null });
    expect(off.connections).toEqual([]);
    await off.keepSignedIn(rig.controller.signal);
    expect(await off.listLostSignIns()).toEqual([]);
    expect(rig.tokenCalls()).toEqual([]);
    expect(rig.logged).toEqual([
      {
        level: 'warn',
        fields: { connections: [CONNECTION] },
        sentence: 'sign-ins at EPM expire while pull mode is off: without EPM_TOKEN_KEY they are not renewed',
      },
    ]);
  });

  it('refuses rotating tokens without a key to store them under', () => {
    expect(() => rig.install({ auth: rig.oauth(), tokenKey: null })).toThrow(
      'the sign-in epm needs a refresh token and a key for what is stored of it',
    );
  });
});

/** Until the pod has received so many questions, while time stands still. */
async function received(count: number): Promise<void> {
  await until(() => calls().length >= count);
}

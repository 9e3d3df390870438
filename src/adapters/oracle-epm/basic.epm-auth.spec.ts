import { BASIC_AUTH, EpmRig } from '../../../test/harness/epm-rig';
import { letTimePass } from '../../../test/harness/let-time-pass';
import type { EpmAnswer, EpmGateway } from '../../domain/board/epm-gateway';
import type { EpmAuthConfig } from '../../platform/config/config';
import { Secret } from '../../platform/config/secret';
import { installEpm } from './epm.installation';

const PODS = ['planning', 'arcs', 'edm'] as const;
const EDM_RUN = '00000000-0000-4000-8000-000000000001';
const REFUSED = {
  kind: 'unauthorized',
  error: 'EPM refuses user and password (HTTP 401); they are tried again after 10 minutes, then less often',
};
const NOT_ASKED = { ...REFUSED, asked: false };
const OK = { kind: 'state', state: 'succeeded' };

let rig: EpmRig;
let gateway: EpmGateway;

beforeEach(async () => {
  rig = await EpmRig.start();
  for (const id of [101, 102, 103]) {
    rig.fake.startJob('planning', { family: 'planning', id, runsForMs: 0 });
    rig.fake.startJob('arcs', { family: 'arcs', id, runsForMs: 0 });
  }
  gateway = rig.install({ auth: BASIC_AUTH });
});
afterEach(async () => {
  expect(await rig.leaks(gateway)).toEqual([]);
  await rig.close();
});

/** A process whose servers have user and password from an object each, as from places of their own in the file. */
function withEach(auths: Readonly<Record<'planning' | 'arcs', EpmAuthConfig>>): EpmGateway {
  const on = (id: 'planning' | 'arcs', application: string | null) =>
    ({ id, name: id, baseUrl: rig.fake.baseUrl(id), family: id, application, auth: auths[id] }) as const;
  const servers = [on('planning', 'Vision'), on('arcs', null)];
  const config = { servers, tokenKey: null, enabled: true, pollIntervalMs: 1, longestPollMs: 1 };
  return installEpm(config, rig.foundations('instance-1'));
}

const basic = (password: string): EpmAuthConfig => ({
  type: 'basic',
  username: 'epm_robot',
  password: new Secret(password),
});
const wrong = () => rig.install({ auth: basic('wrong-password') });
const read = (from = gateway, server = 'planning') => rig.read(from, server, 101);
/** Three servers, three questions each, as a poll asks them. */
const askAll = (from: EpmGateway): Promise<EpmAnswer>[] =>
  ['planning', 'arcs', 'edm'].flatMap((server) =>
    [101, 102, 103].map((id) => rig.read(from, server, server === 'edm' ? EDM_RUN : id)),
  );
const attempts = () => PODS.reduce((sum, pod) => sum + rig.fake.calls(pod).length, 0);
const refuseAt = (pod: string, times = Infinity) =>
  rig.fake.fault(pod, { kind: 'answer', status: 401, body: 'no', times });
const turn = async (): Promise<void> => {
  for (let n = 0; n < 20; n++) await new Promise((resolve) => setImmediate(resolve));
};

describe('user and password that are refused', () => {
  it('are tried once by all servers together, however many questions wait, so that the user is not locked out', async () => {
    const refused = wrong();
    const answers = await Promise.all(askAll(refused));
    expect(attempts()).toBe(1);
    expect(answers.filter((answer) => !('asked' in answer))).toEqual([REFUSED]);
    expect(answers.filter((answer) => 'asked' in answer)).toEqual(Array.from({ length: 8 }, () => NOT_ASKED));
  });

  it('are left alone for 10 minutes, then 20, 40, and an hour each time, with one try in between', async () => {
    const refused = wrong();
    await Promise.all(askAll(refused));
    for (const [n, minutes] of [10, 20, 40, 60, 60].entries()) {
      await rig.clock.advance(minutes * 60_000 - 1);
      expect(await Promise.all(askAll(refused))).toEqual(Array.from({ length: 9 }, () => NOT_ASKED));
      expect(attempts()).toBe(n + 1);
      await rig.clock.advance('1ms');
      await Promise.all(askAll(refused));
      expect(attempts()).toBe(n + 2);
    }
  });

  it('are left alone for 10 minutes again after they were good for something', async () => {
    refuseAt('planning', 2);
    await read();
    await rig.clock.advance('10m');
    expect(await read()).toEqual(REFUSED);
    await rig.clock.advance('20m');
    expect(await read()).toMatchObject(OK);
    refuseAt('planning', 1);
    expect(await read()).toEqual(REFUSED);
    await rig.clock.advance('10m');
    expect(await read()).toMatchObject(OK);
  });

  it('are tried once also when they were good until now, as on the day the password expires', async () => {
    await Promise.all(askAll(gateway));
    const before = attempts();
    PODS.forEach((pod) => refuseAt(pod));
    const answers = await Promise.all(askAll(gateway));
    expect(answers.every(({ kind }) => kind === 'unauthorized')).toBe(true);
    expect(attempts() - before).toBe(1);
  });

  it('are told from a server that was asked at first, and then could not be again', async () => {
    rig.fake.fault('planning', { kind: 'reset' });
    refuseAt('arcs', 1);
    const reading = read();
    const other = read(gateway, 'arcs');
    expect(await letTimePass(rig.clock, other)).toEqual(REFUSED);
    expect(await letTimePass(rig.clock, reading)).toEqual(REFUSED);
    expect(attempts()).toBe(2);
    expect(await read()).toEqual(NOT_ASKED);
  });

  it('count once when several tries were on their way', async () => {
    for (const path of ['/102', '/103'])
      rig.fake.fault('planning', { kind: 'answer', status: 401, body: 'no', path });
    const answers = [101, 102, 103].map((id) => rig.read(gateway, 'planning', id));
    expect(await Promise.all(answers)).toEqual([expect.objectContaining(OK), REFUSED, REFUSED]);
    await rig.clock.advance('10m');
    expect(await read()).toMatchObject(OK);
  });
});

describe('one try', () => {
  it('goes first, and the others follow side by side once it is accepted', async () => {
    rig.fake.fault('planning', { kind: 'held' });
    rig.fake.fault('arcs', { kind: 'held', times: 3 });
    const answers = askAll(gateway);
    await rig.fake.whenHeld('planning', 1);
    await turn();
    expect(attempts()).toBe(1);
    rig.fake.release('planning');
    await rig.fake.whenHeld('arcs', 3);
    rig.fake.release('arcs');
    expect((await Promise.all(answers)).slice(0, 6)).toMatchObject(Array.from({ length: 6 }, () => OK));
  });

  it.each([
    ['a web page instead of an answer', { kind: 'login_page', times: 3 }],
    ['maintenance', { kind: 'unavailable', times: 3 }],
    ['no connection', { kind: 'reset', times: 3 }],
    ['too many questions', { kind: 'answer', status: 429, body: '{}' }],
    ['no answer in time', { kind: 'hang' }],
  ] as const)('that comes to nothing, for %s, lets one other try', async (_, fault) => {
    rig.fake.fault('planning', fault);
    rig.fake.fault('arcs', { kind: 'held' });
    const first = read();
    const others = [read(gateway, 'arcs'), rig.read(gateway, 'arcs', 102)];
    await letTimePass(rig.clock, rig.fake.whenHeld('arcs', 1));
    await turn();
    expect(rig.fake.calls('arcs')).toHaveLength(1);
    rig.fake.release('arcs');
    expect(await Promise.all(others)).toMatchObject([OK, OK]);
    expect(await letTimePass(rig.clock, first)).toMatchObject({ kind: 'unreachable' });
  });

  it('is waited for 10 s, so that a server that hangs does not hold up the others', async () => {
    rig.fake.fault('planning', { kind: 'held' });
    const hanging = read();
    await rig.fake.whenHeld('planning', 1);
    const others = [read(gateway, 'arcs'), rig.read(gateway, 'arcs', 102)];
    await rig.clock.advance(9_999);
    await turn();
    expect(attempts()).toBe(1);
    await rig.clock.advance('1ms');
    expect(await Promise.all(others)).toMatchObject([OK, OK]);
    rig.fake.release('planning');
    expect(await hanging).toMatchObject(OK);
  });

  it('is not waited for once the end is asked for', async () => {
    rig.fake.fault('planning', { kind: 'held' });
    const [first, second] = [read(), read(gateway, 'arcs')];
    await rig.fake.whenHeld('planning', 1);
    rig.controller.abort();
    expect(await second).toEqual({
      kind: 'unreachable',
      error: 'given up before it was asked',
      asked: false,
    });
    expect(await first).toEqual({ kind: 'unreachable', error: 'given up while waiting for the answer' });
    rig.fake.release('planning');
    expect(attempts()).toBe(1);
  });
});

describe('user and password', () => {
  it('that stand in two places are still one sign-in', async () => {
    const twice = withEach({ planning: basic('wrong-password'), arcs: basic('wrong-password') });
    await Promise.all([read(twice), read(twice, 'arcs')]);
    expect(attempts()).toBe(1);
  });

  it('that differ do not wait for each other', async () => {
    const mixed = withEach({ planning: basic('wrong-password'), arcs: BASIC_AUTH });
    expect(await Promise.all([read(mixed), read(mixed, 'arcs')])).toMatchObject([REFUSED, OK]);
    expect(await read(mixed, 'arcs')).toMatchObject(OK);
  });

  it('rotate nowhere', async () => {
    expect(gateway.connections).toEqual([]);
    expect(await gateway.listLostSignIns()).toEqual([]);
    await gateway.keepSignedIn(rig.controller.signal);
    expect(rig.tokenCalls()).toEqual([]);
  });
});

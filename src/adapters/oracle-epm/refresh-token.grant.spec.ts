import type { EpmFault } from '../../../test/fakes/fake-epm';
import { CONNECTION, EpmRig, type Instance } from '../../../test/harness/epm-rig';
import { letTimePass } from '../../../test/harness/let-time-pass';
import type { EpmGateway } from '../../domain/board/epm-gateway';
import type { EpmAuthConfig } from '../../platform/config/config';
import { Secret } from '../../platform/config/secret';

const DAY_MS = 24 * 3_600_000;

let rig: EpmRig;
let auth: EpmAuthConfig;
let gateway: EpmGateway;
let gateways: EpmGateway[];

beforeEach(async () => {
  rig = await EpmRig.start();
  for (let id = 101; id < 110; id++) rig.fake.startJob('planning', { family: 'planning', id, runsForMs: 0 });
  rig.fake.startJob('arcs', { family: 'arcs', id: 101, runsForMs: 0 });
  auth = rig.oauth();
  gateways = [];
  gateway = instance();
});
afterEach(async () => {
  expect(await rig.leaks(...gateways)).toEqual([]);
  await rig.close();
});

/** As a process that starts. */
function instance(change: Partial<Instance> = {}): EpmGateway {
  const created = rig.install({ auth, instanceId: `instance-${gateways.length + 1}`, ...change });
  gateways.push(created);
  return created;
}

const read = (from = gateway, server = 'planning') => rig.read(from, server, 101);
const keep = (from = gateway) => from.keepSignedIn(rig.controller.signal);
const refreshes = () => rig.tokenCalls().map(({ outcome }) => outcome.status);
const OK = { kind: 'state', state: 'succeeded' };
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};
describe('a sign-in', () => {
  it('gives a token that all servers use until a minute before it expires, then another', async () => {
    expect(await read()).toMatchObject(OK);
    expect(await read(gateway, 'arcs')).toMatchObject(OK);
    await rig.clock.advance(3_600_000 - 60_001);
    await read();
    expect(refreshes()).toEqual([200]);
    await rig.clock.advance('1ms');
    expect(await read()).toMatchObject(OK);
    expect(refreshes()).toEqual([200, 200]);
    expect(rig.fake.calls('planning').every(({ principal }) => principal === 'epm_robot')).toBe(true);
  });

  it('works for a public client, which only names itself', async () => {
    const refreshToken = new Secret(rig.fake.signIn({ client: 'vesper-mobile' }));
    auth = rig.oauth({ clientId: 'vesper-mobile', clientSecret: null, refreshToken });
    const mobile = instance();
    expect(await read(mobile)).toMatchObject(OK);
    await rig.clock.advance('1h');
    expect(await read(mobile)).toMatchObject(OK);
    expect(refreshes()).toEqual([200, 200]);
  });

  it('is refreshed once, however many wait', async () => {
    await Promise.all(Array.from({ length: 8 }, () => read()));
    await rig.clock.advance('1h');
    const answers = await Promise.all(Array.from({ length: 8 }, () => read()));
    expect(answers.every((answer) => answer.kind === 'state')).toBe(true);
    expect(refreshes()).toEqual([200, 200]);
  });

  it('is refreshed once when all its tokens are withdrawn, however many are refused', async () => {
    await read();
    rig.fake.revokeAccessTokens();
    const ids = Array.from({ length: 8 }, (_, n) => 101 + n);
    const answers = await Promise.all(ids.map((id) => rig.read(gateway, 'planning', id)));
    expect(answers.every((answer) => answer.kind === 'state')).toBe(true);
    expect(refreshes()).toEqual([200, 200]);
  });

  it('is not refreshed with each question of a pod that refuses its tokens', async () => {
    rig.fake.fault('planning', { kind: 'answer', status: 401, body: 'no', times: Infinity });
    for (let n = 0; n < 4; n++)
      expect(await read()).toEqual({ kind: 'unauthorized', error: 'EPM refuses the sign-in (HTTP 401)' });
    expect(refreshes()).toEqual([200, 200]);
  });

  it('says what the identity service says of a wrong client, and keeps its token', async () => {
    auth = rig.oauth({ clientSecret: new Secret('wrong') });
    const wrong = instance();
    expect(await read(wrong)).toEqual({
      kind: 'unauthorized',
      error: 'the identity service refuses the client: invalid_client: Client authentication failed.',
      asked: false,
    });
    expect(await wrong.listLostSignIns()).toEqual([]);
    expect(rig.tokens.history).toEqual([]);
  });

  it('keeps the old refresh token where the identity service sends no new one', async () => {
    const body = JSON.stringify({ access_token: 'of-no-use', expires_in: 3_600 });
    rig.fake.fault('identity', { kind: 'answer', status: 200, body });
    // The pod refuses that access token, and the refresh token is still good for another.
    expect(await read()).toMatchObject(OK);
    expect(refreshes()).toEqual([200, 200]);
  });
});

describe('storage', () => {
  it('holds the new tokens, sealed, before the access token is used', async () => {
    const stored: number[] = [];
    rig.fake.fault('planning', { kind: 'held' });
    const reading = read();
    await rig.fake.whenHeld('planning', 1);
    stored.push(rig.tokens.history.length);
    rig.fake.release('planning');
    expect(await reading).toMatchObject(OK);
    expect(stored).toEqual([1]);
    expect(rig.tokens.history[0]).toMatchObject({ connection: CONNECTION, refusal: null, version: 1 });
    expect(rig.tokens.history[0]?.issuedAt).toEqual(rig.clock.now());
  });

  it('lets the sign-in outlive the process', async () => {
    await read();
    const second = instance();
    expect(await read(second)).toMatchObject(OK);
    expect(refreshes()).toEqual([200]);
    await rig.clock.advance('1h');
    const third = instance();
    expect(await read(third)).toMatchObject(OK);
    expect(refreshes()).toEqual([200, 200]);
  });

  it('that takes no writes loses no sign-in: the tokens are kept until it does, and not used before', async () => {
    rig.tokens.fails = 'writes';
    expect(await read()).toEqual({
      kind: 'unreachable',
      error: 'the sign-in epm cannot be read or stored now',
      asked: false,
    });
    expect(await read()).toMatchObject({ kind: 'unreachable' });
    expect(rig.fake.calls('planning')).toEqual([]);
    expect(refreshes()).toEqual([200]);
    expect(rig.logged).toContainEqual(
      expect.objectContaining({ level: 'error', sentence: 'the sign-in at EPM cannot be read or stored' }),
    );
    rig.tokens.fails = 'nothing';
    expect(await read()).toMatchObject(OK);
    expect(refreshes()).toEqual([200]);
    await rig.clock.advance('1h');
    expect(await read()).toMatchObject(OK);
  });

  it('gets at the next look what it could not take, though nobody asks about a job', async () => {
    rig.tokens.fails = 'writes';
    await read();
    await expect(keep()).rejects.toThrow('sign-ins at EPM could not be read');
    rig.tokens.fails = 'nothing';
    await keep();
    expect(rig.tokens.history).toHaveLength(1);
    expect(refreshes()).toEqual([200]);
  });

  it('that cannot be read costs no token', async () => {
    rig.tokens.fails = 'reads';
    expect(await read()).toMatchObject({ kind: 'unreachable' });
    await expect(gateway.listLostSignIns()).rejects.toThrow('the storage does not answer');
    rig.leases.down = true;
    rig.tokens.fails = 'nothing';
    expect(await read()).toMatchObject({ kind: 'unreachable' });
    expect(refreshes()).toEqual([]);
  });

  it('that takes a write and says it did not is not written over with what is used up', async () => {
    rig.tokens.fails = 'answers';
    expect(await read()).toMatchObject({ kind: 'unreachable' });
    rig.tokens.fails = 'nothing';
    const second = instance();
    await rig.clock.advance('1h');
    expect(await read(second)).toMatchObject(OK);
    expect(await read()).toMatchObject(OK);
    expect(refreshes()).toEqual([200, 200]);
    await rig.clock.advance('1h');
    expect(await read()).toMatchObject(OK);
    expect(await gateway.listLostSignIns()).toEqual([]);
  });

  it('of a refusal by somebody who knew only the old token gives way to the new one', async () => {
    await read();
    await rig.clock.advance('1h');
    rig.tokens.fails = 'writes';
    await read();
    rig.tokens.fails = 'nothing';
    const second = instance();
    expect(await read(second)).toMatchObject({ kind: 'unauthorized' });
    expect(await gateway.listLostSignIns()).toEqual([]);
    expect(await read()).toMatchObject(OK);
    expect(await read(second)).toMatchObject(OK);
    expect(refreshes()).toEqual([200, 200, 400]);
  });
});

describe('two instances', () => {
  it('refresh one at a time, and use what the other stored', async () => {
    const second = instance();
    for (let hour = 0; hour < 5; hour++) {
      const answers = await letTimePass(
        rig.clock,
        Promise.all([read(), read(second), read(gateway, 'arcs'), read(second, 'arcs')]),
      );
      expect(answers.every((answer) => answer.kind === 'state')).toBe(true);
      expect(refreshes()).toEqual(Array.from({ length: hour + 1 }, () => 200));
      await rig.clock.advance('1h');
    }
  });

  it('wait for each other, for a while', async () => {
    const second = instance();
    rig.fake.fault('identity', { kind: 'held' });
    const first = read();
    await rig.fake.whenHeld('identity', 1);
    let answered = false;
    const other = read(second).finally(() => (answered = true));
    await settle();
    await rig.clock.advance('5s');
    expect(answered).toBe(false);
    rig.fake.release('identity');
    expect(await first).toMatchObject(OK);
    expect(await letTimePass(rig.clock, other)).toMatchObject(OK);
    expect(refreshes()).toEqual([200]);
  });

  it('one that is gone in the middle of a refresh is waited for no longer than its lease', async () => {
    await rig.leases.acquire(`epm-token:${CONNECTION}`, 'a dead instance', 30_000, rig.clock.now());
    expect(await letTimePass(rig.clock, read())).toMatchObject(OK);
  });

  it('one that holds the lease for ever is not waited for for ever', async () => {
    await rig.leases.acquire(`epm-token:${CONNECTION}`, 'a stuck instance', 3_600_000, rig.clock.now());
    expect(await letTimePass(rig.clock, read())).toEqual({
      kind: 'unreachable',
      error: 'another instance is renewing the sign-in epm',
      asked: false,
    });
    expect(refreshes()).toEqual([]);
  });

  it('are both healed by one refresh after all tokens were withdrawn', async () => {
    const second = instance();
    await letTimePass(rig.clock, Promise.all([read(), read(second)]));
    rig.fake.revokeAccessTokens();
    const answers = await letTimePass(rig.clock, Promise.all([read(), read(second)]));
    expect(answers).toMatchObject([OK, OK]);
    expect(refreshes()).toEqual([200, 200]);
  });

  it('one that slept through its lease does not begin a refresh', async () => {
    const find = rig.tokens.find.bind(rig.tokens);
    const sleepingFind = jest.spyOn(rig.tokens, 'find').mockImplementation(async (connection) => {
      if (rig.leases.holder(`epm-token:${CONNECTION}`) !== null && !rig.leases.down) {
        rig.leases.down = true;
        await rig.clock.advance('31s');
      }
      return find(connection);
    });
    expect(await read()).toEqual({
      kind: 'unreachable',
      error: 'the sign-in epm is being renewed elsewhere',
      asked: false,
    });
    expect(refreshes()).toEqual([]);
    sleepingFind.mockRestore();
  });

  it('one that slept through its lease does not take the other for lost', async () => {
    await read();
    await rig.clock.advance('1h');
    rig.fake.fault('identity', { kind: 'held' });
    const sleeper = read();
    await rig.fake.whenHeld('identity', 1);
    // As a paused process: its lease has passed to another, who is quicker.
    const lease = await rig.leases.acquire(`epm-token:${CONNECTION}`, 'instance-1', 30_000, rig.clock.now());
    if (lease !== null) await rig.leases.release(lease);
    const second = instance();
    expect(await read(second)).toMatchObject(OK);
    rig.fake.release('identity');
    expect(await sleeper).toMatchObject(OK);
    expect(refreshes()).toEqual([200, 400, 200]);
    expect(await gateway.listLostSignIns()).toEqual([]);
  });
});

describe('a sign-in that is lost', () => {
  const EXPIRED = { connection: CONNECTION, error: 'invalid_grant: Token is expired for client : vesper' };

  it('is told, durably, and asked for no more by anybody', async () => {
    await read();
    await rig.clock.advance(7 * DAY_MS);
    expect(await read()).toEqual({ kind: 'unauthorized', error: EXPIRED.error, asked: false });
    expect(await read()).toEqual({ kind: 'unauthorized', error: EXPIRED.error, asked: false });
    await keep();
    const restarted = instance();
    expect(await read(restarted)).toEqual({ kind: 'unauthorized', error: EXPIRED.error, asked: false });
    await keep(restarted);
    expect(await restarted.listLostSignIns()).toEqual([EXPIRED]);
    expect(await gateway.listLostSignIns()).toEqual([EXPIRED]);
    expect(refreshes()).toEqual([200, 400]);
    const told = rig.logged.filter(({ sentence }) => sentence === 'the sign-in at EPM is refused');
    expect(told).toHaveLength(2);
  });

  it('is not gone on with by a token that was withdrawn before its time', async () => {
    await read();
    rig.fake.revokeAccessTokens();
    rig.fake.revokeRefreshTokens();
    const withdrawn = { kind: 'unauthorized', error: 'invalid_grant: The token is invalid.' };
    expect(await read()).toEqual(withdrawn);
    for (let n = 0; n < 2; n++) expect(await read()).toEqual({ ...withdrawn, asked: false });
    expect(rig.fake.calls('planning')).toHaveLength(2);
    expect(refreshes()).toEqual([200, 400]);
  });

  it('begins anew with another refresh token in the configuration, for the old instances as well', async () => {
    await read();
    rig.fake.revokeRefreshTokens();
    await rig.clock.advance('1h');
    expect(await read()).toMatchObject({
      kind: 'unauthorized',
      error: 'invalid_grant: The token is invalid.',
    });
    auth = rig.oauth();
    const renewed = instance();
    expect(await renewed.listLostSignIns()).toEqual([]);
    expect(await read(renewed)).toMatchObject(OK);
    expect(await gateway.listLostSignIns()).toEqual([]);
    expect(await read()).toMatchObject(OK);
    expect(refreshes()).toEqual([200, 400, 200]);
  });

  it('is lost at once when the configured token is no good', async () => {
    auth = rig.oauth({ refreshToken: new Secret('fake-refresh-nonsense') });
    const wrong = instance();
    for (let n = 0; n < 2; n++)
      expect(await read(wrong)).toEqual({
        kind: 'unauthorized',
        error: 'invalid_grant: The token is invalid.',
        asked: false,
      });
    expect(await wrong.listLostSignIns()).toHaveLength(1);
    expect(refreshes()).toEqual([400]);
  });

  it('is lost when the answer is, after the token was consumed', async () => {
    rig.fake.fault('identity', { kind: 'answer_lost' });
    expect(await read()).toMatchObject({ kind: 'unreachable' });
    expect(await gateway.listLostSignIns()).toEqual([]);
    expect(await read()).toEqual({
      kind: 'unauthorized',
      error: 'invalid_grant: The token has already been consumed',
      asked: false,
    });
    expect(await gateway.listLostSignIns()).toHaveLength(1);
    expect(refreshes()).toEqual([null, 400]);
  });

  it('is not lost by what happens before the token is looked at', async () => {
    const before: EpmFault[] = [
      { kind: 'reset' },
      { kind: 'unavailable' },
      { kind: 'java_error' },
      { kind: 'maintenance_page' },
      { kind: 'login_page' },
      { kind: 'login_redirect' },
      { kind: 'garbage' },
      { kind: 'huge', bytes: 300_000 },
      { kind: 'answer', status: 401, body: '<html>', contentType: 'text/html' },
      { kind: 'hang' },
    ];
    for (const fault of before) {
      rig.fake.fault('identity', fault);
      expect(await rig.readPatiently(gateway, 'planning', 101)).toMatchObject({ kind: 'unreachable' });
    }
    await rig.fake.takeDown('identity');
    expect(await read()).toMatchObject({
      kind: 'unreachable',
      error: expect.stringContaining('no connection'),
    });
    await rig.fake.bringUp('identity');
    expect(await read()).toMatchObject(OK);
    expect(await gateway.listLostSignIns()).toEqual([]);
  });

  it('does not end in a broken-off refresh when the end is asked for', async () => {
    rig.fake.fault('identity', { kind: 'held' });
    const reading = read();
    await rig.fake.whenHeld('identity', 1);
    rig.controller.abort();
    rig.fake.release('identity');
    expect(await reading).toMatchObject({ kind: 'unreachable' });
    expect(rig.tokens.history).toHaveLength(1);
    expect(await read()).toMatchObject({ kind: 'unreachable' });
    expect(refreshes()).toEqual([200]);
  });

  it('is not refreshed any more once the end is asked for', async () => {
    rig.controller.abort();
    expect(await read()).toMatchObject({ kind: 'unreachable' });
    await keep();
    expect(refreshes()).toEqual([]);
  });
});

describe('another refresh token in the configuration', () => {
  it('begins a new line although the stored one lives', async () => {
    await read();
    auth = rig.oauth();
    const second = instance();
    await read(second);
    expect(rig.tokens.history.map(({ seed }) => seed)).toHaveLength(2);
    expect(new Set(rig.tokens.history.map(({ seed }) => seed)).size).toBe(2);
    await rig.clock.advance('1h');
    // The instance with the older configuration follows, and does not begin its own line again.
    expect(await read()).toMatchObject(OK);
    expect(await read(second)).toMatchObject(OK);
    expect(refreshes()).toEqual([200, 200, 200]);
  });

  it('is not answered with the older one by an instance that has only read what others stored', async () => {
    await read();
    const reader = instance();
    await read(reader);
    auth = rig.oauth();
    await read(instance());
    await rig.clock.advance('1h');
    expect(await read(reader)).toMatchObject(OK);
    expect(refreshes()).toEqual([200, 200, 200]);
  });

  it('that is used up, as an old configuration is, leaves the stored line alone', async () => {
    const old = auth;
    await read();
    auth = rig.oauth();
    await read(instance());
    await rig.clock.advance('1h');
    auth = old;
    const rolledBack = instance();
    expect(await read(rolledBack)).toMatchObject(OK);
    expect(await rolledBack.listLostSignIns()).toEqual([]);
    expect(rig.logged).toContainEqual({
      level: 'warn',
      fields: { connection: CONNECTION, reason: 'invalid_grant: The token has already been consumed' },
      sentence: 'the configured refresh token is refused; the sign-in in storage goes on',
    });
    expect(refreshes()).toEqual([200, 200, 400, 200]);
  });
});

describe('another token key', () => {
  const UNDER_ANOTHER = 'the stored tokens do not open under the configured token key';

  it('loses the sign-in, says so, and loses it for nobody else', async () => {
    await read();
    const other = instance({ tokenKey: 'another key of at least 32 characters' });
    expect(await read(other)).toEqual({ kind: 'unauthorized', error: UNDER_ANOTHER, asked: false });
    await keep(other);
    expect(await other.listLostSignIns()).toEqual([{ connection: CONNECTION, error: UNDER_ANOTHER }]);
    expect(rig.logged).toContainEqual(
      expect.objectContaining({ level: 'error', fields: { connection: CONNECTION, reason: UNDER_ANOTHER } }),
    );
    expect(refreshes()).toEqual([200]);
    expect(rig.tokens.history).toHaveLength(1);
    expect(await read(instance())).toMatchObject(OK);
  });

  it('begins anew together with another refresh token', async () => {
    await read();
    auth = rig.oauth();
    const other = instance({ tokenKey: 'another key of at least 32 characters' });
    expect(await read(other)).toMatchObject(OK);
    expect(await other.listLostSignIns()).toEqual([]);
  });
});

describe('keeping signed in', () => {
  it('uses the configured token at once: nobody knows how old it is', async () => {
    await keep();
    await keep();
    expect(refreshes()).toEqual([200]);
    expect(await read()).toMatchObject(OK);
    expect(refreshes()).toEqual([200]);
  });

  it('keeps a sign-in alive for weeks in which nobody asks about a job', async () => {
    await keep();
    for (let hour = 0; hour < 24 * 21; hour++) {
      await rig.clock.advance('1h');
      await keep();
    }
    expect(await read()).toMatchObject(OK);
    expect(refreshes()).toEqual([200, 200, 200, 200, 200]);
  });

  it('renews after five and a half days, and not before', async () => {
    await keep();
    await rig.clock.advance(5.5 * DAY_MS - 1);
    await keep();
    expect(refreshes()).toEqual([200]);
    await rig.clock.advance('1ms');
    await keep();
    expect(refreshes()).toEqual([200, 200]);
  });

  it('renews although an access token is still good', async () => {
    await rig.close();
    rig = await EpmRig.start({ identity: { accessTokenSeconds: 30 * 24 * 3_600 } });
    auth = rig.oauth();
    gateways = [];
    gateway = instance();
    await keep();
    await rig.clock.advance(5.5 * DAY_MS);
    await keep();
    expect(refreshes()).toEqual([200, 200]);
  });

  it('leaves alone what another instance has renewed, also after a start', async () => {
    await keep();
    await rig.clock.advance(5.5 * DAY_MS);
    await keep(instance());
    await keep();
    await rig.clock.advance('1h');
    await keep(instance());
    expect(refreshes()).toEqual([200, 200]);
  });

  it('tries again the next time when the identity service is down, and does not reject', async () => {
    rig.fake.fault('identity', { kind: 'unavailable' });
    await keep();
    expect(rig.logged).toMatchObject([{ level: 'warn', sentence: 'the sign-in at EPM gives no token now' }]);
    await keep();
    expect(refreshes()).toEqual([503, 200]);
  });

  it('goes on while pull mode is switched off, and tells of what is lost all the same', async () => {
    const off = instance({ enabled: false });
    await keep(off);
    for (let day = 0; day < 21; day++) {
      await rig.clock.advance('1d');
      await keep(off);
    }
    expect(refreshes()).toEqual([200, 200, 200, 200]);
    expect(await off.listLostSignIns()).toEqual([]);
    // Switched on again, as a process that starts.
    expect(await read(instance())).toMatchObject(OK);
    rig.fake.revokeRefreshTokens();
    await rig.clock.advance('6d');
    await keep(off);
    expect(await off.listLostSignIns()).toEqual([
      { connection: CONNECTION, error: 'invalid_grant: The token is invalid.' },
    ]);
  });

  it('names what rotates', () => {
    expect(gateway.connections).toEqual([CONNECTION]);
  });
});

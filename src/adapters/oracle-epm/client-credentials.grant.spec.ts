import { CONNECTION, EpmRig } from '../../../test/harness/epm-rig';
import type { EpmFault } from '../../../test/fakes/fake-epm';
import type { EpmGateway } from '../../domain/board/epm-gateway';
import { Secret } from '../../platform/config/secret';

/** That of Account Reconciliation wants to know whose role it is. */
const PODS = {
  planning: { product: 'planning', acceptsTokensWithoutUser: true },
  arcs: { product: 'arcs' },
  edm: { product: 'edm', acceptsTokensWithoutUser: true },
} as const;

let rig: EpmRig;
let gateway: EpmGateway;

beforeEach(async () => {
  rig = await EpmRig.start({
    pods: PODS,
  });
  rig.fake.startJob('planning', { family: 'planning', id: 101, runsForMs: 0 });
  rig.fake.startJob('arcs', { family: 'arcs', id: 101 });
  gateway = install();
});
afterEach(async () => {
  expect(await rig.leaks(gateway)).toEqual([]);
  await rig.close();
});

const install = (change: Parameters<EpmRig['oauth']>[0] = {}) =>
  rig.install({ auth: rig.oauth({ grant: 'client_credentials', refreshToken: null, ...change }) });
const read = (server = 'planning') => rig.read(gateway, server, 101);

describe('client credentials', () => {
  it('give a token that serves all servers of the connection until a minute before it expires', async () => {
    expect(await read()).toMatchObject({ state: 'succeeded' });
    await rig.clock.advance(3_600_000 - 60_001);
    await read('edm');
    expect(rig.tokenCalls()).toMatchObject([{ grant: 'client_credentials', outcome: { status: 200 } }]);
    await rig.clock.advance('1ms');
    expect(await read()).toMatchObject({ state: 'succeeded' });
    expect(rig.tokenCalls()).toHaveLength(2);
  });

  it('live for half of a short life', async () => {
    await rig.close();
    rig = await EpmRig.start({ pods: PODS, identity: { accessTokenSeconds: 40 } });
    rig.fake.startJob('planning', { family: 'planning', id: 101, runsForMs: 0 });
    gateway = install();
    await read();
    await rig.clock.advance('19s');
    await read();
    expect(rig.tokenCalls()).toHaveLength(1);
    await rig.clock.advance('1s');
    await read();
    expect(rig.tokenCalls()).toHaveLength(2);
  });

  it('are asked for once, however many wait', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => read()));
    expect(answers.every((answer) => answer.kind === 'state')).toBe(true);
    expect(rig.tokenCalls()).toHaveLength(1);
  });

  it('are fetched anew once when a token is refused, however many were refused', async () => {
    await read();
    rig.fake.revokeAccessTokens();
    const answers = await Promise.all(Array.from({ length: 8 }, () => read()));
    expect(answers.every((answer) => answer.kind === 'state')).toBe(true);
    expect(rig.tokenCalls()).toHaveLength(2);
  });

  it('are given up when the pod wants a user, and not renewed for its sake for five minutes', async () => {
    for (let n = 0; n < 3; n++)
      expect(await read('arcs')).toEqual({
        kind: 'unauthorized',
        error: 'EPM refuses the sign-in (HTTP 401)',
      });
    expect(rig.tokenCalls()).toHaveLength(2);
    expect(rig.fake.calls('arcs')).toHaveLength(4);
    rig.fake.revokeAccessTokens();
    expect(await read('planning')).toMatchObject({ state: 'succeeded' });
    await rig.clock.advance('5m');
    await read('arcs');
    expect(rig.tokenCalls()).toHaveLength(4);
  });

  it.each<[string, Parameters<EpmRig['oauth']>[0], string]>([
    [
      'a wrong secret',
      { clientSecret: new Secret('wrong') },
      'invalid_client: Client authentication failed.',
    ],
    ['a wrong scope', { scope: 'urn:wrong' }, 'invalid_scope: The scope urn:wrong is invalid.'],
    ['no scope', { scope: null }, 'invalid_scope: The parameter scope is missing.'],
    [
      'a client that may not',
      { clientId: 'vesper-mobile', clientSecret: null },
      'unauthorized_client: The client may not use the grant client_credentials.',
    ],
  ])('with %s are refused, said once, and tried again after five minutes', async (_, change, error) => {
    gateway = install(change);
    const reason = `the identity service refuses the client: ${error}`;
    const refused = { kind: 'unauthorized', error: reason, asked: false };
    for (let n = 0; n < 3; n++) expect(await read()).toEqual(refused);
    expect(rig.tokenCalls()).toHaveLength(1);
    expect(rig.logged).toEqual([
      {
        level: 'error',
        fields: { connection: CONNECTION, reason },
        sentence: 'the sign-in at EPM is refused',
      },
    ]);
    await rig.clock.advance('5m');
    await read();
    expect(rig.tokenCalls()).toHaveLength(2);
    expect(rig.fake.calls('planning')).toEqual([]);
  });

  it.each<EpmFault>([
    { kind: 'reset' },
    { kind: 'answer_lost' },
    { kind: 'cut' },
    { kind: 'truncated' },
    { kind: 'garbage' },
    { kind: 'unavailable' },
    { kind: 'java_error' },
    { kind: 'maintenance_page' },
    { kind: 'login_page' },
    { kind: 'login_redirect' },
    { kind: 'huge', bytes: 300_000 },
    { kind: 'no_content' },
    { kind: 'answer', status: 200, body: '{}' },
    { kind: 'answer', status: 200, body: '{"access_token":"two words"}' },
    { kind: 'answer', status: 400, body: '{"error":"temporarily_unavailable"}' },
    { kind: 'answer', status: 429, body: '{"error":"too_many"}' },
  ])('are not to be had for the moment: %j', async (fault) => {
    rig.fake.fault('identity', fault);
    expect(await read()).toMatchObject({
      kind: 'unreachable',
      error: expect.stringContaining('identity service'),
    });
    expect(rig.logged).toMatchObject([{ level: 'warn' }]);
    expect(await read()).toMatchObject({ state: 'succeeded' });
    expect(rig.tokenCalls()).toHaveLength(2);
  });

  it('are taken also when the answer is called partial', async () => {
    rig.fake.fault('identity', { kind: 'partial_content' });
    expect(await read()).toMatchObject({ state: 'succeeded' });
    expect(rig.tokenCalls()).toHaveLength(1);
  });

  it.each<EpmFault['kind']>(['hang', 'stall'])('are waited for 30 s: %s', async (kind) => {
    rig.fake.fault('identity', { kind } as EpmFault);
    expect(await rig.readPatiently(gateway, 'planning', 101)).toEqual({
      kind: 'unreachable',
      error: 'the identity service does not answer: no answer within 30 s',
      asked: false,
    });
    expect(await read()).toMatchObject({ state: 'succeeded' });
  });

  it('may come with a life in words, or without one', async () => {
    const answer = (life: object) => {
      const body = JSON.stringify({ access_token: 'not-known-to-the-pod', token_type: 'Bearer', ...life });
      rig.fake.fault('identity', { kind: 'answer', status: 200, body });
    };
    answer({ expires_in: '120' });
    answer({});
    await read();
    // Both tokens were tried, each once: the pod refuses them.
    expect(rig.fake.calls('planning').map(({ authorization }) => authorization)).toEqual([
      'bearer',
      'bearer',
    ]);
  });

  it('echoed by the identity service are not shown', async () => {
    const body = JSON.stringify({
      error: 'invalid_client',
      error_description: 'wrong secret vesper-secret given',
    });
    rig.fake.fault('identity', { kind: 'answer', status: 401, body });
    expect(await read()).toMatchObject({ error: expect.stringContaining('wrong secret [redacted] given') });
  });
});

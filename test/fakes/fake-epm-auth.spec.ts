import { FakeEpm } from './fake-epm';
import { askToken, BASIC, basic, EpmReply, fieldsOf, get } from './fake-epm/calling';

let now: number;
let fake: FakeEpm;

beforeEach(async () => {
  now = 1_700_000_000_000;
  fake = await FakeEpm.start({
    now: () => now,
    pods: {
      planning: { product: 'planning' },
      classic: { product: 'planning', identityDomain: 'acme' },
      lenient: { product: 'arcs', acceptsTokensWithoutUser: true },
      other: { product: 'arcs', scope: 'urn:opc:other' },
    },
    identity: {
      users: [
        { name: 'epm_robot', password: 'epm-password' },
        { name: 'colon', password: 'a:b:ü' },
        { name: 'careful', password: 'secret', hasMfa: true },
        { name: 'forgotten', password: 'secret', isPasswordExpired: true },
        { name: 'guest', password: 'secret', mayReadJobs: false },
      ],
      clients: [
        { id: 'vesper', secret: 'vesper-secret', scopes: ['urn:opc:epm', 'urn:opc:other'] },
        { id: 'mobile', secret: null },
        { id: 'machine', secret: 'machine-secret', grants: ['client_credentials'] },
      ],
    },
  });
  fake.startJob('planning', { family: 'planning', id: 101 });
  fake.startJob('classic', { family: 'planning', id: 101 });
  fake.startJob('lenient', { family: 'arcs', id: 101 });
  fake.startJob('other', { family: 'arcs', id: 101 });
});
afterEach(() => fake.close());

const PATHS: Readonly<Record<string, string>> = {
  planning: '/HyperionPlanning/rest/v3/applications/Vision/jobs/101',
  classic: '/HyperionPlanning/rest/v3/applications/Vision/jobs/101',
  lenient: '/armARCS/rest/v1/jobs/101',
  other: '/armARCS/rest/v1/jobs/101',
};
const read = (authorization: string | null, pod = 'planning'): Promise<EpmReply> =>
  get(fake, pod, PATHS[pod] ?? '', { authorization });
const bearer = (reply: EpmReply): string => `Bearer ${String(fieldsOf(reply)['access_token'])}`;
const VESPER = basic('vesper', 'vesper-secret');

describe('a pod', () => {
  it('answers 401 with a web page to whom it does not know, whatever the path', async () => {
    const refused = await read(null);

    expect(refused).toMatchObject({ status: 401, contentType: 'text/html; charset=UTF-8' });
    expect((await get(fake, 'planning', '/nowhere', { authorization: null })).status).toBe(401);
  });

  it.each([
    ['a wrong password', basic('epm_robot', 'wrong')],
    ['an unknown user', basic('nobody', 'epm-password')],
    ['a user with a second factor', basic('careful', 'secret')],
    ['an expired password', basic('forgotten', 'secret')],
    ['another scheme', BASIC.replace('Basic', 'Digest')],
    ['half a header', 'Basic'],
    ['an identity domain it does not ask for', basic('acme.epm_robot', 'epm-password')],
    ['a token nobody issued', 'Bearer nonsense'],
  ])('answers 401 to %s', async (_, authorization) => {
    expect((await read(authorization)).status).toBe(401);
  });

  it('takes the right user, also with colons and letters beyond ASCII in the password', async () => {
    expect((await read(BASIC)).status).toBe(200);
    expect((await read(basic('colon', 'a:b:ü'))).status).toBe(200);
  });

  it('asks for the identity domain where it is an old one', async () => {
    expect((await read(BASIC, 'classic')).status).toBe(401);
    expect((await read(basic('acme.epm_robot', 'epm-password'), 'classic')).status).toBe(200);
  });

  it('answers 403 without the role', async () => {
    expect((await read(basic('guest', 'secret'))).status).toBe(403);
    const refresh_token = fake.signIn({ client: 'vesper', user: 'guest' });
    const reply = await askToken(fake, { grant_type: 'refresh_token', refresh_token }, VESPER);
    expect((await read(bearer(reply))).status).toBe(403);
  });
});

describe('the grant client_credentials', () => {
  const form = { grant_type: 'client_credentials', scope: 'urn:opc:epm' };

  it('issues a token without a user, which a pod refuses unless it is told to accept it', async () => {
    const reply = await askToken(fake, form, VESPER);

    expect(reply.body).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 3_600 });
    expect((await read(bearer(reply))).status).toBe(401);
    expect((await read(bearer(reply), 'lenient')).status).toBe(200);
    expect(fake.calls('lenient').at(-1)?.principal).toBe('client:vesper');
  });

  it.each(['urn:opc:nothing', 'urn:opc:epm offline_access', '', 'urn:opc:epm,urn:opc:other'])(
    'refuses the scope "%s"',
    async (scope) => {
      expect(await askToken(fake, { ...form, scope }, VESPER)).toMatchObject({
        status: 400,
        body: { error: 'invalid_scope' },
      });
    },
  );

  it('is not for a client without it', async () => {
    expect(await askToken(fake, { ...form, client_id: 'mobile' })).toMatchObject({
      status: 400,
      body: { error: 'unauthorized_client' },
    });
  });
});

describe('the grant refresh_token', () => {
  const refresh = (refresh_token: string, more: Record<string, string> = {}): Promise<EpmReply> =>
    askToken(fake, { grant_type: 'refresh_token', refresh_token, ...more }, VESPER);
  const next = (reply: EpmReply): string => String(fieldsOf(reply)['refresh_token']);

  it('issues a token of the user, and a new refresh token in place of the old one', async () => {
    const first = fake.signIn({ client: 'vesper' });
    const reply = await refresh(first);
    const again = await refresh(first);
    const second = await refresh(next(reply));

    expect(reply).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 3_600 } });
    expect((await read(bearer(reply))).status).toBe(200);
    expect(fake.calls('planning').at(-1)?.principal).toBe('epm_robot');
    expect(again).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'The token has already been consumed' },
    });
    expect(second.status).toBe(200);
    expect(next(second)).not.toBe(next(reply));
  });

  it('lets one of those win that come at the same time', async () => {
    const token = fake.signIn({ client: 'vesper' });
    const replies = await Promise.all(Array.from({ length: 5 }, () => refresh(token)));

    expect(replies.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 400, 400, 400, 400]);
  });

  it('consumes the token also when the answer is lost', async () => {
    const token = fake.signIn({ client: 'vesper' });
    fake.fault('identity', { kind: 'answer_lost' });

    await expect(refresh(token)).rejects.toThrow('fetch failed');
    expect(await refresh(token)).toMatchObject({
      status: 400,
      body: { error_description: 'The token has already been consumed' },
    });
  });

  it('ends seven days after the last refresh', async () => {
    const sevenDays = 7 * 24 * 3_600_000;
    const [first, idle] = [fake.signIn({ client: 'vesper' }), fake.signIn({ client: 'vesper' })];
    now += sevenDays - 1;
    const reply = await refresh(first);
    now += 1;

    expect(await refresh(idle)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Token is expired for client : vesper' },
    });
    now += sevenDays - 2;
    expect((await refresh(next(reply))).status).toBe(200);
  });

  it('takes the scopes of the sign-in or fewer, and a refusal consumes nothing', async () => {
    const token = fake.signIn({ client: 'vesper' });

    expect(await refresh(token, { scope: 'urn:opc:other' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_scope' },
    });
    expect((await refresh(token, { scope: 'urn:opc:epm offline_access' })).status).toBe(200);
  });

  it('is bound to its client, and works for one without a secret', async () => {
    const [ofVesper, ofMobile] = [fake.signIn({ client: 'vesper' }), fake.signIn({ client: 'mobile' })];
    const asMobile = (refresh_token: string): Promise<EpmReply> =>
      askToken(fake, { grant_type: 'refresh_token', refresh_token, client_id: 'mobile' });

    expect(await asMobile(ofVesper)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect((await asMobile(ofMobile)).status).toBe(200);
  });

  it('is over for all when an administrator withdraws it', async () => {
    const token = fake.signIn({ client: 'vesper' });
    fake.revokeRefreshTokens();

    expect(await refresh(token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(fake.state().tokens).toEqual({ access: 0, refresh: 0 });
  });
});

describe('an access token', () => {
  const token = async (scope = 'urn:opc:epm'): Promise<string> => {
    const refresh_token = fake.signIn({ client: 'vesper', scope });
    return bearer(await askToken(fake, { grant_type: 'refresh_token', refresh_token }, VESPER));
  };

  it('is valid for expires_in seconds of the clock', async () => {
    const authorization = await token();
    now += 3_599_999;
    expect((await read(authorization)).status).toBe(200);
    now += 1;
    expect((await read(authorization)).status).toBe(401);
  });

  it('is valid where its scope is', async () => {
    const [epm, other] = [await token(), await token('urn:opc:other')];

    expect([(await read(epm)).status, (await read(epm, 'other')).status]).toEqual([200, 401]);
    expect([(await read(other)).status, (await read(other, 'other')).status]).toEqual([401, 200]);
  });

  it('can be withdrawn with all others; a new one is valid', async () => {
    const [one, two] = [await token(), await token()];
    fake.revokeAccessTokens();

    expect([(await read(one)).status, (await read(two)).status]).toEqual([401, 401]);
    expect((await read(await token())).status).toBe(200);
  });

  it('of a user with a second factor is as good as any', async () => {
    const refresh_token = fake.signIn({ client: 'vesper', user: 'careful' });
    const reply = await askToken(fake, { grant_type: 'refresh_token', refresh_token }, VESPER);

    expect((await read(bearer(reply))).status).toBe(200);
  });
});

describe('the token endpoint', () => {
  const form = { grant_type: 'client_credentials', scope: 'urn:opc:epm' };

  it.each<[string, Record<string, string>, string | undefined]>([
    ['nobody', form, undefined],
    ['an unknown client', form, basic('nobody', 'vesper-secret')],
    ['a wrong secret', form, basic('vesper', 'wrong')],
    ['a confidential client without its secret', { ...form, client_id: 'vesper' }, undefined],
    ['a secret in the form', { ...form, client_id: 'vesper', client_secret: 'vesper-secret' }, undefined],
    ['a secret in both places', { ...form, client_secret: 'vesper-secret' }, VESPER],
    ['a public client with a secret', { ...form, client_id: 'mobile', client_secret: '' }, undefined],
    ['a public client with a header', form, basic('mobile', '')],
    ['two clients at once', { ...form, client_id: 'machine' }, VESPER],
    ['a scheme other than Basic', form, 'Bearer vesper-secret'],
  ])('answers 401 invalid_client to %s', async (_, fields, authorization) => {
    expect(await askToken(fake, fields, authorization)).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
  });

  it.each<[string, Record<string, string>, string]>([
    ['no grant', { scope: 'urn:opc:epm' }, 'invalid_request'],
    ['a grant it does not serve', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['a refresh without a token', { grant_type: 'refresh_token' }, 'invalid_request'],
    ['a token nobody issued', { grant_type: 'refresh_token', refresh_token: 'x' }, 'invalid_grant'],
  ])('refuses %s', async (_, fields, error) => {
    expect(await askToken(fake, fields, VESPER)).toMatchObject({ status: 400, body: { error } });
  });

  it('refuses a grant the client is not registered for', async () => {
    const reply = await askToken(
      fake,
      { grant_type: 'refresh_token', refresh_token: 'x' },
      basic('machine', 'machine-secret'),
    );

    expect(reply).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
  });

  it('takes a form by POST and nothing else, each parameter once', async () => {
    const post = async (body: string, type: string): Promise<number> => {
      const headers = { authorization: VESPER, 'content-type': type };
      const response = await fetch(fake.tokenUrl, { method: 'POST', body, headers });
      await response.text();
      return response.status;
    };
    const encoded = new URLSearchParams(form).toString();

    expect(await post(encoded, 'application/x-www-form-urlencoded;charset=UTF-8')).toBe(200);
    expect(await post(JSON.stringify(form), 'application/json')).toBe(415);
    expect(await post(encoded, 'text/plain')).toBe(415);
    expect(await post(`${encoded}&scope=x`, 'application/x-www-form-urlencoded')).toBe(400);
    expect((await fetch(fake.tokenUrl)).status).toBe(405);
    expect((await fetch(fake.tokenUrl.replace('token', 'tokens'))).status).toBe(404);
  });

  it('is on record with grant and client, without secrets', async () => {
    await askToken(fake, form, VESPER);
    await askToken(fake, { grant_type: 'refresh_token', refresh_token: 'sesame', client_id: 'mobile' });

    expect(fake.calls('identity')).toMatchObject([
      {
        verb: 'POST',
        path: '/oauth2/v1/token',
        at: now,
        authorization: 'basic',
        principal: 'client:vesper',
        grant: 'client_credentials',
      },
      { authorization: 'none', principal: 'client:mobile', grant: 'refresh_token', outcome: { status: 400 } },
    ]);
    expect(JSON.stringify(fake.calls())).not.toMatch(/sesame|vesper-secret|fake-access/);
  });

  it('knows whom a person may sign in as', () => {
    expect(() => fake.signIn({ client: 'nobody' })).toThrow('no client nobody');
    expect(() => fake.signIn({ client: 'vesper', user: 'nobody' })).toThrow('no user nobody');
    expect(() => fake.signIn({ client: 'mobile', scope: 'urn:opc:other' })).toThrow(
      'mobile has no scope urn:opc:other',
    );
  });
});

import {
  ARCS,
  BASIC,
  NAME_RULE,
  OAUTH,
  PLANNING,
  REFRESHING,
  faultsOf,
  parse,
  parseText,
  withApp,
  withAuth,
  withServer,
  withServers,
} from '../../../test/builders/an-apps-file';

describe('servers', () => {
  const https = 'must be an https address';
  const alone = 'must be the address of the pod alone, without a path such as /epmcloud and without a query';

  it.each<[object, string]>([
    [{ ...ARCS, port: 1 }, 'pod: port is not a known field'],
    [{ ...ARCS, name: '' }, `pod: name ${NAME_RULE}`],
    [
      { ...ARCS, family: 'fccs' },
      'pod: family must be one of the following values: planning, data-integration, arcs, edm',
    ],
    [
      { ...PLANNING, application: undefined },
      'pod: application must be set for the family planning: its paths hold it',
    ],
    [{ ...PLANNING, family: 'edm' }, 'pod: application is not used by the family edm'],
    [{ family: 'arcs' }, 'pod: base_url must be a string'],
    [{ ...ARCS, base_url: 'arcs.example.com' }, `pod.base_url: ${https}`],
    [{ ...ARCS, base_url: 'https:arcs.example.com' }, `pod.base_url: ${https}`],
    [{ ...ARCS, base_url: 'https://exa mple' }, `pod.base_url: ${https}`],
    [{ ...ARCS, base_url: 'file:///etc/passwd' }, `pod.base_url: ${https}`],
    [
      { ...ARCS, base_url: 'http://arcs.example.com' },
      'pod.base_url: must begin with https:// (http:// only for a stand-in on localhost, outside production)',
    ],
    [{ ...ARCS, base_url: 'https://me@arcs.example.com' }, 'pod.base_url: must not contain credentials'],
    [{ ...ARCS, base_url: 'https://:hidden@arcs.example.com' }, 'pod.base_url: must not contain credentials'],
    [{ ...ARCS, base_url: 'https://arcs.example.com/epmcloud' }, `pod.base_url: ${alone}`],
    [{ ...ARCS, base_url: 'https://arcs.example.com?x=1' }, `pod.base_url: ${alone}`],
    [{ ...ARCS, base_url: 'https://arcs.example.com#x' }, 'pod.base_url: must not contain a fragment (#)'],
    [{ ...ARCS, auth: 'basic' }, 'pod: auth must be an object'],
    [{ ...ARCS, auth: {} }, 'pod.auth.type: must be basic or oauth'],
  ])('refuses %j', (server, fault) => {
    expect(faultsOf(withServer(server))).toEqual([`epm.servers.${fault}`]);
  });

  it.each(['shared', '-a', 'a b', '__proto__', 's'.repeat(51)])('refuses the id %j', (id) => {
    const text = `{"apps":{"A":{"domains":["B"]}},"epm":{"servers":{"${id}":${JSON.stringify(ARCS)}}}}`;
    expect(parseText(text).faults).toEqual([expect.stringContaining('its id must be 1-50 letters, digits')]);
  });

  it.each([
    [BASIC, OAUTH],
    [BASIC, { ...BASIC, username: 'other' }],
    [BASIC, { ...BASIC, password: 'other' }],
    [OAUTH, { ...OAUTH, token_url: 'https://other/token' }],
    [OAUTH, { ...OAUTH, client_id: 'other' }],
    [OAUTH, { ...OAUTH, client_secret: 'other' }],
    [OAUTH, { ...OAUTH, scope: null }],
    [OAUTH, REFRESHING],
    [REFRESHING, { ...REFRESHING, refresh_token: 'other' }],
  ])('refuses two ways to sign in to the same API of the same pod: %j and %j', (auth, otherAuth) => {
    const other = { base_url: 'https://PLANNING-epm.example.com:443/', application: 'Fccs', auth: otherAuth };
    expect(faultsOf(withServers({ a: PLANNING, b: { ...PLANNING, ...other } }, auth))).toEqual([
      'epm.servers.b: must sign in to its address and family in the same way as epm.servers.a',
    ]);
  });

  it.each([BASIC, OAUTH])('refuses the same server twice, signed in to with %j', (auth) => {
    expect(faultsOf(withServers({ a: ARCS, b: { ...ARCS, name: 'b', auth } }, auth))).toEqual([
      'epm.servers.b: is the same server as epm.servers.a',
    ]);
  });

  it('refuses a refresh token in two places, since it can be used once', () => {
    const servers = { a: PLANNING, b: { ...ARCS, auth: REFRESHING } };
    expect(faultsOf(withServers(servers, REFRESHING))).toEqual([
      'epm.servers.b.auth: refresh_token is that of epm.auth, and can be used once only',
    ]);
    const apart = { a: { ...PLANNING, auth: REFRESHING }, b: { ...ARCS, auth: REFRESHING } };
    expect(faultsOf(withServers(apart))).toEqual([
      'epm.servers.b.auth: refresh_token is that of epm.servers.a, and can be used once only',
    ]);
  });

  it('refuses to poll a server to which nobody can sign in, only when an app names it', () => {
    const file = (app: object, enabled: boolean) => ({
      ...withApp(app),
      epm: { servers: { used: ARCS, unused: PLANNING } },
      pull_mode: { enabled },
    });
    expect(faultsOf(file({ server: 'used' }, true))).toEqual([
      'epm.servers.used: auth must be set, here or as epm.auth: pull_mode is enabled and apps name this server',
    ]);
    expect(faultsOf(file({ server: 'used' }, false))).toEqual([]);
    expect(faultsOf(file({}, true))).toEqual([]);
  });
});

describe('sign-ins', () => {
  it.each<[object, string]>([
    [{ type: 'kerberos' }, 'epm.auth.type: must be basic or oauth'],
    [
      { ...BASIC, username: 'a:b' },
      'epm.auth: username must be a text without colons and control characters',
    ],
    [{ ...BASIC, password: 'hidden\n' }, 'epm.auth: password must be a text without control characters'],
    [{ ...BASIC, token_url: 'x' }, 'epm.auth: token_url is not a known field'],
    [{ ...OAUTH, username: 'x' }, 'epm.auth: username is not a known field'],
    [{ ...OAUTH, token_url: 'idcs-1' }, 'epm.auth.token_url: must be an https address'],
    [{ ...OAUTH, token_url: 1 }, 'epm.auth: token_url must be a string'],
    [{ ...OAUTH, client_id: 'hidden\n' }, 'epm.auth: client_id must be printable ASCII'],
    [
      { ...OAUTH, grant: 'password' },
      'epm.auth: grant must be one of the following values: client_credentials, refresh_token',
    ],
    [{ ...OAUTH, grant: 'refresh_token' }, 'epm.auth: refresh_token must be set for the grant refresh_token'],
    [
      { ...REFRESHING, grant: 'client_credentials' },
      'epm.auth: refresh_token is not used by the grant client_credentials',
    ],
    [
      { ...OAUTH, client_secret: null, grant: 'client_credentials' },
      'epm.auth: client_secret must be set for the grant client_credentials',
    ],
    [
      { ...OAUTH, client_secret: null },
      'epm.auth: must have a refresh_token (grant refresh_token) or a client_secret (grant client_credentials)',
    ],
  ])('refuses %j', (auth, fault) => {
    expect(faultsOf(withAuth(auth))).toEqual([fault]);
  });

  it.each([
    [OAUTH, 'client_credentials'],
    [REFRESHING, 'refresh_token'],
    [{ ...OAUTH, refresh_token: '${SECRET}' }, 'refresh_token'],
  ])('takes the grant of %j to be %s', (auth, grant) => {
    const { epm, faults } = parse(withServers({ arcs: ARCS }, auth));
    expect(faults).toEqual([]);
    expect(epm.servers[0]?.auth).toMatchObject({ grant });
  });
});

import { inspect } from 'node:util';
import {
  ARCS,
  BASIC,
  ENVIRONMENT,
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

const APP = { domains: ['Actual'] };

/** Spec 20, "Configuration", with a canvas that can be one. */
const SPEC = {
  epm: { auth: OAUTH, servers: { planning: { name: 'Planning', ...PLANNING }, arcs: ARCS } },
  pull_mode: { enabled: true, poll_interval_seconds: 30, max_poll_duration_minutes: 60 },
  apps: {
    Planning: {
      display_name: 'Planning',
      domains: ['Actual', 'Budget', 'Forecast'],
      server: 'planning',
      channels: ['C12345678'],
    },
    FCCS: { display_name: 'FCCS', domains: ['Consolidation'], channels: ['C12345678'] },
    ARCS: { display_name: 'ARCS', domains: ['Reconciliation'], channels: ['C87654321'] },
  },
  channels: {
    C12345678: { name: 'epm-main', canvas_id: 'F08ABCD1234' },
    C87654321: { name: 'arcs-support' },
  },
};

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

describe('a file without faults', () => {
  it('is read as spec 20 shows it', () => {
    const { board, epm, faults } = parse(SPEC, true);
    expect(faults).toEqual([]);
    const channelIds = ['C12345678'];
    expect(board).toEqual({
      apps: [
        {
          name: 'Planning',
          displayName: 'Planning',
          domains: ['Actual', 'Budget', 'Forecast'],
          server: 'planning',
          channelIds,
        },
        { name: 'FCCS', displayName: 'FCCS', domains: ['Consolidation'], server: null, channelIds },
        {
          name: 'ARCS',
          displayName: 'ARCS',
          domains: ['Reconciliation'],
          server: null,
          channelIds: ['C87654321'],
        },
      ],
      channels: [
        { id: 'C12345678', name: 'epm-main', canvasId: 'F08ABCD1234' },
        { id: 'C87654321', name: 'arcs-support', canvasId: null },
      ],
    });
    const auth = {
      type: 'oauth',
      connection: 'shared',
      tokenUrl: ENVIRONMENT.TOKEN_URL,
      clientId: 'vesper',
      clientSecret: expect.anything(),
      scope: 'urn:opc:epm',
      grant: 'client_credentials',
      refreshToken: null,
    };
    const [planning, arcs] = epm.servers;
    expect(planning).toEqual({
      id: 'planning',
      name: 'Planning',
      baseUrl: 'https://planning-epm.example.com',
      family: 'planning',
      application: 'Vision',
      auth,
    });
    expect(arcs).toEqual({
      id: 'arcs',
      name: 'ARCS',
      baseUrl: 'https://arcs-epm.example.com',
      family: 'arcs',
      application: null,
      auth,
    });
    expect(planning?.auth.type === 'oauth' && planning.auth.clientSecret?.reveal()).toBe('hidden');
    expect(epm).toMatchObject({ enabled: true, pollIntervalMs: 30_000, longestPollMs: 3_600_000 });
  });

  it('needs apps with domains only', () => {
    expect(parse(withApp({}))).toEqual({
      faults: [],
      board: {
        apps: [
          { name: 'Planning', displayName: 'Planning', domains: ['Actual'], server: null, channelIds: [] },
        ],
        channels: [],
      },
      epm: { servers: [], enabled: false, pollIntervalMs: 30_000, longestPollMs: 3_600_000 },
    });
  });

  it('takes null for what is not there, and decimals for times', () => {
    const nothing = {
      epm: null,
      channels: null,
      ...withApp({ display_name: null, server: null, channels: null }),
    };
    expect(parse({ ...nothing, pull_mode: null })).toEqual(parse(withApp({})));
    const pullMode = { enabled: true, poll_interval_seconds: 0.05, max_poll_duration_minutes: 0.5 };
    expect(parse({ ...nothing, pull_mode: pullMode }).epm).toMatchObject({
      pollIntervalMs: 50,
      longestPollMs: 30_000,
    });
  });

  it('lets a server sign in in a way of its own', () => {
    const servers = { own: { ...PLANNING, auth: BASIC }, oauth: { ...ARCS, auth: REFRESHING } };
    const { epm, faults } = parse(withServers(servers, OAUTH));
    expect(faults).toEqual([]);
    const [own, oauth] = epm.servers;
    expect(own).toMatchObject({ name: 'own', auth: { type: 'basic', username: 'pulse' } });
    expect(own?.auth.type === 'basic' && own.auth.password.reveal()).toBe('hidden');
    expect(oauth?.auth).toMatchObject({ connection: 'oauth', grant: 'refresh_token', clientSecret: null });
    expect(oauth?.auth.type === 'oauth' && oauth.auth.refreshToken?.reveal()).toBe('hidden');
  });

  it('has no server for an app where nobody can sign in', () => {
    const { board, epm, faults } = parse({
      ...withApp({ server: 'arcs' }),
      epm: { servers: { arcs: ARCS } },
    });
    expect(faults).toEqual([]);
    expect(board.apps[0]?.server).toBeNull();
    expect(epm.servers).toEqual([]);
  });

  it('fills in placeholders in every text', () => {
    const channels = { C12345678: { name: '${CLIENT_ID} board' } };
    const { board } = parse({
      ...withApp({ domains: ['${CLIENT_ID}'], channels: ['${CHANNEL}'] }),
      channels,
    });
    expect(board).toMatchObject({
      apps: [{ domains: ['vesper'], channelIds: ['C12345678'] }],
      channels: [{ name: 'vesper board' }],
    });
  });

  it('may have as much as its limits allow', () => {
    const apps = Object.fromEntries(
      times(40, (app) => [`app ${app}`, { domains: times(12, (domain) => `d${domain}`) }]),
    );
    const channels = Object.fromEntries(
      times(50, (channel) => [`C1234567${channel}`, { name: 'n'.repeat(80) }]),
    );
    const most = { domains: ['d'.repeat(50), '決算🌙'], display_name: "Ärger & 'Co' <b>" };
    expect(faultsOf({ apps: { ...apps, 'app 0': most }, channels })).toEqual([]);
  });

  it('may have several applications on one pod, and several pods behind one sign-in', () => {
    const servers = {
      a: PLANNING,
      b: { ...PLANNING, application: 'Fccs' },
      c: { ...PLANNING, family: 'arcs', application: null },
    };
    expect(faultsOf(withServers(servers, REFRESHING))).toEqual([]);
  });

  it('may speak http to stand-ins on this machine, outside production', () => {
    const hosts = ['localhost:9000', '127.0.0.1:9000', '[::1]:9000'];
    for (const host of hosts) {
      expect(faultsOf(withServer({ ...ARCS, base_url: `http://${host}` }))).toEqual([]);
      expect(faultsOf(withAuth({ ...OAUTH, token_url: `http://${host}/token` }))).toEqual([]);
      expect(faultsOf(withServer({ ...ARCS, base_url: `http://${host}` }), true)).toEqual([
        'epm.servers.pod.base_url: must begin with https:// (http:// only for a stand-in on localhost, outside production)',
      ]);
    }
  });
});

it('refuses more than its limits allow', () => {
  const apps = Object.fromEntries(times(41, (app) => [`app ${app}`, APP]));
  const channels = Object.fromEntries(times(51, (channel) => [`C1234567${channel}`, {}]));
  const servers = Object.fromEntries(
    times(21, (server) => [`s${server}`, { ...ARCS, base_url: `https://s${server}` }]),
  );
  expect(faultsOf({ apps, channels, epm: { auth: BASIC, servers } })).toEqual([
    'epm.servers: must hold at most 20 servers',
    'apps: must hold at most 40 apps',
    'channels: must hold at most 50 channels',
  ]);
  const many = Object.fromEntries(
    times(11, (app) => [`app ${app}`, { domains: times(46, (domain) => `d${domain}`) }]),
  );
  expect(faultsOf({ apps: many })).toEqual(['apps: must hold at most 500 domains in all']);
  expect(faultsOf(withApp({ domains: times(51, (domain) => `d${domain}`) }))).toEqual([
    'apps.Planning.domains: must hold 1-50 domains',
  ]);
});

it('lists every fault of the file, and of a text that cannot be filled in only that', () => {
  const faults = faultsOf({
    version: 1,
    epm: {
      auth: { ...OAUTH, token_url: '${NO_URL}', scope: '${NO_SCOPE}\n' },
      servers: { 'a b': ARCS, p: {} },
      x: 1,
    },
    pull_mode: { enabled: 1 },
    apps: {
      Planning: {
        domains: ['A', '${NO_DOMAIN}', 'a'],
        server: '${NO_SERVER}',
        channels: ['${NO_CHANNEL}', 'C9'],
      },
      '': { display_name: '${NO_NAME}', x: 1, domains: 'A' },
    },
    channels: { C100: { canvas_id: '${NO_CANVAS}' }, nowhere: { canvas_id: 'CHANGE_ME' } },
  });
  expect(faults.map((fault) => fault.replace(/(?<=must be|its id must).*/, '…'))).toEqual([
    'epm.auth.token_url: the environment variable NO_URL is not set',
    'epm.auth.scope: the environment variable NO_SCOPE is not set',
    'apps.Planning.domains[1]: the environment variable NO_DOMAIN is not set',
    'apps.Planning.server: the environment variable NO_SERVER is not set',
    'apps.Planning.channels[0]: the environment variable NO_CHANNEL is not set',
    'apps[""].display_name: the environment variable NO_NAME is not set',
    'channels.C100.canvas_id: the environment variable NO_CANVAS is not set',
    'version is not a known field',
    'epm: x is not a known field',
    'epm.servers["a b"]: its id must…',
    'epm.servers.p: base_url must be…',
    'epm.servers.p: family must be…',
    'pull_mode: enabled must be…',
    'apps.Planning.domains[2]: is the same as apps.Planning.domains[0]',
    'apps.Planning.channels[1]: must be…',
    'apps[""]: its name must be…',
    'apps[""]: x is not a known field',
    'apps[""]: domains must be…',
    'channels.nowhere: its id must…',
    'channels.nowhere: canvas_id must be…',
  ]);
});

it.each([
  ['{"apps":{"Planning":{"domains":["A"]}', 'is not JSON: line 1, column 38 should be a comma or }'],
  ['{"apps":{"A":{"domains":["hidden" "B"]}}}', 'is not JSON: line 1, column 35 should be a comma or ]'],
  ['[]', 'must be an object'],
  ['null', 'must be an object'],
  ['{"apps":{"A":{"domains":["B"]},"A":{"domains":["C"]}}}', 'apps.A: stands again at line 1, column 32'],
])('refuses the file %s', (text, fault) => {
  expect(parseText(text).faults).toEqual([fault]);
});

it('takes __proto__ for nothing but a name that is not allowed', () => {
  const { faults } = parseText(
    '{"apps":{"__proto__":{"domains":["A"]},"A":{"domains":["B"],"__proto__":{"server":"x"}}},"__proto__":{}}',
  );
  expect(faults).toEqual([
    '__proto__ is not a known field',
    `apps.__proto__: its name ${NAME_RULE}`,
    'apps.A: __proto__ is not a known field',
  ]);
});

it('shows no secret, whether the file is right or wrong in every place', () => {
  expect(
    inspect(
      parse(withServers({ a: { ...ARCS, auth: BASIC }, b: PLANNING }, { ...OAUTH, refresh_token: 'hidden' })),
      { depth: 9 },
    ),
  ).not.toContain('hidden');
  const hidden = (value: string) => ({
    epm: {
      auth: { type: value, token_url: value, client_id: value, client_secret: value, grant: value },
      servers: {
        a: {
          name: value,
          base_url: value,
          family: value,
          application: value,
          auth: { ...BASIC, username: value },
        },
      },
    },
    pull_mode: value,
    apps: { A: { display_name: value, domains: [value, value], server: value, channels: [value, value] } },
    channels: { C100: { name: value, canvas_id: value }, C101: value },
  });
  const faults = [
    ...faultsOf(hidden('hidden\n')),
    ...faultsOf(hidden('${SECRET}')),
    ...faultsOf(hidden('${hidden-x}')),
  ];
  expect(faults.length).toBeGreaterThan(30);
  expect(faults.join('\n')).not.toContain('hidden');
});

import { NAME_RULE, faultsOf, withApp } from '../../../test/builders/an-apps-file';

const APP = { domains: ['Actual'] };

it.each<[string, object, readonly string[]]>([
  ['an unknown field', { ...withApp({}), version: 1 }, ['version is not a known field']],
  ['no apps', {}, ['apps must be an object']],
  ['empty apps', { apps: {} }, ['apps: must hold at least one app']],
  ['an app of another type', { apps: { Planning: [] } }, ['apps.Planning: must be an object']],
  [
    'a field that an app does not have',
    withApp({ colour: 1 }),
    ['apps.Planning: colour is not a known field'],
  ],
  ['no domains', { apps: { A: {} } }, ['apps.A: domains must be an array']],
  ['empty domains', withApp({ domains: [] }), ['apps.Planning.domains: must hold 1-50 domains']],
  ['a domain of another type', withApp({ domains: ['A', 1] }), [`apps.Planning.domains[1]: ${NAME_RULE}`]],
  ['an empty domain', withApp({ domains: [''] }), [`apps.Planning.domains[0]: ${NAME_RULE}`]],
  [
    'a domain with white space around it',
    withApp({ domains: ['A '] }),
    [`apps.Planning.domains[0]: ${NAME_RULE}`],
  ],
  ['a domain with a line break', withApp({ domains: ['A\nB'] }), [`apps.Planning.domains[0]: ${NAME_RULE}`]],
  [
    'a domain that turns the line around',
    withApp({ domains: ['A\u202eB'] }),
    [`apps.Planning.domains[0]: ${NAME_RULE}`],
  ],
  [
    'a domain with a space that does not look like one',
    withApp({ domains: ['A\u00a0B'] }),
    [`apps.Planning.domains[0]: ${NAME_RULE}`],
  ],
  [
    'a domain with half a character',
    withApp({ domains: ['\ud800'] }),
    [`apps.Planning.domains[0]: ${NAME_RULE}`],
  ],
  ['a long domain', withApp({ domains: ['d'.repeat(51)] }), [`apps.Planning.domains[0]: ${NAME_RULE}`]],
  ['a domain __proto__', withApp({ domains: ['__proto__'] }), [`apps.Planning.domains[0]: ${NAME_RULE}`]],
  [
    'a domain twice',
    withApp({ domains: ['É', 'B', 'e\u0301'] }),
    ['apps.Planning.domains[2]: is the same as apps.Planning.domains[0]'],
  ],
  [
    'a long display name',
    withApp({ display_name: 'd'.repeat(51) }),
    [`apps.Planning: display_name ${NAME_RULE}`],
  ],
  [
    'a long app name',
    { apps: { ['a'.repeat(51)]: APP } },
    [`apps["${'a'.repeat(50)}…"]: its name ${NAME_RULE}`],
  ],
  ['an app name with a tab', { apps: { 'a\tb': APP } }, [`apps["a\\tb"]: its name ${NAME_RULE}`]],
  [
    'apps that differ in capitals',
    { apps: { Arcs: APP, ARCS: APP } },
    ['apps.ARCS: its name differs from that of apps.Arcs in capital letters only'],
  ],
  [
    'an unknown server',
    withApp({ server: 'planning' }),
    ['apps.Planning.server: must be the id of one of epm.servers'],
  ],
  [
    'a server by the name of a method',
    withApp({ server: 'toString' }),
    ['apps.Planning.server: must be the id of one of epm.servers'],
  ],
  [
    'an unknown channel',
    withApp({ channels: ['C1'] }),
    ['apps.Planning.channels[0]: must be the id of one of channels'],
  ],
  [
    'a channel twice',
    { ...withApp({ channels: ['C123', 'C123'] }), channels: { C123: {} } },
    ['apps.Planning.channels[1]: is the same as apps.Planning.channels[0]'],
  ],
  [
    'a channel by its name',
    { ...withApp({}), channels: { '#epm': {} } },
    ['channels["#epm"]: its id must be a Slack channel id such as C0123456789'],
  ],
  [
    'pull mode without a word',
    { ...withApp({}), pull_mode: {} },
    ['pull_mode: enabled must be a boolean value'],
  ],
  [
    'pull mode in words',
    { ...withApp({}), pull_mode: { enabled: 'true' } },
    ['pull_mode: enabled must be a boolean value'],
  ],
  [
    'no time between two polls',
    { ...withApp({}), pull_mode: { enabled: false, poll_interval_seconds: 0 } },
    ['pull_mode: poll_interval_seconds must not be less than 0.001'],
  ],
  [
    'polls for ever',
    { ...withApp({}), pull_mode: { enabled: false, max_poll_duration_minutes: 1e9 } },
    ['pull_mode: max_poll_duration_minutes must not be greater than 10080'],
  ],
])('refuses %s', (_what, document, faults) => {
  expect(faultsOf(document)).toEqual(faults);
});

describe('canvases', () => {
  const withCanvases = (...ids: unknown[]) => ({
    ...withApp({}),
    channels: Object.fromEntries(ids.map((id, index) => [`C10${index}`, { canvas_id: id }])),
  });

  it.each([
    ...['F0000000000', 'FXXXXXXXXXX'],
    ...[
      'F0XXXXXXXX1',
      'FPLACEHOLDER',
      'F0CHANGEME1',
      'F_PLACEHOLDER',
      'CHANGE_ME',
      'F08abcd1234',
      'F1234',
      'C08ABCD1234',
      '',
      7,
    ],
  ])('refuses %j, which is a placeholder or no id', (id) => {
    expect(faultsOf(withCanvases(id))).toEqual([
      'channels.C100: canvas_id must be the id of a canvas (F and at least 8 capital letters or digits), not a placeholder such as FXXXXXXXXXX',
    ]);
  });

  it.each(['F0123456789', 'F08ABCD1234', 'F07T3QK9ZB2', 'F09KT000001', 'F12345679'])('takes %s', (id) => {
    expect(faultsOf(withCanvases(id))).toEqual([]);
  });

  it('refuses one canvas for two channels', () => {
    expect(faultsOf(withCanvases('F08ABCD1234', null, 'F07T3QK9ZB2', 'F08ABCD1234'))).toEqual([
      'channels.C103: canvas_id is that of channels.C100',
    ]);
  });
});

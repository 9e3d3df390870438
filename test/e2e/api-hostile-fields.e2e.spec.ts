import { Api, registration, statusUpdate, type Json } from '../harness/api';
import { fuzzApi } from '../harness/fuzz-api';
import { KEYS, Vesper } from '../harness/vesper';

const NOW = '2026-03-02T17:00:00.000Z';
const KiB = 1_024;
/** Marks, in an object, where this text is put into the JSON as it stands. */
const RAW = 'raw:';

/** What people, programs and attackers put into a field. */
const VALUES: Readonly<Record<string, unknown>> = {
  nothing: undefined,
  null: null,
  'a boolean': true,
  'a number': 7,
  'minus zero': `${RAW}-0`,
  'a negative number': -1,
  'a fraction': 1.5,
  'an endless number': `${RAW}1e999`,
  'the smallest number': 5e-324,
  'a number beyond integers': 2 ** 53,
  'a list': ['x'],
  'an empty list': [],
  'a list of lists': [[['x']]],
  'a list of nothing': [null],
  'a long list': Array.from({ length: 1_000 }, (_, n) => `x${n}`),
  'a deep list': nested(2_000),
  'an object': { a: 1 },
  'an object that looks like a text': { length: 3, 0: 'a' },
  'an object with a name of Object’s': { toString: 1, constructor: 'x', valueOf: null },
  'an operator': { $gt: '' },
  'an empty text': '',
  blanks: ' \t ',
  'a text': 'a text',
  'a padded text': '  padded ',
  'a huge text': 'x'.repeat(60 * KiB),
  NUL: 'a\0b',
  'a line break': 'a\nb',
  'a lone surrogate': 'a\ud800b',
  'text from right to left': 'a\u202eb\u05d0',
  emoji: '🌙👩‍👩‍👧‍👦',
  'Slack markup': '<!channel> <@U123> & *b*',
  'a script': '<script>alert(1)</script>',
  'a reach for the prototype': '__proto__',
  'an e-mail address with half a character': 'a@\ud800\ud800.com',
};

const NAMES = ['a text', 'a padded text', 'text from right to left', 'emoji', 'Slack markup', 'a script'];
const ANY_TEXT = [...NAMES, 'NUL', 'a line break', 'a reach for the prototype'];
const OBJECTS = ['an object', 'an object that looks like a text', 'an object with a name of Object’s'];
const NO_VALUE = ['nothing', 'null'];

/** Of {@link VALUES}, those that each field takes; each of the others is answered with 400. */
const REGISTRATION: Readonly<Record<string, readonly string[]>> = {
  scheduler_id: [],
  service_name: [...NAMES, 'a reach for the prototype'],
  job_name: [...NAMES, 'a reach for the prototype'],
  owner_email: NO_VALUE,
  alert_user_id: NO_VALUE,
  tags: [...NO_VALUE, 'a list', 'an empty list'],
  heartbeat_timeout_minutes: [...NO_VALUE, 'a number', 'a fraction', 'the smallest number'],
  windows: [...NO_VALUE, 'an empty list'],
};
const UPDATE: Readonly<Record<string, readonly string[]>> = {
  scheduler_id: [],
  service_name: [...NAMES, 'a reach for the prototype'],
  job_name: [...NAMES, 'a reach for the prototype'],
  status: [],
  timestamp: [],
  execution_time_ms: [...NO_VALUE, 'a number', 'minus zero'],
  error_message: [...ANY_TEXT, 'a lone surrogate', 'an e-mail address with half a character'],
  metadata: [...NO_VALUE, ...OBJECTS, 'an operator'],
  run_id: [...NO_VALUE, ...ANY_TEXT, 'blanks', 'an empty text'],
};
const HEARTBEAT: Readonly<Record<string, readonly string[]>> = { scheduler_id: NO_VALUE };

const TARGETS = [
  { method: 'POST', path: '/schedulers/register', good: registration('job'), fields: REGISTRATION },
  {
    method: 'PUT',
    path: '/schedulers/job/status',
    good: statusUpdate('job', 'failed', NOW),
    fields: UPDATE,
  },
  { method: 'POST', path: '/schedulers/job/heartbeat', good: {}, fields: HEARTBEAT },
] as const;

const FIELDS = TARGETS.flatMap(({ fields, ...target }) =>
  Object.entries(fields).map(([field, accepted]) => ({ ...target, field, accepted })),
);

describe.each(['json', 'dynamodb'] as const)('hostile input, on %s', (storage) => {
  let vesper: Vesper;
  let api: Api;

  beforeAll(async () => {
    vesper = await Vesper.start({ storage });
    api = await Api.of(vesper);
    await api.call('POST', '/schedulers/register', registration('job'));
  });
  afterAll(() => vesper.dispose());

  it.each(FIELDS)(
    '$method $path tells good from bad in $field',
    async ({ method, path, good, field, accepted }) => {
      const judged: Record<string, string> = {};
      const expected: Record<string, string> = {};
      for (const [what, value] of Object.entries(VALUES)) {
        const response = await api.call(method, path, withField(good, field, value));
        const { message } = response.json<{ message?: unknown }>();
        judged[what] =
          response.statusCode < 300 ? 'taken' : `${response.statusCode} ${naming(message, field)}`;
        expected[what] = accepted.includes(what) ? 'taken' : `400 names ${field}`;
      }
      expect(judged).toEqual(expected);
    },
  );

  it('gives back what it takes as it came, whichever end it is read from', async () => {
    for (const what of [...ANY_TEXT, ...OBJECTS]) {
      const text = typeof VALUES[what] === 'string' ? VALUES[what] : what;
      const id = `odd-${Object.keys(VALUES).indexOf(what)}`;
      const names = NAMES.includes(what) ? { service_name: text, job_name: text } : {};
      const tags = NAMES.includes(what) ? [text, 'x'] : [];
      await api.call('POST', '/schedulers/register', registration(id, { ...names, tags }));
      const told = { error_message: `${text}!`, run_id: text, metadata: { [`${text}!`]: [VALUES[what]] } };
      const update = await api.call('PUT', `/schedulers/${id}/status`, statusUpdate(id, 'failed', NOW, told));
      expect(update.json()).toMatchObject(told);
      const trimmed = Object.fromEntries(Object.entries(names).map(([name, value]) => [name, value.trim()]));
      const read = (await api.call('GET', `/schedulers/${id}`)).json<Json>();
      expect(read).toMatchObject({ ...told, ...trimmed, tags });
      expect((await api.call('GET', `/schedulers/${id}/history`)).json()).toMatchObject([told]);
      if (!NAMES.includes(what)) continue;
      for (const query of [{ service_name: text.trim() }, { tag: text }, { q: text.trim() }]) {
        const listed = await api.call('GET', `/schedulers?${new URLSearchParams(query).toString()}`);
        expect(listed.json()).toContainEqual(read);
      }
    }
  });

  it('replaces halves of characters in the output of a failed job, for its failure must be told', async () => {
    const body = statusUpdate('job', 'failed', NOW, { error_message: 'a\ud800b', run_id: 'half' });
    const response = await api.call('PUT', '/schedulers/job/status', body);
    expect(response.json()).toMatchObject({ error_message: 'a\ufffdb' });
  });

  it.each([
    ['16 KiB', { text: 'x'.repeat(16 * KiB - 11) }, 200],
    ['16 KiB and one byte', { text: 'x'.repeat(16 * KiB - 10) }, 400],
    ['16 KiB of characters that take more', { text: 'é'.repeat(8 * KiB - 5) }, 400],
    ['10 levels', { a: nested(9) }, 200],
    ['11 levels', { a: nested(10) }, 400],
    ['an endless number', { a: `${RAW}-1e999` }, 400],
    ['half a character in a name', { '\udc00': 1 }, 400],
    ['a tiny number', { a: [5e-324, -1.7e308, 0.1] }, 200],
  ])('takes metadata of up to 16 KiB, 10 levels and sound values: %s', async (_, metadata, status) => {
    const body = withField(statusUpdate('job', 'completed', NOW), 'metadata', metadata);
    const response = await api.call('PUT', '/schedulers/job/status', body);
    expect(response.statusCode).toBe(status);
    if (status === 400) expect(naming(response.json<Json>()['message'], 'metadata')).toBe('names metadata');
    else expect(response.json<Json>()['metadata']).toEqual(metadata);
  });

  it.each([
    ['128 characters', 'run_id', 'é'.repeat(128), 200],
    ['129 characters', 'run_id', 'x'.repeat(129), 400],
    ['4,000 characters', 'error_message', '\u{1F319}'.repeat(2_000), 200],
    ['4,001 characters', 'error_message', 'x'.repeat(4_001), 400],
    ['255 characters', 'service_name', '夜'.repeat(255), 200],
    ['256 characters', 'service_name', 'x'.repeat(256), 400],
    ['the largest', 'execution_time_ms', Number.MAX_SAFE_INTEGER, 200],
    ['larger', 'execution_time_ms', Number.MAX_SAFE_INTEGER + 1, 400],
    ['1970', 'timestamp', '1970-01-01T00:00:00Z', 200],
    ['1969', 'timestamp', '1969-12-31T23:59:59.999Z', 400],
    ['30 February', 'timestamp', '2026-02-30T00:00:00Z', 400],
    ['no offset', 'timestamp', '2026-03-02T17:00:00', 400],
    ['an offset', 'timestamp', '2026-03-02T17:00:00.1234+00:00', 200],
    ['an offset of nowhere', 'timestamp', '2026-03-02T17:00:00+23:59', 400],
    ['the year 10000', 'timestamp', '+010000-01-01T00:00:00Z', 400],
  ])('draws the line in a status update at %s of %s', async (_, field, value, status) => {
    const body = statusUpdate('job', 'failed', NOW, { [field]: value });
    const response = await api.call('PUT', '/schedulers/job/status', body);
    expect([response.statusCode, response.json<Json>()['message'] ?? null]).toEqual([
      status,
      status === 200 ? null : [expect.stringContaining(field)],
    ]);
  });

  it.each([
    ['ids of 255 characters', { scheduler_id: `a${'.:_-'.repeat(63)}zz` }, 201],
    ['no ids of 256', { scheduler_id: 'a'.repeat(256) }, 400],
    ['no ids that begin with a dot', { scheduler_id: '.a' }, 400],
    ['20 tags', { tags: Array.from({ length: 20 }, (_, n) => `${n}`.padEnd(50, 'é')) }, 201],
    ['no 21', { tags: Array.from({ length: 21 }, (_, n) => `${n}`) }, 400],
    ['no tags of 51 characters', { tags: ['x'.repeat(51)] }, 400],
    ['no tags with control characters', { tags: ['\u001b[31m'] }, 400],
    [
      'names of 255 four-byte characters',
      { service_name: '🌙'.repeat(127), job_name: '夜'.repeat(255) },
      201,
    ],
    ['no timeout of 0', { heartbeat_timeout_minutes: 0 }, 400],
    ['no timeout of more than a year', { heartbeat_timeout_minutes: 525_601 }, 400],
    ['no Slack mention in place of an id', { alert_user_id: '<!channel>' }, 400],
    ['user groups', { alert_user_id: 'S0123ABC' }, 201],
  ])('registers %s', async (_, more, status) => {
    const response = await api.call('POST', '/schedulers/register', registration('edge', more));
    const [field = ''] = Object.keys(more);
    expect(response.statusCode).toBe(status);
    if (status === 400) expect(naming(response.json<Json>()['message'], field)).toBe(`names ${field}`);
    else expect(response.json()).toMatchObject(more);
  });

  it('finds nothing under an id that nobody can register, and says so', async () => {
    const ids = [
      ...['', '%00', '%20', '%25', '%2e%2e%2fregister', 'a%5c', 'a;b', '-a', "'%20OR%201=1", '%3Cscript%3E'],
      ...['__proto__', 'constructor', '%F0%9F%8C%99', 'x'.repeat(1_000), '%E5%A4%9C'.repeat(1_000)],
    ];
    for (const id of ids) {
      for (const [method, path] of [
        ['GET', `/schedulers/${id}/history`],
        ['POST', `/schedulers/${id}/heartbeat`],
        ['DELETE', `/schedulers/${id}`],
        ['GET', `/schedulers/${id}`],
      ] as const) {
        const { statusCode } = await api.call(method, path, undefined, { key: KEYS.admin });
        expect([id, method, statusCode]).toEqual([id, method, 404]);
      }
      const body = statusUpdate(decodeURIComponent(id), 'running', NOW);
      const update = await api.call('PUT', `/schedulers/${id}/status`, body);
      const { message } = update.json<Json>();
      // An empty one is no route, and `constructor` a good id that nobody uses.
      if (id === '' || id === 'constructor') expect([id, update.statusCode]).toEqual([id, 404]);
      else expect([id, naming(message, 'scheduler_id')]).toEqual([id, 'names scheduler_id']);
    }
  });

  it.each([
    ['half an escape', 'GET', '/schedulers/%', 400],
    ['an escape of nothing', 'GET', '/schedulers/%zz', 400],
    ['half a character', 'PUT', '/schedulers/%E0%A4%A/status', 400],
    ['bytes that are no character', 'GET', '/schedulers/%ff%fe/history', 400],
    ['an id longer than any', 'GET', `/schedulers/${'x'.repeat(1_025)}`, 414],
    ['a longer one', 'POST', `/schedulers/${'x'.repeat(9_000)}/heartbeat`, 414],
    ['a slash too many', 'GET', '//schedulers/job', 404],
    ['a slash behind it', 'GET', '/schedulers/job/', 404],
    ['a slash in disguise', 'GET', '/schedulers/job%2Fhistory', 404],
  ] as const)('reads a path with %s', async (_, method, path, status) => {
    expect((await api.call(method, path)).statusCode).toBe(status);
  });

  const place = (text: string) => Buffer.from(text).toString('base64url');
  it.each([
    ['limit', ['', '0', '-1', '1001', '1.5', '1e2', ' 5', '0x10', '٣', 'NaN', '9'.repeat(400), '%00']],
    ['status', ['', 'done', 'RUNNING', '%00', 'constructor', '__proto__', '%F0%9F%8C%99']],
    ['stale', ['', '1', 'TRUE', '%22true%22']],
    ['q', ['x'.repeat(256)]],
    ['tag', ['', 'x'.repeat(51)]],
    ['service_name', ['', 'x'.repeat(256)]],
    ['window', ['', 'x'.repeat(101), '%00', '__proto__', 'toString']],
    ['cursor', ['', '=', '!', '%00', 'a', '/w', place('x'.repeat(1_025)), 'A'.repeat(3_000), '_-8']],
  ])('names the parameter %s of the list when it is wrong', async (name, values) => {
    for (const value of values) {
      const response = await api.call('GET', `/schedulers?${name}=${value}`);
      expect([value, response.statusCode, response.json<Json>()['message']]).toEqual([
        value,
        400,
        [expect.stringContaining(name)],
      ]);
    }
  });

  it.each([
    ['limit', ['', '0', '1001', '-0']],
    ['from', ['', 'now', '2026-03-02', '2026-13-01T00:00:00Z', '1772470800000', '%00']],
    ['to', ['', '2026-03-02T17:00:00', '2026-03-02T17:00:00 07:00', '+275760-09-13T00:00:00Z']],
    ['status', ['x']],
    ['cursor', [place('2026-03-02'), place('\0'), place(`${NOW}#x`), place('9'.repeat(900))]],
  ])('names the parameter %s of a history when it is wrong', async (name, values) => {
    for (const value of values) {
      const response = await api.call('GET', `/schedulers/job/history?${name}=${encodeURI(value)}`);
      expect([value, response.statusCode, response.json<Json>()['message']]).toEqual([
        value,
        400,
        [expect.stringContaining(name)],
      ]);
    }
  });

  it.each([
    ['/schedulers', place('\0')],
    ['/schedulers', place('🌙'.repeat(256))],
    ['/schedulers', place('x'.repeat(1_024))],
    ['/schedulers?service_name=Ledger', place('Ledger\0\u{10FFFF}')],
    ['/schedulers?service_name=Ledger', place('A')],
    ['/schedulers?service_name=Ledger', place('Z')],
    ['/schedulers/job/history', place(`${NOW}#00000000-0000-0000-0000-000000000000`)],
    ['/schedulers/job/history', place('9999-99-99T99:99:99.999Z#ffffffff-ffff-ffff-ffff-ffffffffffff')],
    ['/schedulers/job/history', place('0000-00-00T00:00:00.000Z#ffffffff-ffff-ffff-ffff-ffffffffffff')],
    ['/schedulers/job/history', place('+999999-12-31T00:00:00.000Z#ffffffff-ffff-ffff-ffff-ffffffffffff')],
    [
      `/schedulers/job/history?from=${NOW}&to=${NOW}`,
      place('2020-01-01T00:00:00.000Z#ffffffff-ffff-ffff-ffff-ffffffffffff'),
    ],
    [
      `/schedulers/job/history?to=${NOW}`,
      place('2030-01-01T00:00:00.000Z#ffffffff-ffff-ffff-ffff-ffffffffffff'),
    ],
  ])('reads on from any place that a list could have: %s, %#', async (path, cursor) => {
    const response = await api.call(
      'GET',
      `${path}${path.includes('?') ? '&' : '?'}cursor=${cursor}&limit=5`,
    );
    expect([200, 400]).toContain(response.statusCode);
    if (response.statusCode === 400)
      expect(naming(response.json<Json>()['message'], 'cursor')).toBe('names cursor');
  });

  it('stands what a fuzzer makes of its OpenAPI document', async () => {
    await fuzzApi(api, { requests: storage === 'json' ? 400 : 200, seed: 20_260_302 });
  }, 60_000);
});

/** Whether every violation names the field. */
function naming(message: unknown, field: string): string {
  if (!Array.isArray(message) || message.length === 0) return 'names nothing';
  return message.every((text) => String(text).includes(field))
    ? `names ${field}`
    : `says ${message.join('; ')}`;
}

/** The JSON of an object with a field replaced; `undefined` leaves it out. */
function withField(good: Json, field: string, value: unknown): string {
  return JSON.stringify({ ...good, [field]: value }).replace(/"raw:([^"]*)"/g, '$1');
}

/** A list in a list in a list …, so many levels deep. */
function nested(levels: number): unknown {
  let value: unknown = 'bottom';
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

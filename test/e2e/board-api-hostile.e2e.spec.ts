import { Api, type Json } from '../harness/api';
import { APPS_WITHOUT_CHANNELS, BLANK_CELL, cellUpdate } from '../harness/board';
import { fuzzApi } from '../harness/fuzz-api';
import { KEYS, Vesper } from '../harness/vesper';

/** A busy machine takes its time. */
jest.setTimeout(60_000);

const KiB = 1_024;
const NOW = '2026-03-02T17:00:00.000Z';
const BOARD = { key: KEYS.board };

/** What people, programs and attackers put into a field. */
const VALUES: Readonly<Record<string, unknown>> = {
  nothing: undefined,
  null: null,
  'a boolean': true,
  'a number': 7,
  'a list': ['x'],
  'an object': { a: 1 },
  'an operator': { $gt: '' },
  'an object that looks like a text': { length: 3, 0: 'a' },
  'an empty text': '',
  blanks: ' \t ',
  'a text': 'a text',
  'a padded text': '  padded ',
  'a huge text': 'x'.repeat(60 * 1_024),
  NUL: 'a\0b',
  'a line break': 'a\nb',
  'a lone surrogate': 'a\ud800b',
  'text from right to left': 'a\u202eb\u05d0',
  emoji: '🌙👩‍👩‍👧‍👦',
  'Slack markup': '<!channel> <@U123> & *b*',
  'a table': '| a | b |\\|',
  'a script': '<script>alert(1)</script>',
  'a reach for the prototype': '__proto__',
};

const NO_VALUE = ['nothing', 'null'];
const NAMES = [
  ...['a text', 'a padded text', 'text from right to left', 'emoji', 'Slack markup', 'a table', 'a script'],
  ...['a reach for the prototype', 'an empty text', 'blanks'],
];
const ANY_TEXT = [...NAMES, 'NUL', 'a line break'];
const STRINGS = [...ANY_TEXT, 'a huge text', 'a lone surrogate'];

/** Of {@link VALUES}, those that each field takes, and the codes with which others are refused; the rest are `INVALID_REQUEST`. */
const FIELDS = [
  { field: 'app', taken: [], codes: { INVALID_APP: STRINGS } },
  { field: 'domain', taken: [], codes: { INVALID_DOMAIN: [...NO_VALUE, ...STRINGS] } },
  { field: 'status', taken: [], codes: { INVALID_STATUS: Object.keys(VALUES) } },
  { field: 'job_id', taken: [...NO_VALUE, ...ANY_TEXT], codes: {} },
  { field: 'message', taken: [...NO_VALUE, ...ANY_TEXT, 'a lone surrogate'], codes: {} },
  { field: 'timestamp', taken: NO_VALUE, codes: {} },
  { field: 'server', taken: [...NO_VALUE, ...NAMES], codes: {} },
] as const satisfies readonly {
  readonly field: string;
  readonly taken: readonly string[];
  readonly codes: Readonly<Record<string, readonly string[]>>;
}[];

/** As writers do that keep their JSON free of anything but ASCII, Groovy's among them. */
function asciiOnly(json: string): string {
  return json.replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

describe.each(['json', 'dynamodb'] as const)('hostile input to the board, on %s', (storage) => {
  let vesper: Vesper;
  let api: Api;
  beforeAll(async () => {
    vesper = await Vesper.start({ storage, appsFile: APPS_WITHOUT_CHANNELS });
    api = await Api.of(vesper);
  });
  afterAll(() => vesper.dispose());

  it.each(FIELDS)('tells good from bad in $field, alone and in a batch', async ({ field, taken, codes }) => {
    const judged: Record<string, unknown> = {};
    const expected: Record<string, unknown> = {};
    for (const [what, value] of Object.entries(VALUES)) {
      const body = cellUpdate({ [field]: value });
      const alone = (await api.call('POST', '/status', body, BOARD)).json<{ error?: Json }>();
      const batch = await api.call('POST', '/status/batch', { updates: [body] }, BOARD);
      const { error } = batch.json<{ error?: { code: string; details: { updates: Json[] } } }>();
      judged[what] = [alone.error?.['code'] ?? 'taken', error?.code ?? 'taken'];
      const [code = 'INVALID_REQUEST'] =
        Object.entries<readonly string[]>(codes).find(([, values]) => values.includes(what)) ?? [];
      const outcome = (taken as readonly string[]).includes(what) ? 'taken' : code;
      expected[what] = [outcome, outcome];
      if (error !== undefined)
        expect(error.details.updates).toEqual([
          expect.objectContaining({ index: 0, code, message: alone.error?.['message'] }),
        ]);
    }
    expect(judged).toEqual(expected);
  });

  it('gives back what it takes as it came', async () => {
    for (const what of ANY_TEXT) {
      const text = VALUES[what] as string;
      const body = cellUpdate({ domain: 'Budget', job_id: `${text}1`, message: `${text}2`, server: text });
      if (!NAMES.includes(what)) delete (body as Record<string, unknown>)['server'];
      expect((await api.call('POST', '/status', body, BOARD)).statusCode).toBe(200);
      const told = { job_id: `${text}1`, message: `${text}2` };
      const app = (await api.call('GET', '/status/Planning')).json();
      expect(app).toMatchObject({ domains: { Budget: told } });
      expect((await api.call('GET', '/status')).json()).toMatchObject({
        apps: { Planning: { Budget: told } },
      });
      const audit = await api.call('GET', '/status/Planning/audit?domain=Budget&limit=1');
      expect(audit.json()).toMatchObject({ entries: [told] });
    }
  });

  it.each([
    ['100 characters', 'job_id', '夜'.repeat(100), 200],
    ['101 characters', 'job_id', 'x'.repeat(101), 400],
    ['200 characters', 'message', '夜'.repeat(200), 200],
    ['201 characters', 'message', 'x'.repeat(201), 400],
    ['50 characters', 'server', 'x'.repeat(50), 200],
    ['51 characters', 'server', 'x'.repeat(51), 400],
    ['5 minutes ahead', 'timestamp', '2026-03-02T17:05:00.000Z', 200],
    ['more than that', 'timestamp', '2026-03-02T17:05:00.001Z', 400],
    ['an offset', 'timestamp', '2026-03-03T00:00:00.1234+07:00', 200],
    ['no offset', 'timestamp', NOW.slice(0, -1), 400],
    ['30 February', 'timestamp', '2026-02-30T00:00:00Z', 400],
    ['milliseconds since 1970', 'timestamp', 1_772_470_800_000, 400],
  ])('draws the line at %s of %s', async (_, field, value, status) => {
    const response = await api.call(
      'POST',
      '/status',
      cellUpdate({ app: 'FCCS', domain: null, [field]: value }),
      BOARD,
    );
    expect(response.statusCode).toBe(status);
    if (status === 400)
      expect(response.json()).toMatchObject({
        error: { code: 'INVALID_REQUEST', details: { violations: [expect.stringContaining(field)] } },
      });
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'x'],
    ['an object', { 0: cellUpdate() }],
    ['none', []],
    ['101', Array.from({ length: 101 }, () => cellUpdate())],
    ['thousands', Array.from({ length: 80_000 }, () => ({}))],
  ])('takes a list of 1 to 100 updates, not %s', async (_, updates) => {
    const response = await api.call('POST', '/status/batch', { updates }, BOARD);
    expect([response.statusCode, response.json()]).toMatchObject([
      400,
      {
        error: {
          code: 'INVALID_REQUEST',
          message: 'updates must be a list of 1 to 100 objects',
          details: { violations: ['updates must be a list of 1 to 100 objects'] },
        },
      },
    ]);
  });

  it.each([
    ['as UTF-8', (body: string) => body],
    ['as escapes', asciiOnly],
  ])('takes a batch as full as the fields allow, written %s', async (_, write) => {
    const full = {
      status: 'OK',
      job_id: '夜'.repeat(100),
      message: '間'.repeat(200),
      server: '処'.repeat(50),
    };
    const updates = Array.from({ length: 100 }, () => cellUpdate({ ...full, domain: 'Budget' }));
    const body = write(JSON.stringify({ updates }));
    expect(Buffer.byteLength(body)).toBeGreaterThan(64 * KiB);
    expect((await api.call('POST', '/status/batch', body, BOARD)).statusCode).toBe(200);
    expect((await api.call('GET', '/status/Planning')).json()).toMatchObject({
      domains: { Budget: { job_id: full.job_id, message: full.message } },
    });
  });

  it.each([
    ['/status', 64, cellUpdate()],
    ['/status/batch', 256, { updates: [cellUpdate()] }],
    ['/canvas/sync', 64, {}],
  ])('draws the line of the body of %s at %i KiB', async (path, kib, body) => {
    const text = JSON.stringify(body);
    const largest = await api.call('POST', path, text.padEnd(kib * KiB), BOARD);
    expect(largest.statusCode).toBe(200);
    const tooLarge = await api.call('POST', path, text.padEnd(kib * KiB + 1), BOARD);
    expect([tooLarge.statusCode, tooLarge.json()]).toEqual([
      413,
      {
        success: false,
        error: { code: 'BODY_TOO_LARGE', message: `The body is larger than ${kib} KiB`, details: {} },
      },
    ]);
    const operation = api.document.paths[`/api/v1${path}`]?.['post'];
    expect(operation?.responses['413']).toMatchObject({
      description: `The body is larger than ${kib} KiB`,
      content: { 'application/json': { example: tooLarge.json() } },
    });
  });

  it.each([
    ['a reach for the prototype', '{"__proto__":{"app":"Planning"},"status":"OK"}'],
    ['one within a batch', '{"updates":[{"app":"FCCS","status":"OK","__proto__":{}}]}'],
    ['one in disguise', '{"updates":[{"constructor":{"prototype":{"a":1}}}]}'],
  ])('refuses %s', async (_, body) => {
    for (const path of ['/status', '/status/batch']) {
      const response = await api.call('POST', path, body, BOARD);
      expect([response.statusCode, response.json()]).toMatchObject([
        400,
        { error: { code: 'INVALID_REQUEST', message: 'The body is not valid JSON' } },
      ]);
    }
  });

  it('answers shortly to much that is wrong', async () => {
    const flood = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`f${n}`, 1]));
    const wide = Array.from({ length: 100 }, () => Object.fromEntries(Object.entries(flood).slice(0, 240)));
    const longNames = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`${n}${'夜'.repeat(60)}`, 1]));
    const floodOfBatch = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`f${n}`, 1]));
    for (const [path, body] of [
      ['/status', flood],
      ['/status', { ['x'.repeat(60_000)]: 1 }],
      ['/status', cellUpdate({ app: 'x'.repeat(60_000) })],
      ['/status/batch', floodOfBatch],
      ['/status/batch', { updates: wide }],
      ['/status/batch', { updates: Array.from({ length: 100 }, () => longNames) }],
      [
        '/status/batch',
        { updates: Array.from({ length: 100 }, () => cellUpdate({ app: '夜'.repeat(800) })) },
      ],
      ['/status/batch', `{"updates":[${'['.repeat(130_000)}${']'.repeat(130_000)}]}`],
    ] as const) {
      const response = await api.call('POST', path, body, BOARD);
      expect(response.statusCode).toBe(400);
      expect(response.body.length).toBeLessThan(100_000);
    }
  });

  it('changes nothing by a batch that it refuses, however good the rest is', async () => {
    const updates = [{ app: 'Tax', domain: 'Provision', status: 'OK' }, { app: 'Tax' }];
    expect((await api.call('POST', '/status/batch', { updates }, BOARD)).statusCode).toBe(400);
    expect((await api.call('GET', '/status/Tax')).json()).toMatchObject({
      domains: { Provision: BLANK_CELL },
      last_updated: null,
    });
  });

  it('stands what a fuzzer makes of its OpenAPI document', async () => {
    await fuzzApi(api, { requests: storage === 'json' ? 400 : 150, seed: 20_260_216 });
  }, 60_000);
});

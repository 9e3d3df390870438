import { aBoard } from '../../../test/builders/a-board';
import { InvalidBatch } from '../../domain/board/board.errors';
import { InvalidInputError } from '../../domain/shared/errors';
import { DtoReader } from '../../platform/validation/dto-reader';
import { BatchUpdateDto } from './batch-update.dto';
import { CellUpdateDto } from './cell-update.dto';
import { readBatch, readUpdate } from './read-updates';

const NOW = new Date('2026-03-02T17:00:00.000Z');
const AHEAD = '2026-03-02T17:05:00.001Z';
const STATUS_SENTENCE = 'Status must be one of: Blank, Loading, OK, Warning';
const board = aBoard()
  .withApp('Planning', { domains: ['Actual', 'Budget'] })
  .withApp('FCCS', { domains: ['Consolidation'] })
  .withApp('Tax', { domains: ['Provision', 'default'] })
  .build();
const intake = { board, now: NOW };

const single = new DtoReader(CellUpdateDto);
const batch = new DtoReader(BatchUpdateDto);
const good = { app: 'Planning', domain: 'Actual', status: 'OK' };

const read = (body: object) => readUpdate(single.read(body), intake);
const readMany = (body: object) => readBatch(batch.read(body), intake);

function faultOf(attempt: () => unknown): InvalidInputError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof InvalidInputError) return error;
    throw error;
  }
  throw new Error('it was taken');
}
const told = (attempt: () => unknown) => {
  const { code, message } = faultOf(attempt);
  return `${code}: ${message}`;
};

describe('a single update', () => {
  it('is what the body says, without a time unless it names one', () => {
    expect(read(good)).toEqual({
      ...good,
      jobId: null,
      message: null,
      timestamp: null,
      server: null,
    });
    const whole = { job_id: 'J', message: 'm', timestamp: '2026-03-02T23:30:00+07:00', server: ' pod-1 ' };
    expect(read({ ...good, ...whole })).toMatchObject({
      jobId: 'J',
      message: 'm',
      timestamp: new Date('2026-03-02T16:30:00.000Z'),
      server: 'pod-1',
    });
  });

  it('has no value where null, nothing or blanks were sent', () => {
    const empty = { job_id: '', message: ' \t', server: ' ', timestamp: null };
    expect(read({ ...good, ...empty })).toMatchObject({
      jobId: null,
      message: null,
      server: null,
      timestamp: null,
    });
  });

  it('keeps broken text of a message, with U+FFFD for halves of characters', () => {
    expect(read({ ...good, message: 'a\ud800\n<!channel>' }).message).toBe('a\ufffd\n<!channel>');
  });

  it.each([
    ['the only one', { app: 'FCCS' }, 'Consolidation'],
    ['the one called default', { app: 'Tax' }, 'default'],
    ['the only one, for null', { app: 'FCCS', domain: null }, 'Consolidation'],
    ['the one that is named', { app: 'Tax', domain: 'Provision' }, 'Provision'],
  ])('means a domain: %s', (_, fields, domain) => {
    expect(read({ status: 'OK', ...fields }).domain).toBe(domain);
  });

  it.each([
    ['status', { status: 'ok' }, `INVALID_STATUS: ${STATUS_SENTENCE}`],
    ['a missing status', { status: undefined }, `INVALID_STATUS: ${STATUS_SENTENCE}`],
    ['app', { app: 'planning' }, 'INVALID_APP: App "planning" is not configured'],
    ['a name of Object’s', { app: 'constructor' }, 'INVALID_APP: App "constructor" is not configured'],
    [
      'domain',
      { domain: 'Actuals' },
      'INVALID_DOMAIN: Domain of app Planning must be one of: Actual, Budget (not "Actuals")',
    ],
    [
      'a domain that is not clear',
      { domain: null },
      'INVALID_DOMAIN: Domain of app Planning must be named, one of: Actual, Budget',
    ],
    [
      'an empty domain',
      { app: 'FCCS', domain: '' },
      'INVALID_DOMAIN: Domain of app FCCS must be one of: Consolidation (not "")',
    ],
    ['no app', { app: undefined }, 'INVALID_REQUEST: app must be a string'],
    [
      'a job id',
      { job_id: 'x'.repeat(101) },
      'INVALID_REQUEST: job_id must be shorter than or equal to 100 characters',
    ],
    [
      'a message',
      { message: 'x'.repeat(201) },
      'INVALID_REQUEST: message must be shorter than or equal to 200 characters',
    ],
    ['a server', { server: 'a\nb' }, 'INVALID_REQUEST: server must not contain control characters'],
    ['something unknown', { colour: 1 }, 'INVALID_REQUEST: colour is not a known field'],
    [
      'a time without a zone',
      { timestamp: '2026-03-02T17:00:00' },
      expect.stringMatching(/^INVALID_REQUEST: timestamp must be an ISO-8601 instant/),
    ],
    [
      'a time ahead',
      { timestamp: AHEAD },
      expect.stringMatching(/^INVALID_REQUEST: timestamp must not be more than 5 minutes ahead/),
    ],
  ])('is refused for %s', (_, fields, expected) => {
    expect(told(() => read({ ...good, ...fields }))).toEqual(expected);
  });

  it('is refused for the first of several faults: body, app, domain, time', () => {
    const faults = { timestamp: AHEAD, domain: 'x', app: 'x', server: 1 };
    const code = (...names: readonly (keyof typeof faults)[]) =>
      faultOf(() => read({ ...good, ...Object.fromEntries(names.map((name) => [name, faults[name]])) })).code;
    expect(code('timestamp', 'domain', 'app', 'server')).toBe('INVALID_REQUEST');
    expect(code('timestamp', 'domain', 'app')).toBe('INVALID_APP');
    expect(code('timestamp', 'domain')).toBe('INVALID_DOMAIN');
    expect(code('timestamp')).toBe('INVALID_REQUEST');
    expect(told(() => read({ ...good, status: 'x', app: 'x' }))).toBe(`INVALID_STATUS: ${STATUS_SENTENCE}`);
    const both = faultOf(() => read({ ...good, status: 'x', app: 1 }));
    expect([both.code, both.details]).toEqual(['INVALID_REQUEST', ['app must be a string', STATUS_SENTENCE]]);
  });

  it('accepts a clock 5 minutes ahead', () => {
    expect(read({ ...good, timestamp: '2026-03-02T17:05:00.000Z' }).timestamp).toEqual(
      new Date(NOW.getTime() + 300_000),
    );
  });

  it('does not repeat a long name in its refusal', () => {
    expect(faultOf(() => read({ ...good, app: 'x'.repeat(60_000) })).message.length).toBeLessThan(200);
    expect(faultOf(() => read({ ...good, domain: 'x'.repeat(60_000) })).message.length).toBeLessThan(250);
  });
});

describe('a batch', () => {
  it('gives its job and its time to the updates that have none', () => {
    const updates = [good, { ...good, domain: 'Budget', job_id: 'own', timestamp: '2026-03-02T16:00:00Z' }];
    const taken = readMany({ updates, job_id: 'outer', timestamp: '2026-03-02T15:00:00Z' });
    expect(taken.map(({ jobId, timestamp }) => [jobId, timestamp?.toISOString()])).toEqual([
      ['outer', '2026-03-02T15:00:00.000Z'],
      ['own', '2026-03-02T16:00:00.000Z'],
    ]);
    expect(readMany({ updates: [good, good] }).map(({ timestamp }) => timestamp)).toEqual([null, null]);
  });

  it('names every bad update at once, and takes their code when they are of one kind', () => {
    const fault = faultOf(() =>
      readMany({ updates: [{ ...good, status: 'x' }, good, { ...good, status: undefined }] }),
    );
    expect(fault).toBeInstanceOf(InvalidBatch);
    expect(fault.code).toBe('INVALID_STATUS');
    expect(fault.message).toBe(`updates[0]: ${STATUS_SENTENCE}; updates[2]: ${STATUS_SENTENCE}`);
    expect(fault.facts).toEqual({
      updates: [0, 2].map((index) => ({ index, code: 'INVALID_STATUS', message: STATUS_SENTENCE })),
    });
  });

  it('names bad updates of every kind, each with its own code', () => {
    const updates = [
      good,
      { ...good, app: 'x' },
      { ...good, domain: 'x' },
      { ...good, status: 'x' },
      { ...good, timestamp: AHEAD },
      { ...good, job_id: 1, colour: 1 },
      7,
      null,
    ];
    const fault = faultOf(() => readMany({ updates }));
    expect(fault.code).toBe('INVALID_REQUEST');
    const list = fault.facts['updates'] as { index: number; code: string; message: string }[];
    expect(list.map(({ index, code }) => `${index} ${code}`)).toEqual([
      '1 INVALID_APP',
      '2 INVALID_DOMAIN',
      '3 INVALID_STATUS',
      '4 INVALID_REQUEST',
      '5 INVALID_REQUEST',
      '6 INVALID_REQUEST',
      '7 INVALID_REQUEST',
    ]);
    expect(list[4]?.message).toMatch(/^colour is not a known field; job_id /);
    expect(list[5]?.message).toBe('must be a JSON object');
    expect(list[3]?.message).toMatch(/^timestamp must not be more than 5 minutes ahead/);
  });

  it('says besides what is wrong with the batch itself', () => {
    const fault = faultOf(() =>
      readMany({ updates: [{ ...good, app: 'x' }], job_id: 'x'.repeat(101), colour: 1 }),
    );
    expect(fault.code).toBe('INVALID_REQUEST');
    expect(fault.facts).toEqual({
      violations: ['colour is not a known field', 'job_id must be shorter than or equal to 100 characters'],
      updates: [expect.objectContaining({ index: 0, code: 'INVALID_APP' })],
    });
  });

  it.each([
    ['none', []],
    ['101', Array.from({ length: 101 }, () => good)],
    ['no list', good],
    ['nothing', undefined],
  ])('takes 1 to 100 updates, not %s', (_, updates) => {
    expect(told(() => readMany({ updates }))).toBe(
      'INVALID_INPUT: updates must be a list of 1 to 100 objects',
    );
  });

  it('takes 100 updates', () => {
    expect(readMany({ updates: Array.from({ length: 100 }, () => good) })).toHaveLength(100);
  });

  it('says once that its own time is ahead', () => {
    expect(told(() => readMany({ updates: [good, good], timestamp: AHEAD }))).toMatch(
      /^INVALID_INPUT: timestamp must not be more than 5 minutes ahead[^;]+$/,
    );
  });

  it('keeps its refusal short, however much is wrong', () => {
    const flood = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`f${n}`, 1]));
    const fault = faultOf(() => readMany({ updates: Array.from({ length: 100 }, () => flood) }));
    expect(fault.message.length).toBeLessThan(100_000);
    expect(fault.facts['updates']).toHaveLength(100);
  });
});

import { aCell, anAppBoard } from '../../../test/builders/an-app-board';
import type { Cell } from './cell';
import { decidePoll, stillWaits, UNKNOWN_LASTS_MS, withUnknownSince } from './decide-poll';
import type { EpmAnswer, EpmJobState } from './epm-gateway';

const at = (minute: number, ms = 0) => new Date(Date.UTC(2026, 2, 2, 12, minute, 0, ms));
const LIMITS = { longestMs: 60 * 60_000, unknownMs: UNKNOWN_LASTS_MS };
const LOADING = aCell('Actual', {
  ...{ status: 'Loading', jobId: '42', server: 'planning', statusAt: at(0), startedAt: at(0) },
});

const state = (said: EpmJobState, text: string | null = null, code = '1'): EpmAnswer => ({
  ...{ kind: 'state', state: said, code, text },
});
const UNREACHABLE: EpmAnswer = { kind: 'unreachable', error: 'HTTP 503' };
const UNAUTHORIZED: EpmAnswer = { kind: 'unauthorized', error: 'HTTP 401' };
const NOT_FOUND: EpmAnswer = { kind: 'not_found', text: null };

const poll = (answer: EpmAnswer, now = at(5), cell: Cell = LOADING) =>
  decidePoll('Planning', cell, answer, LIMITS, now);

/** The update that ends the cell's loading. */
function ends(status: 'OK' | 'Warning', message: unknown, timestamp = at(5)) {
  return {
    kind: 'update',
    update: {
      ...{ app: 'Planning', domain: 'Actual', jobId: '42', server: 'planning' },
      ...{ status, message, timestamp },
    },
  };
}

describe('what EPM says of a job', () => {
  it.each([
    ['succeeded', state('succeeded'), 'OK', null],
    ['succeeded, with a text', state('succeeded', 'Loaded 5 rows'), 'OK', 'Loaded 5 rows'],
    ['failed', state('failed', 'ORA-1'), 'Warning', 'ORA-1'],
    ['failed without a text', state('failed', null, '9'), 'Warning', 'the job failed (EPM status 9)'],
    ['cancelled', state('cancelled'), 'Warning', 'the job was cancelled'],
    ['cancelled, with a text', state('cancelled', 'by Ana'), 'Warning', 'by Ana'],
  ] as const)('ends the loading when it has %s', (_, answer, status, message) => {
    expect(poll(answer)).toEqual(ends(status, message));
  });

  it('changes nothing while the job is in progress, or while nothing is known of EPM', () => {
    for (const answer of [state('running'), UNREACHABLE, UNAUTHORIZED])
      expect(poll(answer)).toEqual({ kind: 'nothing' });
  });

  it('is an end also when it comes after all patience', () => {
    expect(poll(state('succeeded'), at(90))).toEqual(ends('OK', null, at(90)));
  });

  it('is never dated before the begin, which another clock may have told', () => {
    const ahead = { ...LOADING, statusAt: at(7) };
    expect(poll(state('succeeded'), at(5), ahead)).toEqual(ends('OK', null, at(7)));
  });

  it.each([
    ['x'.repeat(200), 'x'.repeat(200)],
    ['x'.repeat(201), `${'x'.repeat(199)}…`],
    [`${'x'.repeat(198)}🌙🌙`, `${'x'.repeat(198)}\uFFFD…`],
  ])('is cut to what a message may hold, and stays well-formed', (text, message) => {
    expect(poll(state('failed', text))).toEqual(ends('Warning', message));
  });
});

describe('an answer that says nothing of the job', () => {
  it.each([
    ['an unknown status', state('unknown', null, '77'), 'status 77'],
    ['a job that is not known there', NOT_FOUND, 'the job is not known there'],
  ])('is remembered first, and is a Warning when it lasts: %s', (_, answer, word) => {
    expect(poll(answer, at(5))).toEqual({ kind: 'unknown_since', since: at(5) });
    const inDoubt = { ...LOADING, unknownSince: at(5) };
    expect(poll(answer, at(20), inDoubt)).toEqual({ kind: 'nothing' });
    const message = `EPM gives no usable answer about the job: ${word}`;
    expect(poll(answer, at(20, 1), inDoubt)).toEqual(ends('Warning', message, at(20, 1)));
  });

  it('is forgotten when EPM knows the job again, and not when EPM is only unreachable', () => {
    const inDoubt = { ...LOADING, unknownSince: at(5) };
    expect(poll(state('running'), at(30), inDoubt)).toEqual({ kind: 'unknown_since', since: null });
    for (const answer of [UNREACHABLE, UNAUTHORIZED])
      expect(poll(answer, at(30), inDoubt)).toEqual({ kind: 'nothing' });
  });

  it('is remembered as no change that anybody sees', () => {
    const board = anAppBoard().withCell(LOADING, aCell('Budget')).with({ version: 3 }).build();
    expect(withUnknownSince(board, LOADING, at(5))).toEqual({
      ...board,
      cells: [aCell('Budget'), { ...LOADING, unknownSince: at(5) }],
      version: 4,
    });
  });
});

describe('polling', () => {
  it.each([
    [state('running', '42 % done'), '42 % done'],
    [state('running'), 'status 1'],
    [NOT_FOUND, 'the job is not known there'],
    [UNREACHABLE, 'HTTP 503'],
    [UNAUTHORIZED, 'HTTP 401'],
  ])('gives up when the job takes longer than the limit, with the last word (%#)', (answer, word) => {
    expect(poll(answer, at(60))).not.toMatchObject({ kind: 'update' });
    expect(poll(answer, at(60, 1))).toEqual(ends('Warning', `polling gave up: ${word}`, at(60, 1)));
  });

  it('counts from what is known when nobody said when the job began', () => {
    const unknown = { ...LOADING, startedAt: null, statusAt: at(30) };
    expect(poll(state('running'), at(60, 1), unknown)).toEqual({ kind: 'nothing' });
    expect(poll(state('running'), at(90, 1), unknown)).toMatchObject({ kind: 'update' });
  });

  it('concerns a cell only while it waits for that very job: a push that came meanwhile wins', () => {
    expect(stillWaits(LOADING, '42')).toBe(true);
    expect(stillWaits({ ...LOADING, jobId: '43' }, '42')).toBe(false);
    expect(stillWaits({ ...LOADING, status: 'OK' }, '42')).toBe(false);
    expect(stillWaits(null, '42')).toBe(false);
  });
});

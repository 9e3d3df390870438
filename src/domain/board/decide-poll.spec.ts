import { aCell, anAppBoard } from '../../../test/builders/an-app-board';
import type { Cell } from './cell';
import { asHealed, decidePoll, stillWaits, UNKNOWN_LASTS_MS, withPollingRemembered } from './decide-poll';
import type { EpmAnswer, EpmJobState } from './epm-gateway';

const at = (minute: number, ms = 0) => new Date(Date.UTC(2026, 2, 2, 12, minute, 0, ms));
const LIMITS = { longestMs: 60 * 60_000, unknownMs: UNKNOWN_LASTS_MS };
const LOADING = aCell('Actual', {
  ...{ status: 'Loading', jobId: '42', server: 'planning', statusAt: at(0), startedAt: at(0) },
});
/** It was asked about before. */
const ASKED = { ...LOADING, polledSince: at(0) };

const state = (said: EpmJobState, text: string | null = null, code = '1'): EpmAnswer => ({
  ...{ kind: 'state', state: said, code, text },
});
const UNREACHABLE: EpmAnswer = { kind: 'unreachable', error: 'HTTP 503' };
const UNAUTHORIZED: EpmAnswer = { kind: 'unauthorized', error: 'HTTP 401' };
const NOT_FOUND: EpmAnswer = { kind: 'not_found', text: null };

const poll = (answer: EpmAnswer, now = at(5), cell: Cell = ASKED) =>
  decidePoll('Planning', cell, answer, LIMITS, now);

/** The update that ends the cell's loading: EPM does not say when. */
function ends(status: 'OK' | 'Warning', message: unknown) {
  return {
    kind: 'update',
    update: {
      ...{ app: 'Planning', domain: 'Actual', jobId: '42', server: 'planning' },
      ...{ status, message, timestamp: null },
    },
  };
}

/** What is remembered of the polling from now on. */
function remembers(polledSince: Date, unknownSince: Date | null) {
  return { kind: 'remember', polledSince, unknownSince };
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
    expect(poll(state('succeeded'), at(90))).toEqual(ends('OK', null));
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
    expect(poll(answer, at(5))).toEqual(remembers(at(0), at(5)));
    const inDoubt = { ...ASKED, unknownSince: at(5) };
    expect(poll(answer, at(20), inDoubt)).toEqual({ kind: 'nothing' });
    const message = `EPM gives no usable answer about the job: ${word}`;
    expect(poll(answer, at(20, 1), inDoubt)).toEqual(ends('Warning', message));
  });

  it('is forgotten when EPM knows the job again, and not when EPM is only unreachable', () => {
    const inDoubt = { ...ASKED, unknownSince: at(5) };
    expect(poll(state('running'), at(15), inDoubt)).toEqual(remembers(at(0), null));
    for (const answer of [UNREACHABLE, UNAUTHORIZED])
      expect(poll(answer, at(15), inDoubt)).toEqual({ kind: 'nothing' });
  });
});

describe('polling', () => {
  it('is remembered from the first question on, whatever the answer', () => {
    for (const answer of [state('running'), UNREACHABLE, UNAUTHORIZED])
      expect(poll(answer, at(5), LOADING)).toEqual(remembers(at(5), null));
    expect(poll(NOT_FOUND, at(5), LOADING)).toEqual(remembers(at(5), at(5)));
  });

  it('is remembered as no change that anybody sees', () => {
    const board = anAppBoard().withCell(LOADING, aCell('Budget')).with({ version: 3 }).build();
    const remembered = { polledSince: at(1), unknownSince: at(5) };
    expect(withPollingRemembered(board, LOADING, remembered)).toEqual({
      ...board,
      cells: [aCell('Budget'), { ...LOADING, ...remembered }],
      version: 4,
    });
  });

  it.each([
    [state('running', '42 % done'), '42 % done'],
    [state('running'), 'status 1'],
    [NOT_FOUND, 'the job is not known there'],
    [UNREACHABLE, 'HTTP 503'],
    [UNAUTHORIZED, 'HTTP 401'],
  ])('gives up when the job takes longer than the limit, with the last word (%#)', (answer, word) => {
    expect(poll(answer, at(60))).not.toMatchObject({ kind: 'update' });
    expect(poll(answer, at(60, 1))).toEqual(ends('Warning', `polling gave up: ${word}`));
  });

  it('counts from the first question, not from the begin: nobody may have asked for long', () => {
    expect(poll(state('running'), at(300), LOADING)).toEqual(remembers(at(300), null));
    const asked = { ...LOADING, polledSince: at(300) };
    expect(poll(state('running'), at(360), asked)).toEqual({ kind: 'nothing' });
    expect(poll(state('running'), at(360, 1), asked)).toMatchObject({ kind: 'update' });
  });

  it('concerns a cell only while it waits for that very run of the job: a push that came meanwhile wins', () => {
    expect(stillWaits(LOADING, '42', at(0))).toBe(true);
    expect(stillWaits({ ...LOADING, jobId: '43' }, '42', at(0))).toBe(false);
    expect(stillWaits({ ...LOADING, status: 'OK' }, '42', at(0))).toBe(false);
    expect(stillWaits({ ...LOADING, statusAt: at(0, 1) }, '42', at(0))).toBe(false);
    expect(stillWaits(null, '42', at(0))).toBe(false);
  });

  it('marks the cell that it heals, and no other', () => {
    const ended = aCell('Actual', { jobId: '42' });
    const board = anAppBoard().withCell(ended, aCell('Budget')).build();
    const decision = { boards: [board], audits: [], alertChanges: [] };
    expect(asHealed(decision, 'Actual')).toEqual({
      ...decision,
      boards: [{ ...board, cells: [aCell('Budget'), { ...ended, healed: true }] }],
    });
  });
});

import { aCellUpdate } from '../../../test/builders/a-cell-update';
import { aCell } from '../../../test/builders/an-app-board';
import { judgeUpdate, nextCell } from './next-cell';

const at = (minute: number, second = 0) => new Date(Date.UTC(2026, 2, 2, 12, minute, second));
const NOW = at(59);
const update = () => aCellUpdate();
const loading = aCell('Actual', { status: 'Loading', jobId: 'JOB_1', statusAt: at(10), startedAt: at(10) });

describe('an update of a cell', () => {
  it('applies to a cell that never had one', () => {
    for (const first of [update().loading(), update().ok(), update().warning(null)])
      expect(judgeUpdate(null, first.build())).toBe('applied');
  });

  it('is known already when it clears a cell that never had one', () => {
    expect(judgeUpdate(null, update().blank().build())).toBe('repeated');
  });

  it('is known already when status and job are those of now, whenever it happened and whatever it says', () => {
    for (const minute of [0, 10, 50])
      expect(judgeUpdate(loading, update().loading().with({ message: 'x' }).at(at(minute)).build())).toBe(
        'repeated',
      );
  });

  it('applies when the status or the job is another one', () => {
    expect(judgeUpdate(loading, update().ok('JOB_1').at(at(11)).build())).toBe('applied');
    expect(judgeUpdate(loading, update().loading('JOB_2').at(at(11)).build())).toBe('applied');
    expect(judgeUpdate(loading, update().loading(null).at(at(11)).build())).toBe('applied');
  });

  it('is late when it happened before that of now, and not when it happened in the same millisecond', () => {
    const before = new Date(at(10).getTime() - 1);
    expect(judgeUpdate(loading, update().ok().at(before).build())).toBe('late');
    expect(judgeUpdate(loading, update().blank().at(before).build())).toBe('late');
    expect(judgeUpdate(loading, update().ok().at(at(10)).build())).toBe('applied');
  });

  it('without a job is taken for a repetition only within a minute', () => {
    const cell = aCell('Actual', { status: 'OK', jobId: null, statusAt: at(10) });
    const judged = (instant: Date) => judgeUpdate(cell, update().ok(null).at(instant).build());
    expect(judged(at(10, 59))).toBe('repeated');
    expect(judged(at(9, 1))).toBe('repeated');
    expect(judged(at(11))).toBe('applied');
    expect(judged(at(9))).toBe('late');
  });
});

describe('a cell after an update', () => {
  it('says what the update says, and when it came', () => {
    const warning = update().warning('JOB_2', 'boom').with({ server: 'planning' }).at(at(20)).build();
    expect(nextCell(loading, warning, NOW)).toEqual(
      aCell('Actual', {
        ...{ status: 'Warning', jobId: 'JOB_2', message: 'boom', server: 'planning' },
        ...{ statusAt: at(20), receivedAt: NOW },
      }),
    );
  });

  it('begins with Loading, and lasts from there to the end of the same job', () => {
    const begun = nextCell(null, update().loading().at(at(10)).build(), NOW);
    expect(begun).toMatchObject({ startedAt: at(10), durationMs: null });
    for (const end of [update().ok(), update().warning()])
      expect(nextCell(begun, end.at(at(12, 30)).build(), NOW)).toMatchObject({
        ...{ startedAt: at(10), durationMs: 150_000 },
      });
  });

  it('keeps its begin when the end is corrected', () => {
    const ended = nextCell(loading, update().warning().at(at(12)).build(), NOW);
    expect(nextCell(ended, update().ok().at(at(15)).build(), NOW)).toMatchObject({ durationMs: 300_000 });
  });

  it('knows no duration when its begin is not known, or was that of another job', () => {
    const unknown = { startedAt: null, durationMs: null };
    expect(nextCell(null, update().ok().at(at(12)).build(), NOW)).toMatchObject(unknown);
    expect(nextCell(loading, update().ok('JOB_2').at(at(12)).build(), NOW)).toMatchObject(unknown);
    expect(nextCell(loading, update().ok(null).at(at(12)).build(), NOW)).toMatchObject(unknown);
  });

  it('begins anew when the same job says Loading again', () => {
    const ended = nextCell(loading, update().warning().at(at(12)).build(), NOW);
    const again = nextCell(ended, update().loading().at(at(20)).build(), NOW);
    expect(again).toMatchObject({ startedAt: at(20), durationMs: null });
    expect(nextCell(again, update().ok().at(at(21)).build(), NOW)).toMatchObject({ durationMs: 60_000 });
  });

  it('without job ids counts from the last Loading, unless it was cleared since', () => {
    const begun = nextCell(null, update().loading(null).at(at(10)).build(), NOW);
    const end = update().ok(null).at(at(12)).build();
    expect(nextCell(begun, end, NOW)).toMatchObject({ durationMs: 120_000 });
    const cleared = nextCell(begun, update().blank().at(at(11)).build(), NOW);
    expect(cleared).toMatchObject({ status: 'Blank', startedAt: null, durationMs: null });
    expect(nextCell(cleared, end, NOW)).toMatchObject({ startedAt: null, durationMs: null });
  });

  it('remembers the server of its job until another is named', () => {
    const begun = nextCell(null, update().loading().with({ server: 'planning' }).at(at(10)).build(), NOW);
    expect(nextCell(begun, update().ok().at(at(11)).build(), NOW).server).toBe('planning');
    expect(nextCell(begun, update().ok().with({ server: 'arcs' }).at(at(11)).build(), NOW).server).toBe(
      'arcs',
    );
    expect(nextCell(begun, update().ok('JOB_2').at(at(11)).build(), NOW).server).toBeNull();
    const cleared = nextCell(null, update().blank().with({ server: 'planning' }).at(at(11)).build(), NOW);
    expect(nextCell(cleared, update().ok(null).at(at(12)).build(), NOW).server).toBeNull();
  });

  it('is neither stale nor in doubt nor owes an alert', () => {
    const troubled = {
      ...loading,
      ...{ stale: true, unknownSince: at(11), alertDue: { by: 'key', correlationId: 'c' } },
    };
    expect(nextCell(troubled, update().ok().at(at(12)).build(), NOW)).toMatchObject({
      ...{ stale: false, unknownSince: null, alertDue: null },
    });
  });
});

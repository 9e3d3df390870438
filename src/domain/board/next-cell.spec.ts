import { aCellUpdate } from '../../../test/builders/a-cell-update';
import { aCell } from '../../../test/builders/an-app-board';
import { dated, judgeUpdate, nextCell } from './next-cell';

const at = (minute: number, second = 0) => new Date(Date.UTC(2026, 2, 2, 12, minute, second));
const NOW = at(59);
const update = () => aCellUpdate();
const loading = aCell('Actual', { status: 'Loading', jobId: 'JOB_1', statusAt: at(10), startedAt: at(10) });

describe('the time of an update', () => {
  const unsaid = { ...update().ok().build(), timestamp: null };

  it('is what was sent, whatever is known', () => {
    const sent = update().ok().at(at(1)).build();
    expect(dated(sent, loading, NOW)).toEqual(sent);
  });

  it('is now when none was sent, and not before that of the cell', () => {
    expect(dated(unsaid, null, NOW)).toEqual({ ...unsaid, timestamp: NOW });
    expect(dated(unsaid, loading, NOW).timestamp).toEqual(NOW);
    const ahead = { ...loading, statusAt: new Date(NOW.getTime() + 1) };
    expect(dated(unsaid, ahead, NOW).timestamp).toEqual(ahead.statusAt);
    expect(judgeUpdate(ahead, dated(unsaid, ahead, NOW))).toBe('applied');
  });
});

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

describe('the own word of a job in a cell that was healed', () => {
  const healed = aCell('Actual', { healed: true, statusAt: at(30), startedAt: at(10) });

  it('applies though it is older, but not from before the begin', () => {
    const warned = (instant: Date, cell = healed) =>
      judgeUpdate(cell, update().warning().at(instant).build());
    expect(warned(at(20))).toBe('applied');
    expect(warned(at(10))).toBe('applied');
    expect(warned(new Date(at(10).getTime() - 1))).toBe('late');
    expect(warned(at(1), { ...healed, startedAt: null })).toBe('applied');
    const gaveUp = { ...healed, status: 'Warning' as const };
    expect(judgeUpdate(gaveUp, update().ok().at(at(20)).build())).toBe('applied');
  });

  it('is its end, of this very job, and only there', () => {
    const older = [
      ...[update().loading(), update().with({ status: 'Blank' })],
      ...[update().warning('JOB_2'), update().warning(null)],
    ];
    for (const other of older) expect(judgeUpdate(healed, other.at(at(20)).build())).toBe('late');
    const pushed = { ...healed, healed: false };
    expect(judgeUpdate(pushed, update().warning().at(at(20)).build())).toBe('late');
  });

  it('is known already when it says what EPM said', () => {
    expect(judgeUpdate(healed, update().ok().at(at(20)).build())).toBe('repeated');
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

  it('goes on when Loading is only said again without a job, and stays stale if it was', () => {
    const unnamed = { ...loading, jobId: null, stale: true };
    const again = update().loading(null).at(at(20)).build();
    expect(nextCell(unnamed, again, NOW)).toMatchObject({ stale: true, startedAt: at(10), statusAt: at(20) });
    expect(nextCell({ ...unnamed, stale: false }, again, NOW).stale).toBe(false);
    for (const other of [loading, { ...unnamed, status: 'OK' as const }])
      expect(nextCell({ ...other, stale: true }, again, NOW)).toMatchObject({
        stale: false,
        startedAt: at(20),
      });
  });

  it('takes its begin from the jobs of the app when another job came between', () => {
    const end = update().ok('JOB_2').at(at(20)).build();
    const known = { startedAt: at(5), durationMs: 900_000 };
    for (const before of [loading, null, aCell('Actual', { jobId: 'JOB_2' })])
      expect(nextCell(before, end, NOW, at(5))).toMatchObject(known);
    expect(nextCell(loading, update().ok().at(at(20)).build(), NOW, at(5))).toMatchObject({
      startedAt: at(10),
    });
    expect(nextCell(null, update().loading('JOB_2').at(at(20)).build(), NOW, at(5)).startedAt).toEqual(
      at(20),
    );
    expect(nextCell(null, update().blank().at(at(20)).build(), NOW, at(5)).startedAt).toBeNull();
  });

  it('has no begin that is after its end', () => {
    const unknown = { startedAt: null, durationMs: null };
    expect(nextCell(null, update().ok().at(at(4)).build(), NOW, at(5))).toMatchObject(unknown);
    expect(nextCell(loading, update().ok().at(at(9)).build(), NOW)).toMatchObject(unknown);
    expect(nextCell(loading, update().ok().at(at(10)).build(), NOW)).toMatchObject({ durationMs: 0 });
  });

  it('without job ids counts from the begin, unless it was cleared since', () => {
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

  it('is neither stale nor in doubt, was not asked about, and owes no alert', () => {
    const troubled = {
      ...loading,
      ...{ stale: true, unknownSince: at(11), alertDue: { by: 'key', correlationId: 'c', said: null } },
      ...{ healed: true, polledSince: at(11) },
    };
    expect(nextCell(troubled, update().ok().at(at(12)).build(), NOW)).toMatchObject({
      ...{ stale: false, unknownSince: null, alertDue: null, healed: false, polledSince: null },
    });
  });
});

import { aBoard } from '../../../test/builders/a-board';
import { aCell, aJob, anAppBoard } from '../../../test/builders/an-app-board';
import { buildCanvas } from './canvas';
import { canvasIdOf, emptyCanvasRecord, isDirty, versionsOf } from './canvas-record';

const NOW = new Date('2026-03-02T12:30:00.000Z');
const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 12, minute));
const BOARD = aBoard()
  .withApp('ARCS', { domains: ['Reconciliation'], channelIds: ['C2'] })
  .withChannel('C1', { name: 'epm-main' })
  .withApp('Planning', { displayName: 'Planning & Budget', domains: ['Budget', 'Actual'] })
  .withApp('FCCS', { domains: ['Consolidation'], channelIds: ['C1', 'C2'] })
  .build();
const CHANNEL = { id: 'C1', name: 'epm-main', canvasId: null };

describe('the canvas of a channel', () => {
  it("shows the channel's apps and their domains in the order of the configuration", () => {
    const { channelId, channelName, timeZone, generatedAt, apps } = buildCanvas(BOARD, CHANNEL, [], NOW);
    expect({ channelId, channelName, timeZone, generatedAt }).toEqual({
      ...{ channelId: 'C1', channelName: 'epm-main', timeZone: 'Asia/Jakarta', generatedAt: NOW },
    });
    expect(apps.map(({ displayName, rows }) => [displayName, rows.map(({ domain }) => domain)])).toEqual([
      ['Planning & Budget', ['Budget', 'Actual']],
      ['FCCS', ['Consolidation']],
    ]);
  });

  it('shows a cell without data as Blank, and the rest as it stands', () => {
    const cell = aCell('Actual', {
      ...{ status: 'Warning', jobId: 'J', message: 'boom', durationMs: 5_000 },
      ...{ statusAt: at(5), startedAt: at(1) },
    });
    const { apps } = buildCanvas(BOARD, CHANNEL, [anAppBoard('Planning').withCell(cell).build()], NOW);
    expect(apps[0]?.rows).toEqual([
      {
        ...{ domain: 'Budget', status: 'Blank', stale: false, jobId: null },
        ...{ since: null, durationMs: null, message: null },
      },
      {
        ...{ domain: 'Actual', status: 'Warning', stale: false, jobId: 'J' },
        ...{ since: at(5), durationMs: 5_000, message: 'boom' },
      },
    ]);
  });

  it('shows since when a cell is loading, and that it is for too long', () => {
    const cell = aCell('Actual', { status: 'Loading', statusAt: at(5), startedAt: at(4), stale: true });
    const { apps } = buildCanvas(BOARD, CHANNEL, [anAppBoard('Planning').withCell(cell).build()], NOW);
    expect(apps[0]?.rows[1]).toMatchObject({ status: 'Loading', since: at(4), stale: true });
  });

  it('shows neither cells that are not configured any more nor what happened to apps of other channels', () => {
    const states = [
      anAppBoard('Planning')
        .withCell(aCell('Gone', { receivedAt: at(1) }))
        .build(),
      anAppBoard('ARCS')
        .withCell(aCell('Reconciliation', { receivedAt: at(9) }))
        .withJob(aJob('OTHER'))
        .build(),
    ];
    const canvas = buildCanvas(BOARD, CHANNEL, states, NOW);
    expect(canvas.apps.flatMap(({ rows }) => rows).map(({ domain }) => domain)).not.toContain('Gone');
    expect(canvas).toMatchObject({ lastUpdateAt: at(1), recentJobs: [] });
  });

  it('says when a cell of its apps last changed, whatever was heard since, and their jobs, newest first', () => {
    const states = [
      anAppBoard('Planning')
        .withCell(aCell('Actual', { receivedAt: at(2) }), aCell('Budget', { receivedAt: at(1) }))
        .withJob(aJob('J1', { startedAt: at(1) }))
        .with({ lastUpdateAt: at(9) })
        .build(),
      anAppBoard('FCCS')
        .withCell(aCell('Consolidation', { receivedAt: at(1), statusAt: at(8) }))
        .withJob(aJob('J2', { startedAt: at(2) }))
        .with({ lastUpdateAt: at(9) })
        .build(),
    ];
    const { lastUpdateAt, recentJobs } = buildCanvas(BOARD, CHANNEL, states, NOW);
    expect(lastUpdateAt).toEqual(at(2));
    expect(recentJobs.map(({ jobId }) => jobId)).toEqual(['J2', 'J1']);
    expect(buildCanvas(BOARD, CHANNEL, [], NOW).lastUpdateAt).toBeNull();
  });
});

describe('what is known of a canvas', () => {
  const written = { ...emptyCanvasRecord('C1'), textHash: 'hash' };
  const planning = anAppBoard('Planning').with({ version: 3 }).build();
  const untouched = anAppBoard('FCCS').with({ version: 0 }).build();

  it('has to be written before the first time, and when an app is of another version than it shows', () => {
    expect(isDirty(emptyCanvasRecord('C1'), [])).toBe(true);
    expect(isDirty(written, [planning])).toBe(true);
    expect(isDirty({ ...written, shown: { Planning: 2 } }, [planning])).toBe(true);
    const current = { ...written, shown: versionsOf([planning, untouched]) };
    expect(isDirty(current, [planning, untouched])).toBe(false);
    expect(isDirty(written, [untouched])).toBe(false);
  });

  it('names the created canvas for as long as it stands for the configured one', () => {
    expect(canvasIdOf(written, 'F1')).toBe('F1');
    expect(canvasIdOf(written, null)).toBeNull();
    const created = { ...written, createdCanvasId: 'F2' };
    expect(canvasIdOf(created, null)).toBe('F2');
    expect(canvasIdOf(created, 'F1')).toBe('F1');
    const replaced = { ...created, insteadOf: 'F1' };
    expect(canvasIdOf(replaced, 'F1')).toBe('F2');
    expect(canvasIdOf(replaced, 'F3')).toBe('F3');
    expect(canvasIdOf(replaced, null)).toBeNull();
  });
});

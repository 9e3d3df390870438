import type { CellRun } from './act';
import { CELLS } from './cast';
import type { ApiAnswer } from './demo-api';
import { LostPushes } from './lost-pushes';

describe('lost pushes', () => {
  const [cell] = CELLS;
  if (cell === undefined) throw new TypeError('no cells');
  const run: CellRun = { cell, number: 1, outcome: 'OK', told: false };
  let asked: number;
  let answer: ApiAnswer;
  let lost: LostPushes;

  beforeEach(() => {
    asked = 0;
    lost = new LostPushes(async () => {
      asked += 1;
      return answer;
    });
  });

  const shows = (status: string, jobId: string | null): void => {
    const body = { apps: { [cell.app]: { [cell.domain]: { status, job_id: jobId, message: 'said EPM' } } } };
    answer = { ok: true, body };
  };

  it('are healed once the board shows the end of that very job', async () => {
    lost.add(run, '101');
    shows('Loading', '101');
    expect(await lost.look()).toEqual([]);
    answer = { ok: false, fault: '503' };
    expect(await lost.look()).toEqual([]);
    shows('OK', '101');
    expect(await lost.look()).toEqual([{ run, jobId: '101', status: 'OK', message: 'said EPM' }]);
    expect(await lost.look()).toEqual([]);
    expect(asked).toBe(3);
  });

  it('are never healed when the next job has begun, and not asked about any more', async () => {
    lost.add(run, '101');
    shows('OK', '102');
    expect(await lost.look()).toEqual([]);
    shows('OK', '101');
    expect(await lost.look()).toEqual([]);
    expect(asked).toBe(1);
  });
});

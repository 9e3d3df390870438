import { FakeEpm } from '../../fakes/fake-epm';
import { appOf, APPS, CELLS } from './cast';
import { jobsIn } from './epm-jobs';
import { podOptions } from './settings';

describe('the jobs of the demo', () => {
  let epm: FakeEpm;

  beforeEach(async () => (epm = await FakeEpm.start({ pods: podOptions() })));
  afterEach(() => epm.close());

  it.each(CELLS)('of $app $domain run in EPM until they end there, and fail with a reason', (cell) => {
    const jobs = jobsIn(epm);
    const { pod, family, firstJobId } = appOf(cell.app);
    const run = { cell, number: 1, outcome: 'Warning', told: true } as const;
    const jobId = jobs.begin(run);
    expect(jobId).toBe(String(firstJobId));
    expect(epm.state().jobs).toMatchObject([{ pod, family, isRunning: true }]);
    jobs.end(run, jobId);
    expect(epm.state().jobs).toMatchObject([{ isRunning: false, details: cell.failure }]);
  });

  it('have numbers of their own on each pod', () => {
    const jobs = jobsIn(epm);
    const ids = [...CELLS, ...CELLS].map((cell) =>
      jobs.begin({ cell, number: 1, outcome: 'OK', told: true }),
    );
    expect(new Set(ids).size).toBe(2 * CELLS.length);
    expect(new Set(APPS.map(({ pod }) => pod)).size).toBe(APPS.length);
  });
});

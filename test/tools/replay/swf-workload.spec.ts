import { NightRule } from './night';
import { readSwf } from './swf';
import { loadNight, surveyLog, type SwfSource } from './swf-workload';

const RULE = new NightRule('00:00', '06:00', 'UTC');
// 86400: the 2nd of January 1970, 00:00 UTC
const LOG = `; UnixStartTime: 86400
; Note: group 2 is system personnel
; Queue: 1 batch
1     0 -1 60 8 -1 -1 -1 -1 -1 -1 3 2 7 -1 -1 -1 -1
2 21600 -1 60 8 -1 -1 -1 -1 -1 -1 3 2 9 1 -1 -1 -1
nonsense
3 86400 -1 60 -1 -1 -1 -1 -1 -1 -1 4 1 7 -1 -1 -1 -1
4 86460 -1 -1 8 -1 -1 -1 -1 -1 -1 4 1 7 -1 -1 -1 -1
5 86460 -1 60 8 -1 -1 -1 -1 -1 -1 5 5 -1 -1 -1 -1 -1`;

const source: SwfSource = () =>
  readSwf(
    (async function* () {
      yield* LOG.split('\n');
    })(),
  );

describe('surveyLog', () => {
  it('counts the jobs of each night, and keeps what is wrong with the log', async () => {
    const survey = await surveyLog(source, RULE, 'ipsc');
    expect(survey.jobs).toBe(4);
    expect([...survey.jobsPerNight]).toEqual([
      ['1970-01-02', 1],
      ['1970-01-03', 2],
    ]);
    expect(survey.badLines).toEqual([{ lineNumber: 6, reason: '1 fields instead of 18' }]);
    expect([...survey.leftOut]).toEqual([['unknown run time', 1]]);
  });

  it('makes one scheduler of each application number, described by its first job', async () => {
    const { schedulers } = await surveyLog(source, RULE, 'ipsc');
    expect([...schedulers.values()]).toEqual([
      {
        schedulerId: 'ipsc-app-0007',
        serviceName: 'System personnel',
        jobName: 'Application 7 of user 003',
        ownerEmail: 'user-003@example.com',
        tags: ['replay', 'ipsc'],
      },
      expect.objectContaining({ schedulerId: 'ipsc-app-0009', serviceName: 'Batch' }),
      expect.objectContaining({
        schedulerId: 'ipsc-app-unknown',
        serviceName: 'Group 5',
        jobName: 'Unknown application',
        ownerEmail: null,
      }),
    ]);
  });
});

describe('loadNight', () => {
  it('takes the jobs that start in the night and their schedulers', async () => {
    const survey = await surveyLog(source, RULE, 'ipsc');
    const night = RULE.nightOf('1970-01-03');
    const workload = await loadNight(source, survey, night, { prefix: 'ipsc', allApplications: false });
    expect(workload.schedulers.map(({ schedulerId }) => schedulerId)).toEqual([
      'ipsc-app-0007',
      'ipsc-app-unknown',
    ]);
    expect(workload.jobs[0]).toEqual({
      runId: '3',
      schedulerId: 'ipsc-app-0007',
      startAt: new Date('1970-01-03T00:00:00Z'),
      runTimeMs: 60_000,
      metadata: { log_started_at: '1970-01-03T00:00:00.000Z', user: 4 },
    });
    const all = await loadNight(source, survey, night, { prefix: 'ipsc', allApplications: true });
    expect(all.schedulers).toHaveLength(3);
    expect(all.jobs).toEqual(workload.jobs);
  });
});

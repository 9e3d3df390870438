import type { EpmServerConfig } from '../../../platform/config/config';
import { dataIntegration } from './data-integration';

const read = (body: Record<string, unknown>) => dataIntegration.read(body, '101');

describe('the family data-integration', () => {
  it.each([
    [-1, 'RUNNING', 'running'],
    [-1, null, 'running'],
    [0, 'SUCCESS', 'succeeded'],
    [0, null, 'succeeded'],
    ['0', 'SUCCESS', 'succeeded'],
    [1, 'FAILED', 'failed'],
    [1, 'WARNING', 'failed'],
    [2, 'RUNNING', 'running'],
    [3, 'FAILED', 'cancelled'],
    [4, 'FAILED', 'failed'],
    [2_147_483_647, 'SUCCESS', 'unknown'],
    [9, 'SUCCESS', 'unknown'],
    [undefined, 'SUCCESS', 'unknown'],
  ])('takes status %j with %s for %s', (status, jobStatus, state) => {
    expect(read({ status, jobStatus })).toMatchObject({ state });
  });

  it.each(['SUCCESS', 'success', 'WARNING', 'FAILED'])(
    'does not end a job on jobStatus %s alone',
    (jobStatus) => {
      expect(read({ status: -1, jobStatus })).toMatchObject({
        state: 'running',
        code: '-1',
        text: `jobStatus says ${jobStatus.toUpperCase()}, the status does not follow`,
      });
    },
  );

  it.each([
    [0, 'FAILED'],
    [0, 'RUNNING'],
    [1, 'SUCCESS'],
    [1, 'RUNNING'],
  ])('believes neither status %j nor %s when they contradict each other', (status, jobStatus) => {
    expect(read({ status, jobStatus, details: 'so it is' })).toMatchObject({
      state: 'unknown',
      text: `jobStatus ${jobStatus} contradicts the status: so it is`,
    });
  });

  it('tells of warnings in the text of a success', () => {
    expect(read({ status: 0, jobStatus: 'WARNING', details: '3 rows rejected' })).toMatchObject({
      state: 'succeeded',
      text: 'finished with warnings: 3 rows rejected',
    });
    expect(read({ status: 0, jobStatus: 'WARNING' })).toMatchObject({ text: 'finished with warnings' });
  });

  it('reads the sample that Oracle prints, numbers as texts', () => {
    const body = { status: '0', details: 'null', jobId: '1881', jobStatus: 'SUCCESS', executedBy: 'admin' };
    expect(dataIntegration.read(body, '1881')).toEqual({
      kind: 'state',
      state: 'succeeded',
      code: '0',
      text: null,
    });
  });

  it('believes nothing that is about another job', () => {
    expect(read({ status: 0, jobId: 7 })).toMatchObject({ state: 'unknown' });
  });

  it('has a version of its own, in capitals', () => {
    expect(dataIntegration.path({} as EpmServerConfig, '101')).toBe('/aif/rest/V1/jobs/101');
    expect(dataIntegration.knowsId('101')).toBe(true);
    expect(dataIntegration.knowsId('RULE')).toBe(false);
  });
});

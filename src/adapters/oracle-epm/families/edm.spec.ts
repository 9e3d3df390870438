import type { EpmServerConfig } from '../../../platform/config/config';
import { edm } from './edm';

const ID = '0105ee75-3f15-4efd-b725-a1769001fbfa';
const read = (body: Record<string, unknown>) => edm.read({ id: ID, ...body }, ID);

describe('the family edm', () => {
  it.each([
    ['PENDING', 'running'],
    ['QUEUED', 'running'],
    ['PROCESSING', 'running'],
    ['RUNNING', 'running'],
    ['In Progress', 'running'],
    ['IN_PROGRESS', 'running'],
    ['COMPLETED', 'succeeded'],
    ['Succeeded', 'succeeded'],
    ['FAILED', 'failed'],
    ['ERROR', 'failed'],
    ['CANCELLED', 'cancelled'],
    ['CANCELED', 'cancelled'],
    ['ARCHIVED', 'unknown'],
    ['', 'unknown'],
    [0, 'unknown'],
    [undefined, 'unknown'],
  ])('takes %j for %s', (status, state) => {
    expect(read({ status, error: null })).toMatchObject({ kind: 'state', state });
  });

  it('takes an error for a failure, whatever the word', () => {
    for (const status of ['COMPLETED', 'PROCESSING', 'ARCHIVED'])
      expect(read({ status, error: 'EPMMDM-1: no' })).toMatchObject({
        state: 'failed',
        code: status,
        text: 'EPMMDM-1: no',
      });
    for (const error of ['', ' ', null, undefined])
      expect(read({ status: 'COMPLETED', error })).toMatchObject({ state: 'succeeded' });
  });

  it('believes nothing that is about another run', () => {
    expect(read({ status: 'COMPLETED', id: ID.replace('0', '1') })).toMatchObject({ state: 'unknown' });
    expect(read({ status: 'COMPLETED', id: ID.toUpperCase() })).toMatchObject({ state: 'succeeded' });
  });

  it('knows UUIDs and nothing else', () => {
    expect([ID, ID.toUpperCase()].every((id) => edm.knowsId(id))).toBe(true);
    expect(['101', `${ID}0`, ID.replaceAll('-', ''), ''].some((id) => edm.knowsId(id))).toBe(false);
    expect(edm.path({} as EpmServerConfig, ID)).toBe(`/epm/rest/v1/jobRuns/${ID}`);
    expect(edm.result?.path({} as EpmServerConfig, ID)).toBe(`/epm/rest/v1/jobRuns/${ID}/result`);
  });

  describe('a result', () => {
    const ended = read({ status: 'COMPLETED' });
    const after = (body: Record<string, unknown>) => edm.result?.read(body, ended);

    it('without success is a failure, told by the tasks that went wrong', () => {
      const tasks = [
        { taskName: 'Export', status: 'COMPLETED', messages: ['418 records'] },
        { taskName: 'Transfer', status: 'ERROR', messages: ['Unknown host', 'Check the connection'] },
      ];
      expect(after({ status: 'COMPLETED', result: { success: false, tasks, messages: 'Exported' } })).toEqual(
        {
          ...ended,
          state: 'failed',
          text: 'Unknown host; Check the connection',
        },
      );
    });

    it('may say it without saying why, and at the top', () => {
      expect(after({ result: { success: false } })).toMatchObject({
        text: 'the run completed without success',
      });
      expect(after({ success: false, message: 'nothing imported' })).toMatchObject({
        state: 'failed',
        text: 'nothing imported',
      });
    });

    it.each([
      { result: { success: true } },
      { result: null },
      { result: {} },
      { result: 'text' },
      {},
      { success: 'false' },
    ])('of %j changes nothing', (body) => expect(after(body)).toBe(ended));
  });
});

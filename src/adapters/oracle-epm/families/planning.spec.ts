import type { EpmServerConfig } from '../../../platform/config/config';
import { planning } from './planning';

const SERVER = { application: 'Close & Tax' } as EpmServerConfig;

describe('the family planning', () => {
  it.each([
    [-1, 'running'],
    [0, 'succeeded'],
    [1, 'failed'],
    [2, 'running'],
    [3, 'cancelled'],
    [4, 'failed'],
    [2_147_483_647, 'unknown'],
    [5, 'unknown'],
    [-2, 'unknown'],
    [0.5, 'unknown'],
    ['0', 'succeeded'],
    ['-1', 'running'],
    ['Completed', 'unknown'],
    ['', 'unknown'],
    [null, 'unknown'],
    [undefined, 'unknown'],
    [true, 'unknown'],
    [[0], 'unknown'],
  ])('takes status %j for %s', (status, state) => {
    expect(planning.read({ status }, '101')).toMatchObject({ kind: 'state', state });
  });

  it('keeps the code and the text as they came', () => {
    const body = { status: 1, details: 'Rule failed', descriptiveStatus: 'Completed' };
    expect(planning.read(body, '101')).toEqual({
      kind: 'state',
      state: 'failed',
      code: '1',
      text: 'Rule failed',
    });
    expect(planning.read({}, '101')).toMatchObject({ code: 'none', text: null });
    expect(planning.read({ status: 0, details: 'null' }, '101')).toMatchObject({ text: null });
  });

  it('decides nothing by descriptiveStatus', () => {
    expect(planning.read({ status: -1, descriptiveStatus: 'Completed' }, '101')).toMatchObject({
      state: 'running',
    });
  });

  it.each([{ jobId: 101 }, { jobID: 101 }, { jobId: '101' }, {}])(
    'takes %j for an answer about job 101',
    (named) => {
      expect(planning.read({ status: 0, ...named }, '101')).toMatchObject({ state: 'succeeded' });
    },
  );

  it.each([{ jobId: 102 }, { jobID: 102 }, { jobId: '102' }])(
    'believes nothing that is about %j',
    (named) => {
      expect(planning.read({ status: 0, ...named }, '101')).toMatchObject({ state: 'unknown' });
    },
  );

  it('does not compare ids that JSON cannot carry', () => {
    const body = JSON.parse('{"status":0,"jobId":9007199254740993}') as Record<string, unknown>;
    expect(planning.read(body, '9007199254740993')).toMatchObject({ state: 'succeeded' });
  });

  it('encodes the application, and spells the version as it must be', () => {
    expect(planning.path(SERVER, '101')).toBe(
      '/HyperionPlanning/rest/v3/applications/Close%20%26%20Tax/jobs/101',
    );
  });

  it.each(['1', '101', '9223372036854775807'])('knows the id %s', (id) =>
    expect(planning.knowsId(id)).toBe(true),
  );
  it.each([
    '',
    '0',
    '007',
    '-1',
    '1.5',
    '1e3',
    'LOAD_20260216_001',
    '1/2',
    '12345678901234567890',
    ' 1',
    '1\n',
  ])('does not know the id %j', (id) => expect(planning.knowsId(id)).toBe(false));
});

import type { EpmServerConfig } from '../../../platform/config/config';
import { arcs } from './arcs';

const read = (status: unknown, details: unknown = null) =>
  arcs.read({ type: 'ARCS', status, details, error: null }, '1');

describe('the family arcs', () => {
  it.each([
    [-1, 'running'],
    [0, 'succeeded'],
    [1, 'failed'],
    [3, 'failed'],
    [100, 'failed'],
    [-2, 'unknown'],
    ['1', 'failed'],
    ['done', 'unknown'],
    [undefined, 'unknown'],
  ])('takes status %j for %s', (status, state) => {
    expect(read(status)).toMatchObject({ kind: 'state', state });
  });

  it('calls a partial failure with 0 what EPM calls it, with its counts', () => {
    const details = 'Total to copy : 3\nSuccessfully copied : 2\nUnsuccessfully copied : 1\n';
    expect(read(0, details)).toMatchObject({ state: 'succeeded', text: details });
  });

  it('does not take open reconciliations for a job under way, nor for an end', () => {
    const found = 'Account ID : 100-1210, Name : Accounts Receivable, Status : Open with Preparer';
    expect(read(-1, found)).toMatchObject({ state: 'unknown', text: `reconciliations are open: ${found}` });
    expect(read(0, found.replace('Open with Preparer', 'Closed'))).toMatchObject({ state: 'succeeded' });
    expect(read(1, found)).toMatchObject({ state: 'failed' });
    expect(read(-1, 'In Process')).toMatchObject({ state: 'running' });
  });

  it('shows the error where there are no details', () => {
    expect(arcs.read({ status: 1, details: null, error: { message: 'locked' } }, '1')).toMatchObject({
      text: 'locked',
    });
  });

  it('has long ids, and no name in its path', () => {
    expect(arcs.knowsId('100000103240030')).toBe(true);
    expect(arcs.knowsId('CREATE_RECONCILIATIONS')).toBe(false);
    expect(arcs.path({} as EpmServerConfig, '100000103240030')).toBe('/armARCS/rest/v1/jobs/100000103240030');
  });
});

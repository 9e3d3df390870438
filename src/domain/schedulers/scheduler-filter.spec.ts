import { aScheduler } from '../../../test/builders/a-scheduler';
import { matchesFilter, type SchedulerFilter } from './scheduler-filter';

const NOW = new Date('2026-03-02T17:00:00.000Z');
const SCHEDULER = aScheduler('Svc-A.nightly')
  .at(NOW)
  .running()
  .silentFor('11m')
  .with({ serviceName: 'Straße 🌙', jobName: 'ÉTÉ load', tags: ['night', 'eu'] })
  .build();

function matches(fields: Partial<SchedulerFilter>): boolean {
  return matchesFilter(SCHEDULER, {
    status: null,
    serviceName: null,
    tag: null,
    inWindow: null,
    stale: null,
    q: null,
    defaultTimeoutMinutes: 10,
    now: NOW,
    ...fields,
  });
}

describe('a filter', () => {
  it('lets everything through when it asks for nothing', () => {
    expect(matches({})).toBe(true);
  });

  it.each<[string, Partial<SchedulerFilter>, Partial<SchedulerFilter>]>([
    ['status', { status: 'running' }, { status: 'failed' }],
    ['whole service name', { serviceName: 'Straße 🌙' }, { serviceName: 'Straße' }],
    ['tag', { tag: 'eu' }, { tag: 'e' }],
    ['window', { inWindow: () => true }, { inWindow: () => false }],
    ['staleness', { stale: true }, { stale: false }],
    [
      'the absence of staleness',
      { stale: false, defaultTimeoutMinutes: 11 },
      { stale: true, defaultTimeoutMinutes: 11 },
    ],
    ['part of the id, whatever its case', { q: 'svc-a.N' }, { q: 'svc-b' }],
    ['part of the service', { q: 'STRA' }, { q: 'straße x' }],
    ['part of the job, beyond ASCII too', { q: 'été' }, { q: 'hiver' }],
    [
      'everything at once',
      { status: 'running', tag: 'night', stale: true, q: '🌙' },
      { status: 'running', tag: 'day', q: '🌙' },
    ],
  ])('asks for %s', (_what, met, unmet) => {
    expect(matches(met)).toBe(true);
    expect(matches(unmet)).toBe(false);
  });
});

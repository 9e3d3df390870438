import { aScheduler } from '../../../test/builders/a-scheduler';
import { decideRegistration } from './decide-registration';
import type { SchedulerProfile } from './scheduler';

const NOW = new Date('2026-03-02T17:00:00.000Z');
const EARLIER = new Date('2026-03-01T17:00:00.000Z');
const PROFILE: SchedulerProfile = {
  schedulerId: 'service-a-eod',
  serviceName: 'Service A',
  jobName: 'EOD',
  ownerEmail: 'team@example.com',
  alertUserId: 'U1',
  tags: ['night'],
  heartbeatTimeoutMinutes: 5,
  windows: ['eod'],
};

describe('a registration', () => {
  it('makes a pending scheduler that nothing is known of', () => {
    expect(decideRegistration(null, PROFILE, NOW)).toEqual({
      ...PROFILE,
      status: 'pending',
      statusAt: null,
      executionTimeMs: null,
      executionTimeSource: null,
      errorMessage: null,
      metadata: null,
      runId: null,
      startedAt: null,
      openRuns: [],
      currentEntryId: null,
      lastHeartbeat: null,
      staleAlertId: null,
      createdAt: NOW,
      updatedAt: NOW,
      removedAt: null,
      version: 1,
    });
  });

  it('replaces the whole profile when repeated, and keeps status and creation time', () => {
    const existing = aScheduler()
      .at(EARLIER)
      .failed('boom')
      .with({ version: 4, lastHeartbeat: EARLIER })
      .build();
    expect(decideRegistration(existing, PROFILE, NOW)).toEqual({
      ...existing,
      ...PROFILE,
      updatedAt: NOW,
      version: 5,
    });
  });

  it('does not count as a sign of life of a running scheduler', () => {
    const existing = aScheduler().at(EARLIER).running().build();
    expect(decideRegistration(existing, PROFILE, NOW).lastHeartbeat).toEqual(EARLIER);
  });

  describe('of a removed scheduler', () => {
    it('revives it with its status', () => {
      const removed = aScheduler().at(EARLIER).completed().with({ removedAt: EARLIER, version: 2 }).build();
      const revived = decideRegistration(removed, PROFILE, NOW);
      expect(revived).toEqual({ ...removed, ...PROFILE, removedAt: null, updatedAt: NOW, version: 3 });
    });

    it('counts as a sign of life when it was running, and never takes one back', () => {
      const removed = aScheduler().at(EARLIER).running().with({ removedAt: EARLIER }).build();
      expect(decideRegistration(removed, PROFILE, NOW).lastHeartbeat).toEqual(NOW);
      const heardLater = { ...removed, lastHeartbeat: new Date(NOW.getTime() + 1) };
      expect(decideRegistration(heardLater, PROFILE, NOW).lastHeartbeat).toEqual(heardLater.lastHeartbeat);
    });
  });
});

import { anAlert, aSlot } from '../../../test/builders/an-alert';
import { aScheduler } from '../../../test/builders/a-scheduler';
import { countedIds } from '../../../test/builders/counted-ids';
import { emptySlot } from '../alerts/alert';
import { decideRemoval } from './decide-removal';
import { failureDedupKey, staleDedupKey } from './scheduler-alerts';

const NOW = new Date('2026-03-02T17:00:00.000Z');
const NO_ALERTS = {
  failure: emptySlot(failureDedupKey('service-a-eod')),
  stale: emptySlot(staleDedupKey('service-a-eod')),
};
const CAUSE = { by: 'admin-key', now: NOW, ids: countedIds() };

describe('a removal', () => {
  it('marks the scheduler and keeps everything else', () => {
    const scheduler = aScheduler().at('2026-03-01T00:00:00.000Z').running().with({ version: 4 }).build();
    expect(decideRemoval(scheduler, NO_ALERTS, CAUSE)).toEqual({
      scheduler: { ...scheduler, removedAt: NOW, updatedAt: NOW, version: 5 },
      alertChanges: [],
    });
  });

  it('ends what is open about it, and says so', () => {
    const failure = aSlot(anAlert('failed').build());
    const stale = aSlot(
      anAlert('silent')
        .with({ dedupKey: staleDedupKey('service-a-eod') })
        .build(),
    );
    const scheduler = aScheduler().running().with({ staleAlertId: 'silent' }).build();
    const decision = decideRemoval(scheduler, { failure, stale }, CAUSE);
    expect(decision.scheduler.staleAlertId).toBeNull();
    expect(decision.alertChanges.map(({ alert }) => alert)).toMatchObject([
      { id: 'failed', status: 'resolved', resolution: 'scheduler removed', resolvedBy: 'admin-key' },
      { id: 'silent', status: 'resolved', resolution: 'scheduler removed' },
    ]);
    expect(decision.alertChanges.flatMap(({ outbox }) => outbox.map(({ event }) => event))).toEqual([
      'resolved',
      'resolved',
    ]);
  });
});

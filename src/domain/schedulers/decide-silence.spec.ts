import { aScheduler } from '../../../test/builders/a-scheduler';
import { countedIds } from '../../../test/builders/counted-ids';
import { emptySlot, type AlertSlot } from '../alerts/alert';
import { decideSilence, type SilenceDecision } from './decide-silence';
import type { Scheduler } from './scheduler';
import { staleDedupKey } from './scheduler-alerts';

const NOW = new Date('2026-03-02T17:00:00.000Z');
const NO_ALERT = emptySlot(staleDedupKey('service-a-eod'));
const ids = countedIds();

function scan(scheduler: Scheduler, slot: AlertSlot = NO_ALERT, now = NOW): SilenceDecision | null {
  return decideSilence(scheduler, {
    slot,
    defaultTimeoutMinutes: 10,
    timeZone: 'Asia/Jakarta',
    correlationId: 'scan-1',
    cause: { by: 'stale-scan', now, ids },
  });
}

/** Found silent at NOW. */
function silent(): { scheduler: Scheduler; slot: AlertSlot } {
  const decision = scan(aScheduler().at(NOW).running().silentFor('11m').build());
  const change = decision?.alertChanges[0];
  if (!decision || !change) throw new Error('not silent');
  return { scheduler: decision.scheduler, slot: change.slot };
}

describe('a silence', () => {
  it('is warned of with the last sign of life, its age and the timeout; the status stays', () => {
    const running = aScheduler()
      .at(NOW)
      .running('2026-03-02T16:00:00.000Z')
      .silentFor('12m')
      .with({ version: 4 })
      .build();
    const decision = scan(running);
    const alert = decision?.alertChanges[0]?.alert;
    expect(decision?.scheduler).toEqual({ ...running, staleAlertId: alert?.id, version: 5 });
    expect(alert).toMatchObject({
      source: 'scheduler_stale',
      severity: 'warning',
      status: 'firing',
      correlationId: 'scan-1',
      facts: [
        { label: 'Service', text: 'Service A' },
        { label: 'Job' },
        { label: 'Scheduler' },
        { label: 'Last heartbeat', at: new Date('2026-03-02T16:48:00.000Z') },
        { label: 'Silent for', ms: 12 * 60_000 },
        { label: 'Timeout', ms: 10 * 60_000 },
        { label: 'Running since', at: new Date('2026-03-02T16:00:00.000Z') },
      ],
    });
    expect(decision?.alertChanges[0]?.outbox.map(({ event }) => event)).toEqual(['opened']);
  });

  it('begins when the timeout is exceeded, not when it is reached', () => {
    expect(scan(aScheduler().at(NOW).running().silentFor('10m').build())).toBeNull();
    expect(scan(aScheduler().at(NOW).running().silentFor('600001ms').build())).not.toBeNull();
  });

  it('begins by the timeout of the scheduler when it has one of its own', () => {
    const patient = aScheduler().at(NOW).running().with({ heartbeatTimeoutMinutes: 30 });
    expect(scan(patient.silentFor('30m').build())).toBeNull();
    expect(scan(patient.silentFor('31m').build())).not.toBeNull();
    const strict = aScheduler()
      .at(NOW)
      .running()
      .with({ heartbeatTimeoutMinutes: 0.5 })
      .silentFor('31s')
      .build();
    expect(scan(strict)).not.toBeNull();
  });

  it.each(['pending', 'completed', 'failed'] as const)('is none while the scheduler is %s', (status) => {
    expect(scan(aScheduler().at(NOW).running().silentFor('2h').with({ status }).build())).toBeNull();
  });

  it('is none of a removed scheduler', () => {
    expect(scan(aScheduler().at(NOW).running().silentFor('2h').with({ removedAt: NOW }).build())).toBeNull();
  });

  it('is warned of once while it lasts', () => {
    const { scheduler, slot } = silent();
    expect(scan(scheduler, slot, new Date(NOW.getTime() + 3_600_000))).toBeNull();
  });

  it('ends with a heartbeat, and the next one is a new one', () => {
    const { scheduler, slot } = silent();
    const heard = { ...scheduler, lastHeartbeat: new Date(NOW.getTime() + 1_000) };
    const ended = scan(heard, slot, new Date(NOW.getTime() + 2_000));
    expect(ended?.scheduler).toEqual({ ...heard, staleAlertId: null, version: heard.version + 1 });
    expect(ended?.alertChanges.map(({ alert }) => alert)).toMatchObject([
      { id: scheduler.staleAlertId, status: 'resolved', resolution: 'heartbeat received' },
    ]);
    const again = scan(
      ended?.scheduler as Scheduler,
      ended?.alertChanges[0]?.slot,
      new Date(NOW.getTime() + 3_600_000),
    );
    expect(again?.scheduler.staleAlertId).not.toBe(scheduler.staleAlertId);
    expect(again?.alertChanges.map(({ alert }) => alert.status)).toEqual(['firing']);
  });

  it('is forgotten when its alert is closed already', () => {
    const { scheduler, slot } = silent();
    const heard = { ...scheduler, lastHeartbeat: NOW };
    expect(scan(heard, { ...slot, open: null })).toEqual({
      scheduler: { ...heard, staleAlertId: null, version: heard.version + 1 },
      alertChanges: [],
    });
  });
});

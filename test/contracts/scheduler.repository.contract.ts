import { decideRegistration } from '../../src/domain/schedulers/decide-registration';
import { SchedulerNotFound } from '../../src/domain/schedulers/scheduler.errors';
import { ChangedConcurrently } from '../../src/domain/shared/errors';
import { aScheduler } from '../builders/a-scheduler';
import { aStatusUpdate } from '../builders/a-status-update';
import {
  at,
  decideRemovalAt,
  get,
  newId,
  profileOf,
  read,
  register,
  remove,
  report,
  silentScheduler,
} from './acts';
import { race } from './expectations';
import { ODD_NAME } from './odd-values';
import type { StoreSubject } from './store-subject';

/** Registration, heartbeat and removal. */
export function schedulerRepositoryContract({ store }: StoreSubject): void {
  describe('registration', () => {
    it('stores every field of a new scheduler', async () => {
      const scheduler = await register(store(), {
        serviceName: ODD_NAME,
        jobName: '🌙'.repeat(127),
        ownerEmail: 'team-a@example.com',
        alertUserId: 'U1234567890',
        tags: ['night', '🌙', 'night ', 'a,b'],
        heartbeatTimeoutMinutes: 0.5,
        windows: ['eod', 'Fenêtre 2'],
      });
      expect(await store().schedulers.find(scheduler.schedulerId)).toEqual(scheduler);
      expect((await read(store(), scheduler.schedulerId)).scheduler).toEqual(scheduler);
    });

    it('stores absent values as null and empty lists as lists', async () => {
      const scheduler = await register(store(), { schedulerId: newId('A9._:-') });
      const stored = await get(store(), scheduler.schedulerId);
      expect(stored).toEqual(scheduler);
      expect(stored).toMatchObject({
        ownerEmail: null,
        tags: [],
        windows: [],
        openRuns: [],
        removedAt: null,
      });
    });

    it('finds nothing under an unknown id', async () => {
      expect(await store().schedulers.find(newId())).toBeNull();
      expect(await store().schedulers.findWithAlerts(newId())).toBeNull();
    });

    it('keeps ids apart that differ in case only', async () => {
      const id = newId('job');
      await register(store(), { schedulerId: id, jobName: 'lower' });
      await register(store(), { schedulerId: id.toUpperCase(), jobName: 'upper' });
      expect((await get(store(), id)).jobName).toBe('lower');
      expect((await get(store(), id.toUpperCase())).jobName).toBe('upper');
    });

    it('replaces the profile and keeps the rest when repeated', async () => {
      const { schedulerId } = await register(store(), { ownerEmail: 'old@example.com', tags: ['old'] });
      await report(store(), aStatusUpdate(schedulerId).running().ofRun('r1').at(at(0)).build());
      const before = await get(store(), schedulerId);
      const repeated = await register(store(), { schedulerId, jobName: 'Renamed', windows: ['late'] }, at(5));
      const stored = await get(store(), schedulerId);
      expect(stored).toEqual(repeated);
      expect(stored).toEqual({
        ...before,
        jobName: 'Renamed',
        ownerEmail: null,
        tags: [],
        windows: ['late'],
        updatedAt: at(5),
        version: before.version + 1,
      });
    });

    it('keeps a heartbeat that arrived since the scheduler was read', async () => {
      const { schedulerId } = await register(store());
      await report(store(), aStatusUpdate(schedulerId).running().at(at(0)).build());
      const before = await get(store(), schedulerId);
      const repeated = decideRegistration(before, { ...profileOf(before), jobName: 'Renamed' }, at(5));
      await store().schedulers.recordHeartbeat(schedulerId, at(3));
      await store().schedulers.recordRegistration(repeated);
      expect(await get(store(), schedulerId)).toEqual({ ...repeated, lastHeartbeat: at(3) });
    });

    it('refuses any version but the next', async () => {
      const scheduler = await register(store());
      const { schedulerId } = scheduler;
      for (const version of [0, 1, 3]) {
        const wrong = { ...scheduler, jobName: 'Wrong', version };
        await expect(store().schedulers.recordRegistration(wrong)).rejects.toThrow(ChangedConcurrently);
      }
      const unknown = aScheduler(newId()).with({ version: 2 }).build();
      await expect(store().schedulers.recordRegistration(unknown)).rejects.toThrow(ChangedConcurrently);
      expect(await get(store(), schedulerId)).toEqual(scheduler);
      expect(await store().schedulers.find(unknown.schedulerId)).toBeNull();
    });

    it('lets one of many first registrations win', async () => {
      const id = newId();
      const rivals = Array.from({ length: 8 }, (_, n) =>
        aScheduler(id)
          .with({ jobName: `Rival ${n}` })
          .build(),
      );
      const winners = await race(
        rivals.map((rival) => async () => {
          await store().schedulers.recordRegistration(rival);
          return rival;
        }),
      );
      expect(winners).toHaveLength(1);
      expect(await get(store(), id)).toEqual(winners[0]);
    });
  });

  describe('heartbeat', () => {
    it('moves the last heartbeat forward and changes nothing else', async () => {
      const { schedulerId } = await register(store());
      const before = await get(store(), schedulerId);
      expect(await store().schedulers.recordHeartbeat(schedulerId, at(1, 7))).toEqual({ endsSilence: false });
      expect(await get(store(), schedulerId)).toEqual({ ...before, lastHeartbeat: at(1, 7) });
    });

    it('never moves it back', async () => {
      const { schedulerId } = await register(store());
      await report(store(), aStatusUpdate(schedulerId).running().at(at(0)).build());
      await store().schedulers.recordHeartbeat(schedulerId, at(2));
      for (const earlier of [at(-5), at(1, 59_999), at(2)]) {
        expect(await store().schedulers.recordHeartbeat(schedulerId, earlier)).toEqual({
          endsSilence: false,
        });
        expect((await get(store(), schedulerId)).lastHeartbeat).toEqual(at(2));
      }
    });

    it('keeps the latest of many that arrive at once', async () => {
      const { schedulerId } = await register(store());
      const order = Array.from({ length: 40 }, (_, n) => (n * 17) % 40);
      await Promise.all(order.map((n) => store().schedulers.recordHeartbeat(schedulerId, at(0, n))));
      expect((await get(store(), schedulerId)).lastHeartbeat).toEqual(at(0, 39));
    });

    it('is refused for an unknown and for a removed scheduler', async () => {
      const unknown = newId();
      await expect(store().schedulers.recordHeartbeat(unknown, at(0))).rejects.toThrow(SchedulerNotFound);
      expect(await store().schedulers.find(unknown)).toBeNull();
      const { schedulerId } = await register(store());
      const { scheduler } = await remove(store(), schedulerId);
      await expect(store().schedulers.recordHeartbeat(schedulerId, at(50))).rejects.toThrow(
        SchedulerNotFound,
      );
      expect(await get(store(), schedulerId)).toEqual(scheduler);
    });

    it('says that it ends a silence as long as an alert about it is open', async () => {
      const silence = await silentScheduler(store(), at(0), at(30));
      const { schedulerId } = silence.scheduler;
      expect(await store().schedulers.recordHeartbeat(schedulerId, at(0))).toEqual({ endsSilence: false });
      await store().schedulers.recordSilence(silence);
      expect(await store().schedulers.recordHeartbeat(schedulerId, at(31))).toEqual({ endsSilence: true });
      await report(store(), aStatusUpdate(schedulerId).running().at(at(32)).build());
      expect(await store().schedulers.recordHeartbeat(schedulerId, at(33))).toEqual({ endsSilence: false });
    });
  });

  describe('removal', () => {
    it('keeps the record, marked as removed, and resolves its alerts', async () => {
      const { schedulerId } = await register(store());
      await report(store(), aStatusUpdate(schedulerId).failed().at(at(0)).build());
      const decision = await remove(store(), schedulerId, at(10));
      expect(await get(store(), schedulerId)).toEqual(decision.scheduler);
      const change = decision.alertChanges[0];
      expect(change?.alert.status).toBe('resolved');
      expect(await store().alerts.find(change?.alert.id ?? '')).toEqual(change?.alert);
      expect(await store().alerts.findSlot(change?.slot.dedupKey ?? '')).toEqual(change?.slot);
      const told = await store().outbox.listDue(at(10), 10_000);
      expect(told).toContainEqual(change?.outbox[0]);
    });

    it('is refused when the scheduler has changed since it was read', async () => {
      const { schedulerId } = await register(store());
      const before = await read(store(), schedulerId);
      const { scheduler } = await report(store(), aStatusUpdate(schedulerId).running().at(at(0)).build());
      const late = decideRemovalAt(before, at(1));
      await expect(store().schedulers.recordRemoval(late)).rejects.toThrow(ChangedConcurrently);
      expect(await get(store(), schedulerId)).toEqual(scheduler);
    });

    it('never takes back a heartbeat that arrived since the scheduler was read', async () => {
      const { schedulerId } = await register(store());
      const decision = decideRemovalAt(await read(store(), schedulerId), at(10));
      await store().schedulers.recordHeartbeat(schedulerId, at(9));
      const taken = await race([() => store().schedulers.recordRemoval(decision)]);
      if (taken.length === 0) await remove(store(), schedulerId, at(10));
      expect(await get(store(), schedulerId)).toMatchObject({ removedAt: at(10), lastHeartbeat: at(9) });
    });

    it('ends with the next registration, and a run from before counts as heard', async () => {
      const { schedulerId } = await register(store());
      await report(store(), aStatusUpdate(schedulerId).running().ofRun('r1').at(at(0)).build());
      await remove(store(), schedulerId, at(10));
      const revived = await register(store(), { schedulerId }, at(100));
      expect(revived).toMatchObject({ status: 'running', removedAt: null, lastHeartbeat: at(100) });
      expect(await get(store(), schedulerId)).toEqual(revived);
      expect(await store().schedulers.recordHeartbeat(schedulerId, at(101))).toEqual({ endsSilence: false });
    });
  });
}

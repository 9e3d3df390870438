import { ChangedConcurrently } from '../../src/domain/shared/errors';
import { aStatusUpdate } from '../builders/a-status-update';
import { at, decideSilenceAt, get, read, report, silentScheduler } from './acts';
import { race } from './expectations';
import type { StoreSubject } from './store-subject';
import { expectChanges, expectWritten, waitingFor } from './written';

/** Silences of running schedulers: each is written with its alert, whole or not at all. */
export function schedulerSilenceContract({ store }: StoreSubject): void {
  it('is written with its alert, and again when it has ended', async () => {
    const silence = await silentScheduler(store());
    const { schedulerId } = silence.scheduler;
    await store().schedulers.recordSilence(silence);
    await expectChanges(store(), silence);
    await store().schedulers.recordHeartbeat(schedulerId, at(31));
    const heard = decideSilenceAt(await read(store(), schedulerId), at(31));
    if (heard === null) throw new Error('still silent');
    await store().schedulers.recordSilence(heard);
    await expectChanges(store(), heard);
    expect((await read(store(), schedulerId)).slots.stale.open).toBeNull();
  });

  it('is refused when a heartbeat arrived since the scheduler was read', async () => {
    const silence = await silentScheduler(store());
    const { schedulerId } = silence.scheduler;
    await store().schedulers.recordHeartbeat(schedulerId, at(29));
    const before = await read(store(), schedulerId);
    await expect(store().schedulers.recordSilence(silence)).rejects.toThrow(ChangedConcurrently);
    expect(await read(store(), schedulerId)).toEqual(before);
    expect(await waitingFor(store(), schedulerId)).toEqual([]);
  });

  it('is refused when the scheduler has reported or the slot has changed since', async () => {
    const silence = await silentScheduler(store());
    const { schedulerId } = silence.scheduler;
    const [change] = silence.alertChanges;
    if (change === undefined) throw new Error('no alert');
    const offSlot = { ...change, slot: { ...change.slot, version: 7 } };
    const off = store().schedulers.recordSilence({ ...silence, alertChanges: [offSlot] });
    await expect(off).rejects.toThrow(ChangedConcurrently);
    const { scheduler } = await report(store(), aStatusUpdate(schedulerId).completed().at(at(1)).build());
    await expect(store().schedulers.recordSilence(silence)).rejects.toThrow(ChangedConcurrently);
    expect(await get(store(), schedulerId)).toEqual(scheduler);
    expect(await store().alerts.find(change.alert.id)).toBeNull();
    expect(await waitingFor(store(), schedulerId)).toEqual([]);
  });

  it('is found by one of many scans', async () => {
    const { scheduler } = await silentScheduler(store());
    const seen = await read(store(), scheduler.schedulerId);
    const winners = await race(
      Array.from({ length: 5 }, () => async () => {
        const decision = decideSilenceAt(seen, at(30));
        if (decision === null) throw new Error('not silent');
        await store().schedulers.recordSilence(decision);
      }),
    );
    expect(winners).toHaveLength(1);
    expect(await waitingFor(store(), scheduler.schedulerId)).toHaveLength(1);
  });

  it('ends with a status update in the same write', async () => {
    const silence = await silentScheduler(store());
    const { schedulerId } = silence.scheduler;
    await store().schedulers.recordSilence(silence);
    const decision = await report(store(), aStatusUpdate(schedulerId).failed().at(at(31)).build());
    expect(decision.alertChanges).toHaveLength(2);
    await expectWritten(store(), decision);
    const { slots } = await read(store(), schedulerId);
    expect(slots.stale.open).toBeNull();
    expect(slots.failure.open).not.toBeNull();
  });
}

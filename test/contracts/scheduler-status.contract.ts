import { failureDedupKey, staleDedupKey } from '../../src/domain/schedulers/scheduler-alerts';
import { emptySlot } from '../../src/domain/alerts/alert';
import { ChangedConcurrently } from '../../src/domain/shared/errors';
import { aScheduler } from '../builders/a-scheduler';
import { aStatusUpdate } from '../builders/a-status-update';
import { at, decide, get, newId, read, register, remove, report } from './acts';
import { race } from './expectations';
import { ODD_METADATA, ODD_NAME, ODD_TEXT } from './odd-values';
import type { StoreSubject } from './store-subject';
import { expectRefused, expectWritten, historyOf, waitingFor } from './written';

/** Status updates: each is written whole or not at all. */
export function schedulerStatusContract({ store }: StoreSubject): void {
  it('writes scheduler, history, alert, slot and outbox together', async () => {
    const { schedulerId } = await register(store());
    const decision = await report(store(), aStatusUpdate(schedulerId).failed(ODD_TEXT).at(at(0, 1)).build());
    await expectWritten(store(), decision);
    const { slots } = await read(store(), schedulerId);
    expect(slots.failure.open).toEqual(decision.alertChanges[0]?.alert);
    expect(slots.stale).toEqual(emptySlot(staleDedupKey(schedulerId)));
  });

  it('resolves with the next one what the last one opened', async () => {
    const { schedulerId } = await register(store());
    await report(store(), aStatusUpdate(schedulerId).failed().at(at(0)).build());
    await expectWritten(
      store(),
      await report(store(), aStatusUpdate(schedulerId).failed('again').at(at(1)).build()),
    );
    const decision = await report(store(), aStatusUpdate(schedulerId).completed(5).at(at(2)).build());
    await expectWritten(store(), decision);
    expect((await read(store(), schedulerId)).slots.failure).toMatchObject({ open: null, version: 3 });
  });

  it('gives back odd names, texts and metadata as they came', async () => {
    const { schedulerId } = await register(store(), { serviceName: ODD_NAME, jobName: ODD_NAME });
    const update = aStatusUpdate(schedulerId).failed(ODD_TEXT).at(at(0, 999));
    const decision = await report(
      store(),
      update
        .with({ metadata: ODD_METADATA, runId: '🌙/\\ run', executionTimeMs: Number.MAX_SAFE_INTEGER })
        .build(),
    );
    await expectWritten(store(), decision);
    expect((await get(store(), schedulerId)).metadata).toEqual(ODD_METADATA);
  });

  it('gives back minus zero as a zero', async () => {
    const { schedulerId } = await register(store());
    await report(
      store(),
      aStatusUpdate(schedulerId)
        .with({ metadata: { zero: -0 } })
        .at(at(0))
        .build(),
    );
    expect((await get(store(), schedulerId)).metadata?.['zero']).toBeCloseTo(0);
  });

  it('takes metadata and error message of the largest size', async () => {
    const { schedulerId } = await register(store());
    const metadata = { text: '夜'.repeat(5_400) };
    const update = aStatusUpdate(schedulerId).failed('夜'.repeat(4_000)).with({ metadata }).at(at(0)).build();
    await expectWritten(store(), await report(store(), update));
  });

  it('keeps instants of 1970 and of the far future', async () => {
    const early = new Date(1);
    const late = new Date('9999-12-31T23:59:59.999Z');
    const { schedulerId } = await register(store(), {}, early);
    await report(store(), aStatusUpdate(schedulerId).running().ofRun('old').at(early).build());
    expect(await get(store(), schedulerId)).toMatchObject({
      createdAt: early,
      statusAt: early,
      lastHeartbeat: early,
      openRuns: [{ runId: 'old', startedAt: early }],
    });
    await store().schedulers.recordHeartbeat(schedulerId, late);
    expect((await get(store(), schedulerId)).lastHeartbeat).toEqual(late);
  });

  it('writes nothing when the scheduler has changed since it was read', async () => {
    const { schedulerId } = await register(store());
    const before = await read(store(), schedulerId);
    const first = await report(store(), aStatusUpdate(schedulerId).running().at(at(0)).build());
    const second = decide(before, aStatusUpdate(schedulerId).failed().at(at(1)).build());
    await expectRefused(store(), second, first);
  });

  it('writes nothing when an alert slot has changed since it was read', async () => {
    const { schedulerId } = await register(store());
    const first = await report(store(), aStatusUpdate(schedulerId).running().at(at(0)).build());
    const decision = decide(
      await read(store(), schedulerId),
      aStatusUpdate(schedulerId).failed().at(at(1)).build(),
    );
    const alertChanges = decision.alertChanges.map((change) => ({
      ...change,
      slot: { ...change.slot, version: change.slot.version + 1 },
    }));
    await expectRefused(store(), { ...decision, alertChanges }, first);
  });

  it('writes nothing when a later heartbeat is stored', async () => {
    const { schedulerId } = await register(store());
    const first = await report(store(), aStatusUpdate(schedulerId).running().at(at(0)).build());
    const decision = decide(
      await read(store(), schedulerId),
      aStatusUpdate(schedulerId).failed().at(at(1)).build(),
    );
    await store().schedulers.recordHeartbeat(schedulerId, at(1, 1));
    await expectRefused(store(), decision, {
      ...first,
      scheduler: { ...first.scheduler, lastHeartbeat: at(1, 1) },
    });
  });

  it('is taken when the heartbeat stored since is not later than its own', async () => {
    const { schedulerId } = await register(store());
    const decision = decide(
      await read(store(), schedulerId),
      aStatusUpdate(schedulerId).running().at(at(1)).build(),
    );
    await store().schedulers.recordHeartbeat(schedulerId, at(1));
    expect(await store().schedulers.recordStatus(decision)).toBe('recorded');
    await expectWritten(store(), decision);
  });

  it('writes nothing for a scheduler that was removed meanwhile, or never stored', async () => {
    const { schedulerId } = await register(store());
    const decision = decide(
      await read(store(), schedulerId),
      aStatusUpdate(schedulerId).failed().at(at(1)).build(),
    );
    const { scheduler } = await remove(store(), schedulerId);
    await expect(store().schedulers.recordStatus(decision)).rejects.toThrow(ChangedConcurrently);
    expect(await get(store(), schedulerId)).toEqual(scheduler);
    expect(await historyOf(store(), schedulerId)).toEqual([]);
    const stranger = aScheduler(newId()).build();
    const slots = {
      failure: emptySlot(failureDedupKey(stranger.schedulerId)),
      stale: emptySlot(staleDedupKey(stranger.schedulerId)),
    };
    const unknown = decide(
      { scheduler: stranger, slots },
      aStatusUpdate(stranger.schedulerId).at(at(0)).build(),
    );
    await expect(store().schedulers.recordStatus(unknown)).rejects.toThrow(ChangedConcurrently);
    expect(await historyOf(store(), stranger.schedulerId)).toEqual([]);
  });

  it('is a duplicate when its very entry is stored, and changes nothing', async () => {
    const { schedulerId } = await register(store());
    const update = aStatusUpdate(schedulerId)
      .failed()
      .with({ metadata: { b: 1, a: [2] } })
      .at(at(0))
      .build();
    const first = await report(store(), update);
    const again = decide(await read(store(), schedulerId), update, at(5));
    expect(await store().schedulers.recordStatus(again)).toBe('duplicate');
    expect(await store().schedulers.recordStatus(first)).toBe('duplicate');
    await expectWritten(store(), first);
    expect(await historyOf(store(), schedulerId)).toHaveLength(1);
    expect(await waitingFor(store(), schedulerId)).toHaveLength(1);
  });

  it('is still a duplicate when the scheduler has moved on since', async () => {
    const { schedulerId } = await register(store());
    const update = aStatusUpdate(schedulerId).failed().at(at(0)).build();
    const first = await report(store(), update);
    const last = await report(store(), aStatusUpdate(schedulerId).completed(7).at(at(1)).build());
    const again = decide(await read(store(), schedulerId), update, at(5));
    expect(await store().schedulers.recordStatus(again)).toBe('duplicate');
    expect(await store().schedulers.recordStatus(first)).toBe('duplicate');
    await expectWritten(store(), last);
    expect(await historyOf(store(), schedulerId)).toEqual([last.entry, first.entry]);
    expect(await waitingFor(store(), schedulerId)).toHaveLength(2);
  });

  it('is written once when the same one arrives many times at once', async () => {
    const { schedulerId } = await register(store());
    const before = await read(store(), schedulerId);
    const update = aStatusUpdate(schedulerId).failed().at(at(0)).build();
    const results = await race(
      Array.from({ length: 6 }, () => () => store().schedulers.recordStatus(decide(before, update))),
    );
    expect(results.filter((result) => result === 'recorded')).toHaveLength(1);
    expect(await historyOf(store(), schedulerId)).toHaveLength(1);
    expect(await waitingFor(store(), schedulerId)).toHaveLength(1);
  });

  it('wins alone among many different ones decided on the same read', async () => {
    const { schedulerId } = await register(store());
    const before = await read(store(), schedulerId);
    const rivals = Array.from({ length: 6 }, (_, n) =>
      decide(before, aStatusUpdate(schedulerId).failed(`rival ${n}`).at(at(0, n)).build()),
    );
    const winners = await race(
      rivals.map((rival) => async () => {
        await store().schedulers.recordStatus(rival);
        return rival;
      }),
    );
    expect(winners).toHaveLength(1);
    const [winner] = winners;
    if (winner !== undefined) await expectWritten(store(), winner);
    expect(await historyOf(store(), schedulerId)).toHaveLength(1);
    expect(await waitingFor(store(), schedulerId)).toHaveLength(1);
  });

  it('goes to history alone when it is late', async () => {
    const { schedulerId } = await register(store());
    const current = await report(store(), aStatusUpdate(schedulerId).completed(5).at(at(10)).build());
    const late = await report(store(), aStatusUpdate(schedulerId).failed('late').at(at(5)).build(), at(11));
    expect(late.applied).toBe(false);
    await expectWritten(store(), late);
    expect(await get(store(), schedulerId)).toEqual({
      ...current.scheduler,
      version: late.scheduler.version,
    });
    expect(await historyOf(store(), schedulerId)).toEqual([current.entry, late.entry]);
    expect(await waitingFor(store(), schedulerId)).toEqual([]);
  });
}

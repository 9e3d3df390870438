import type { Scheduler } from '../../src/domain/schedulers/scheduler';
import { aStatusUpdate } from '../builders/a-status-update';
import { at, newId, register, registerAll, remove, report } from './acts';
import { collect, inByteOrder, settles } from './expectations';
import type { StoreSubject } from './store-subject';

/** Scans over all, and over the running ones. */
export function schedulerScanContract({ store }: StoreSubject): void {
  it('brings every living scheduler once, and of the running ones each and no other', async () => {
    const token = newId('scan');
    const all = await registerAll(
      store(),
      token,
      Array.from({ length: 120 }, () => ({ serviceName: '🌙'.repeat(60) })),
    );
    const [first, second, third, fourth, fifth] = all;
    if (!first || !second || !third || !fourth || !fifth) throw new Error('not registered');
    await Promise.all(
      all
        .slice(0, 40)
        .map(({ schedulerId }) => report(store(), aStatusUpdate(schedulerId).running().at(at(0)).build())),
    );
    await report(store(), aStatusUpdate(first.schedulerId).completed().at(at(1)).build());
    await report(store(), aStatusUpdate(second.schedulerId).failed().at(at(1)).build());
    await report(store(), aStatusUpdate(third.schedulerId).completed().at(at(-1)).build(), at(1));
    await remove(store(), fourth.schedulerId);
    await store().schedulers.recordHeartbeat(fifth.schedulerId, at(3));
    await register(store(), { schedulerId: fifth.schedulerId, serviceName: 'Renamed' });

    const mine = (found: readonly Scheduler[]) =>
      byId(found.filter(({ schedulerId }) => schedulerId.startsWith(token)));
    const living = mine(await collect(store().schedulers.scanAll()));
    expect(living).toHaveLength(119);
    const running = living.filter(({ status }) => status === 'running');
    expect(running).toHaveLength(37);
    await settles(async () => mine(await collect(store().schedulers.scanRunning())), running);
  });

  it('brings a removed running scheduler back once it is registered again', async () => {
    const { schedulerId } = await register(store());
    await report(store(), aStatusUpdate(schedulerId).running().at(at(0)).build());
    await remove(store(), schedulerId);
    const scan = async () =>
      (await collect(store().schedulers.scanRunning())).some((found) => found.schedulerId === schedulerId);
    await settles(scan, false);
    await register(store(), { schedulerId });
    await settles(scan, true);
  });
}

function byId(schedulers: readonly Scheduler[]): readonly Scheduler[] {
  return inByteOrder(schedulers, ({ schedulerId }) => schedulerId);
}

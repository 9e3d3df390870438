import type { Store } from '../../src/adapters/persistence/store';
import { newNight } from '../../src/domain/windows/night';
import { occurrenceOn } from '../../src/domain/windows/occurrence';
import { quietTraffic } from '../../src/domain/notifications/storm';
import { aDelivery, anAttempt } from '../builders/a-delivery';
import { aStatusUpdate } from '../builders/a-status-update';
import { aWindow } from '../builders/a-window';
import { at, dueEntries, failure, newId, read, register, remove, report, silentScheduler } from './acts';
import { collect, settles } from './expectations';
import { ODD_METADATA, ODD_NAME, ODD_TEXT } from './odd-values';
import type { StoreSubject } from './store-subject';

/** Nothing that was written depends on the process that wrote it. */
export function durabilityContract({ store, reopen }: StoreSubject): void {
  it('finds all as it was after it was closed and opened again', async () => {
    const schedulerIds = await writeSchedulers(store());
    const delivery = await writeDeliveries(store());
    const window = aWindow({ name: newId('window') });
    const night = await store().nights.record(newNight(window, occurrenceOn(window, '2026-03-02')));
    const lease = await store().leases.acquire(newId('job'), 'a', 60_000, at(0));
    const picture = async () => ({
      schedulers: await Promise.all(schedulerIds.map((id) => read(store(), id))),
      histories: await Promise.all(schedulerIds.map((id) => historyOf(store(), id))),
      running: sorted(
        (await collect(store().schedulers.scanRunning())).map(({ schedulerId }) => schedulerId),
      ),
      alerts: (await store().alerts.list({ status: null, dedupKey: null }, { limit: 100, after: null }))
        .items,
      outbox: await dueEntries(store(), at(600)),
      depth: await store().outbox.depth(),
      busy: sorted(await store().deliveries.listBusyChannels()),
      queue: await store().deliveries.listQueue(delivery.channelId, 10),
      message: await store().deliveries.findMessage(delivery.alert.id, delivery.channelId),
      traffic: await store().deliveries.findTraffic(delivery.channelId),
      attempts: await attemptsOf(store(), delivery.channelId),
      night: await store().nights.find(night.windowName, night.businessDate),
    });
    const before = await picture();
    expect(before.attempts).toHaveLength(1);
    expect(before.outbox).toHaveLength(2);
    await reopen();
    await settles(picture, before);
    if (lease === null) throw new Error('no lease');
    expect((await store().leases.acquire(lease.name, 'b', 60_000, at(10)))?.fence).toBeGreaterThan(
      lease.fence,
    );
  });

  it('goes on where it stopped: versions, duplicates and open alerts are remembered', async () => {
    const { schedulerId } = await register(store());
    const first = await report(store(), aStatusUpdate(schedulerId).failed().at(at(0)).build());
    await store().schedulers.recordHeartbeat(schedulerId, at(9));
    await reopen();
    expect(await store().schedulers.recordStatus(first)).toBe('duplicate');
    expect((await read(store(), schedulerId)).scheduler.lastHeartbeat).toEqual(at(9));
    const repeated = await report(store(), aStatusUpdate(schedulerId).failed().at(at(10)).build());
    expect(repeated.alertChanges[0]?.alert).toMatchObject({
      id: first.alertChanges[0]?.alert.id,
      occurrences: 2,
    });
    await reopen();
    expect((await read(store(), schedulerId)).scheduler).toEqual(repeated.scheduler);
  });
}

/** One of each fate. */
async function writeSchedulers(store: Store): Promise<readonly string[]> {
  const odd = await register(store, { serviceName: ODD_NAME, tags: ['🌙', ''] });
  await report(store, aStatusUpdate(odd.schedulerId).running().ofRun('r').at(at(0)).build());
  const update = aStatusUpdate(odd.schedulerId).failed(ODD_TEXT).with({ metadata: ODD_METADATA });
  await report(store, update.at(at(1, 1)).build());
  await report(store, aStatusUpdate(odd.schedulerId).completed().at(at(-5)).build(), at(2));
  const silence = await silentScheduler(store);
  await store.schedulers.recordSilence(silence);
  await store.schedulers.recordHeartbeat(silence.scheduler.schedulerId, at(31));
  const removed = await register(store);
  await report(store, aStatusUpdate(removed.schedulerId).running().at(at(0)).build());
  await remove(store, removed.schedulerId);
  return [odd.schedulerId, silence.scheduler.schedulerId, removed.schedulerId];
}

/** Two deliveries, one retried and one waiting. @returns the retried one */
async function writeDeliveries(store: Store) {
  const channelId = newId('channel 🌙');
  const entry = await failure(store);
  const waiting = aDelivery(entry, newId('waiting'));
  const delivery = aDelivery(entry, channelId);
  await store.outbox.recordRouted(entry, [delivery, waiting]);
  const begun = await store.deliveries.recordSending({ ...delivery, status: 'sending', attempts: 1 });
  await store.deliveries.recordAttempt({
    delivery: { ...begun, status: 'retrying' },
    attempt: anAttempt(begun, 'retrying', { nextAttemptAt: at(1) }),
    message: { alertId: entry.alert.id, channelId, reference: 'ref', postedAt: at(0), editedAt: at(0, 5) },
    traffic: { ...quietTraffic(channelId), recentOpenings: [at(0)] },
  });
  return delivery;
}

async function historyOf(store: Store, schedulerId: string) {
  const query = { schedulerId, from: at(-60), to: null, status: null };
  return (await store.schedulers.listHistory(query, { limit: 100, after: null })).items;
}

async function attemptsOf(store: Store, channelId: string) {
  const filter = { alertId: null, channelId, outcome: null };
  return (await store.deliveries.listAttempts(filter, { limit: 10, after: null })).items;
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...texts].sort();
}

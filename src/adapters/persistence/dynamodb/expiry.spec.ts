import { aStatusUpdate } from '../../../../test/builders/a-status-update';
import { aWindow } from '../../../../test/builders/a-window';
import { aCellUpdate } from '../../../../test/builders/a-cell-update';
import { read, register, report } from '../../../../test/contracts/acts';
import { push } from '../../../../test/contracts/board-acts';
import { FaultyDynamo } from '../../../../test/fakes/dynamo-faults';
import { emptySlot } from '../../../domain/alerts/alert';
import { failureDedupKey } from '../../../domain/schedulers/scheduler-alerts';
import { newNight } from '../../../domain/windows/night';
import { occurrenceOn } from '../../../domain/windows/occurrence';

/** DynamoDB deletes days after the time; an emulator never does. Until then an expired item must be as good as deleted. */
describe('an item that has expired but is still there', () => {
  let dynamo: FaultyDynamo;

  beforeAll(async () => {
    dynamo = await FaultyDynamo.open();
  });
  afterAll(() => dynamo.close());

  it('is no alert slot any more, and does not stand in the way of a new one', async () => {
    const { schedulerId } = await register(dynamo.store, {}, dynamo.clock.now());
    const dedupKey = failureDedupKey(schedulerId);
    await report(dynamo.store, aStatusUpdate(schedulerId).failed().at(dynamo.clock.now()).build());
    await report(dynamo.store, aStatusUpdate(schedulerId).completed().at(dynamo.clock.now()).build());
    expect((await dynamo.store.alerts.findSlot(dedupKey)).version).toBe(2);
    dynamo.clock.skip('31d');
    expect(await dynamo.store.alerts.findSlot(dedupKey)).toEqual(emptySlot(dedupKey));
    expect(await dynamo.store.alerts.findSlots([dedupKey])).toEqual([emptySlot(dedupKey)]);
    expect((await read(dynamo.store, schedulerId)).slots.failure).toEqual(emptySlot(dedupKey));
    const { alertChanges } = await report(
      dynamo.store,
      aStatusUpdate(schedulerId).failed().at(dynamo.clock.now()).build(),
    );
    expect(await dynamo.store.alerts.findSlot(dedupKey)).toEqual({ ...alertChanges[0]?.slot, version: 1 });
  });

  it('never is a slot with an open alert', async () => {
    const { schedulerId } = await register(dynamo.store, {}, dynamo.clock.now());
    const { alertChanges } = await report(
      dynamo.store,
      aStatusUpdate(schedulerId).failed().at(dynamo.clock.now()).build(),
    );
    dynamo.clock.skip('500d');
    expect((await read(dynamo.store, schedulerId)).slots.failure).toEqual(alertChanges[0]?.slot);
  });

  it('is no night any more, and does not stand in the way of a new one', async () => {
    const window = aWindow();
    const night = newNight(window, occurrenceOn(window, '2026-03-02'));
    await dynamo.store.nights.record(night);
    await dynamo.store.nights.record({ ...night, version: 1 });
    dynamo.clock.skip('31d');
    expect(await dynamo.store.nights.find('eod', '2026-03-02')).toBeNull();
    expect(await dynamo.store.nights.record(night)).toEqual({ ...night, version: 1 });
  });

  it('is in no audit any more, and takes no place on a page', async () => {
    const write = async (domain: string) => {
      const updates = [aCellUpdate('Planning', domain).ok().at(dynamo.clock.now()).build()];
      return (await push(dynamo.store, updates)).audits;
    };
    const query = { app: 'Planning', domain: null, from: new Date(0) };
    const list = () => dynamo.store.board.listAudit(query, { limit: 2, after: null });
    const [old] = await write('Actual');
    dynamo.clock.skip('2d');
    const [young] = await write('Budget');
    expect(await list()).toEqual({ items: [young, old], next: null });
    dynamo.clock.skip('29d');
    expect(await list()).toEqual({ items: [young], next: null });
    expect(await dynamo.store.board.findApps(['Planning'])).toMatchObject([{ version: 2 }]);
  });
});

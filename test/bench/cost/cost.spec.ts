import { aStatusUpdate } from '../../builders/a-status-update';
import { at, decide, read, register } from '../../contracts/acts';
import { collect } from '../../contracts/expectations';
import { FaultyDynamo } from '../../fakes/dynamo-faults';
import { linesOf } from './installation';
import { heartbeatUnits, scanUnits, staleScanUnits, statusUpdateUnits } from './requests';
import { aRegistered, aRun, sampleItems } from './sample-items';

/** The estimate is made of the items that the adapter encodes; here it is held to what the emulator bills for the same requests. */
describe('the estimate of costs', () => {
  const items = sampleItems();
  const scheduler = aRegistered();
  const [begin, end] = aRun(scheduler);
  let dynamo: FaultyDynamo;

  beforeAll(async () => {
    dynamo = await FaultyDynamo.open();
    await dynamo.store.schedulers.recordRegistration(scheduler);
  });
  afterAll(() => dynamo.close());

  async function bill(act: () => Promise<unknown>): Promise<Record<string, number>> {
    dynamo.takeCalls();
    await act();
    const sum: Record<string, number> = {};
    for (const { cost } of dynamo.takeCalls())
      for (const [name, units] of Object.entries(cost)) sum[name] = (sum[name] ?? 0) + units;
    return sum;
  }
  const total = (bills: Record<string, number>) =>
    Object.values(bills).reduce((sum, units) => sum + units, 0);

  it('is right about a status update that begins or ends a run', async () => {
    const { read: reads, write: writes } = statusUpdateUnits(items);
    for (const decision of [begin, end]) {
      expect(total(await bill(() => read(dynamo.store, scheduler.schedulerId)))).toBe(reads);
      expect(total(await bill(() => dynamo.store.schedulers.recordStatus(decision)))).toBe(writes);
    }
  });

  it('is right about a heartbeat, which moves no index whatever the scheduler does: one write unit', async () => {
    expect(heartbeatUnits(items)).toEqual({ read: 0, write: 1 });
    const { schedulerId } = await register(dynamo.store);
    const states = [
      null,
      aStatusUpdate(schedulerId).running().at(at(0)).build(),
      aStatusUpdate(schedulerId).completed().at(at(1)).build(),
    ];
    for (const [minute, update] of states.entries()) {
      if (update !== null)
        await dynamo.store.schedulers.recordStatus(decide(await read(dynamo.store, schedulerId), update));
      const heard = () => dynamo.store.schedulers.recordHeartbeat(schedulerId, at(minute + 10));
      expect(await bill(heard)).toEqual({ schedulers: 1 });
    }
  });

  it('is right about a stale scan and about a look at every scheduler', async () => {
    const fresh = await FaultyDynamo.open();
    const all = 40;
    const running = 30;
    for (let n = 0; n < all; n++) {
      const one = aRegistered(`service-a-eod-process-${n}`);
      await fresh.store.schedulers.recordRegistration(one);
      const [started] = aRun(one);
      if (n < running) await fresh.store.schedulers.recordStatus(started);
    }
    const costOf = async (act: () => Promise<unknown>) => {
      fresh.takeCalls();
      await act();
      return fresh.takeCalls().reduce((sum, { cost }) => sum + total(cost), 0);
    };
    expect(await costOf(() => collect(fresh.store.schedulers.scanRunning()))).toBe(
      staleScanUnits(items, running).read,
    );
    // Each of the four segments is rounded up by itself.
    const scanned = await costOf(() => collect(fresh.store.schedulers.scanAll()));
    expect(Math.abs(scanned - scanUnits(items, all).read)).toBeLessThanOrEqual(4);
    await fresh.close();
  });

  it('grows with the schedulers in what they do, and not in what workers ask of queues and board', () => {
    const units = (schedulers: number) =>
      new Map(
        linesOf(items, schedulers).map(({ what, times, each }) => [what, times * (each.read + each.write)]),
      );
    const [few, many] = [units(10_000), units(1_000_000)];
    const growing = [...few].filter(([what, count]) => many.get(what) !== count).map(([what]) => what);
    expect(growing).toEqual([
      expect.stringMatching(/^heartbeat/),
      expect.stringMatching(/^status update/),
      expect.stringMatching(/^stale scan/),
      expect.stringMatching(/^EOD table/),
      expect.stringMatching(/^census/),
    ]);
    expect(many.get('heartbeat, each 5 minutes')).toBe(8_640_000_000);
  });
});

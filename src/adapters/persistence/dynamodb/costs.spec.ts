import { aCellUpdate } from '../../../../test/builders/a-cell-update';
import { aDelivery, anAttempt } from '../../../../test/builders/a-delivery';
import { aStatusUpdate } from '../../../../test/builders/a-status-update';
import { at, decide, failure, read, register } from '../../../../test/contracts/acts';
import { decidePush, push, readBoard } from '../../../../test/contracts/board-acts';
import { collect } from '../../../../test/contracts/expectations';
import { FaultyDynamo } from '../../../../test/fakes/dynamo-faults';
import { emptyCanvasRecord } from '../../../domain/board/canvas-record';
import type { CellUpdate } from '../../../domain/board/cell';
import type { StatusUpdate } from '../../../domain/schedulers/status-update';

/** The numbers of docs/data-model.md, as the emulator bills them. */
describe('the price of', () => {
  let dynamo: FaultyDynamo;

  beforeAll(async () => {
    dynamo = await FaultyDynamo.open();
  });
  beforeEach(() => dynamo.reset());
  afterAll(() => dynamo.close());

  async function bill(act: () => Promise<unknown>): Promise<Record<string, number>> {
    dynamo.takeCalls();
    await act();
    const sum: Record<string, number> = {};
    for (const { cost } of dynamo.takeCalls()) {
      for (const [name, units] of Object.entries(cost)) sum[name] = (sum[name] ?? 0) + units;
    }
    return sum;
  }

  const statusBill = async (update: StatusUpdate) => {
    const decision = decide(await read(dynamo.store, update.schedulerId), update);
    return bill(() => dynamo.store.schedulers.recordStatus(decision));
  };

  it('a heartbeat of a running scheduler: one write unit, none in an index (S1)', async () => {
    const { schedulerId } = await register(dynamo.store);
    await statusBill(aStatusUpdate(schedulerId).running().at(at(0)).build());
    expect(await bill(() => dynamo.store.schedulers.recordHeartbeat(schedulerId, at(1)))).toEqual({
      schedulers: 1,
    });
  });

  it('a status update: one read, one transaction, an index only when it starts or ends running (S3, S4)', async () => {
    const { schedulerId } = await register(dynamo.store);
    const update = (minute: number) => aStatusUpdate(schedulerId).at(at(minute));
    expect(await bill(() => read(dynamo.store, schedulerId))).toEqual({ schedulers: 2, operations: 4 });
    const plain = { schedulers: 2, 'scheduler-status-history': 2 };
    expect(await statusBill(update(0).completed().build())).toEqual(plain);
    expect(await statusBill(update(1).running().build())).toEqual({ ...plain, 'schedulers/running': 1 });
    expect(await statusBill(update(2).running().build())).toEqual(plain);
    expect(await statusBill(update(3).completed().build())).toEqual({ ...plain, 'schedulers/running': 1 });
  });

  it('a failure and its end (S5)', async () => {
    const { schedulerId } = await register(dynamo.store);
    const written = { schedulers: 2, 'scheduler-status-history': 2, operations: 12 };
    expect(await statusBill(aStatusUpdate(schedulerId).failed().at(at(0)).build())).toEqual({
      ...written,
      'operations/by-list': 1,
      'operations/by-subject': 1,
    });
    expect(await statusBill(aStatusUpdate(schedulerId).failed().at(at(1)).build())).toEqual(written);
    expect(await statusBill(aStatusUpdate(schedulerId).completed().at(at(2)).build())).toEqual({
      ...written,
      'operations/by-list': 2,
    });
  });

  it('a registration: the index of names only when a name is new (S7)', async () => {
    const { schedulerId } = await register(dynamo.store);
    const again = (jobName: string) => bill(() => register(dynamo.store, { schedulerId, jobName }));
    expect(await again('New name')).toEqual({ schedulers: 3, 'schedulers/by-name': 2 });
    expect(await again('New name')).toEqual({ schedulers: 3 });
  });

  it('a scan of the running ones: by their number, whatever else there is (S14)', async () => {
    for (let n = 0; n < 10; n++) await register(dynamo.store);
    const scan = () => bill(() => collect(dynamo.store.schedulers.scanRunning()));
    const { schedulers: before = 0 } = await scan();
    const { schedulerId } = await register(dynamo.store);
    await statusBill(aStatusUpdate(schedulerId).running().at(at(0)).build());
    expect(await scan()).toEqual({ 'schedulers/running': 8, schedulers: before + 1 });
  });

  it('telling an alert (O1, O2, D1, D3, D4)', async () => {
    const { outbox, deliveries } = dynamo.store;
    const entry = await failure(dynamo.store, at(1));
    const delivery = aDelivery(entry, 'slack');
    await outbox.recordRouted(await failure(dynamo.store, at(0)), [
      aDelivery(await failure(dynamo.store), 'slack'),
    ]);
    const begun = { ...delivery, status: 'sending' as const, attempts: 1 };
    const done = { ...begun, status: 'sent' as const, version: 2 };
    const attempt = { delivery: done, attempt: anAttempt(done, 'sent'), message: null, traffic: null };
    expect(await bill(() => outbox.recordRouted(entry, [delivery]))).toEqual({ operations: 8 });
    expect(await bill(() => deliveries.listBusyChannels())).toEqual({ operations: 2 });
    expect(await bill(() => deliveries.recordSending(begun))).toEqual({ operations: 4 });
    expect(await bill(() => deliveries.recordAttempt(attempt))).toEqual({
      operations: 6,
      'operations/by-list': 1,
    });
  });

  describe('the board, by apps of 5 cells and 25 jobs', () => {
    const DOMAINS = ['Actual', 'Budget', 'Forecast', 'Plan', 'Consolidation'];
    const anUpdate = (app: string, n: number) =>
      aCellUpdate(app, DOMAINS[n % 5])
        .with({ message: '1,204 records loaded' })
        .at(at(n));

    async function filled(app: string): Promise<void> {
      for (let n = 0; n < 25; n++) {
        const job = `LOAD_20260216_${n}`;
        const updates = [anUpdate(app, n).loading(job).build(), anUpdate(app, n).ok(job).build()];
        await push(dynamo.store, updates);
      }
    }

    const pushBill = async (update: CellUpdate) => {
      const decision = decidePush(await readBoard(dynamo.store, [update]), [update], at(100));
      return bill(() => dynamo.store.board.record(decision));
    };

    it('as the data model says (B1, B2, B3, B5)', async () => {
      const { board } = dynamo.store;
      for (const app of ['Planning', 'FCCS', 'ARCS']) await filled(app);
      expect(await bill(() => board.listApps())).toEqual({ operations: 4 });
      expect(await bill(() => board.findApps(['Planning']))).toEqual({ operations: 2 });
      expect(await pushBill(anUpdate('Planning', 50).loading().build())).toEqual({ operations: 12 });
      expect(await pushBill(anUpdate('Planning', 51).warning().build())).toEqual({
        operations: 18,
        'operations/by-list': 1,
        'operations/by-subject': 1,
      });
      const query = { app: 'Planning', domain: null, from: at(-1) };
      expect(await bill(() => board.listAudit(query, { limit: 20, after: null }))).toEqual({ operations: 3 });
    });
  });

  it('what else is kept for the board (B6, B7, B8, E1, E2)', async () => {
    const { board, epmTokens } = dynamo.store;
    const canvas = emptyCanvasRecord('C12345678');
    const token = { connection: 'epm', sealed: 's'.repeat(2_000), seed: 'a', issuedAt: at(0) };
    expect(await bill(() => board.recordCanvas(canvas))).toEqual({ operations: 2 });
    expect(await bill(() => board.findCanvas(canvas.channelId))).toEqual({ operations: 1 });
    expect(await bill(() => board.recordWatch(at(0)))).toEqual({ operations: 1 });
    expect(await bill(() => epmTokens.record({ ...token, refusal: null, version: 0 }))).toEqual({
      operations: 6,
    });
    expect(await bill(() => epmTokens.find('epm'))).toEqual({ operations: 1 });
  });
});

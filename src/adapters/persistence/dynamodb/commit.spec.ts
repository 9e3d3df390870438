import { TransactionCanceledException, type CancellationReason } from '@aws-sdk/client-dynamodb';
import { aScheduler } from '../../../../test/builders/a-scheduler';
import { aStatusUpdate } from '../../../../test/builders/a-status-update';
import { decide, get, newId, read, register, report } from '../../../../test/contracts/acts';
import { failing, FaultyDynamo, losingAnswer } from '../../../../test/fakes/dynamo-faults';
import { ChangedConcurrently, StorageUnavailable } from '../../../domain/shared/errors';

const COMMIT = 'TransactWriteItemsCommand';

function cancelled(...codes: readonly string[]): TransactionCanceledException {
  const CancellationReasons = codes.map((Code): CancellationReason => ({ Code }));
  return new TransactionCanceledException({ message: 'scripted', $metadata: {}, CancellationReasons });
}

describe('a commit', () => {
  let dynamo: FaultyDynamo;

  beforeAll(async () => {
    dynamo = await FaultyDynamo.open();
  });
  beforeEach(() => dynamo.reset());
  afterAll(() => dynamo.close());

  const tokens = () =>
    dynamo
      .takeCalls()
      .filter(({ command }) => command === COMMIT)
      .map(({ input }) => input.ClientRequestToken as string);

  it.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'is repeated with its token when it was cancelled by %s',
    async (code) => {
      dynamo.script(COMMIT, failing(cancelled('None', code)), failing(cancelled(code, 'None')));
      await dynamo.store.schedulers.recordRegistration(aScheduler(newId()).build());
      const used = tokens();
      expect(used).toHaveLength(3);
      expect(new Set(used).size).toBe(1);
      expect(dynamo.clock.waits).toHaveLength(2);
    },
  );

  it('has the caller read again when it meets others all the time', async () => {
    dynamo.script(COMMIT, ...Array.from({ length: 5 }, () => failing(cancelled('TransactionConflict'))));
    const { schedulerId } = aScheduler(newId()).build();
    await expect(dynamo.store.schedulers.recordRegistration(aScheduler(schedulerId).build())).rejects.toThrow(
      ChangedConcurrently,
    );
    expect(await dynamo.store.schedulers.find(schedulerId)).toBeNull();
  });

  it('is unavailable when it is throttled all the time', async () => {
    dynamo.script(COMMIT, ...Array.from({ length: 5 }, () => failing(cancelled('ThrottlingError'))));
    await expect(dynamo.store.schedulers.recordRegistration(aScheduler(newId()).build())).rejects.toThrow(
      StorageUnavailable,
    );
  });

  it('is not repeated when a condition did not hold, whatever else there was', async () => {
    const { schedulerId } = await register(dynamo.store);
    const decision = decide(
      await read(dynamo.store, schedulerId),
      aStatusUpdate(schedulerId).running().build(),
    );
    dynamo.reset();
    dynamo.script(COMMIT, failing(cancelled('ConditionalCheckFailed', 'TransactionConflict')));
    await expect(dynamo.store.schedulers.recordStatus(decision)).rejects.toThrow(ChangedConcurrently);
    expect(tokens()).toHaveLength(1);
    expect(dynamo.clock.waits).toEqual([]);
  });

  it("whose answer was lost is known to be done by its token, and not taken for somebody else's", async () => {
    const { schedulerId } = await register(dynamo.store);
    dynamo.script(COMMIT, losingAnswer());
    const update = aStatusUpdate(schedulerId).failed().at(new Date()).build();
    const decision = await report(dynamo.store, update);
    const used = tokens();
    expect(used).toHaveLength(3);
    expect(used[1]).toBe(used[2]);
    expect(await get(dynamo.store, schedulerId)).toEqual(decision.scheduler);
    expect(await dynamo.store.outbox.listDue(new Date(), 100)).toEqual(decision.alertChanges[0]?.outbox);
  });

  it('of a status that was written although the caller heard of an outage is a duplicate when it is sent again', async () => {
    const { schedulerId } = await register(dynamo.store);
    const update = aStatusUpdate(schedulerId).failed().at(new Date()).build();
    const first = decide(await read(dynamo.store, schedulerId), update);
    dynamo.script(COMMIT, losingAnswer(), failing(timedOut()), failing(timedOut()), failing(timedOut()));
    await expect(dynamo.store.schedulers.recordStatus(first)).rejects.toThrow(StorageUnavailable);
    const again = decide(await read(dynamo.store, schedulerId), update);
    expect(await dynamo.store.schedulers.recordStatus(again)).toBe('duplicate');
    expect(await get(dynamo.store, schedulerId)).toEqual(first.scheduler);
    const { items } = await dynamo.store.alerts.list(
      { status: null, dedupKey: `scheduler_failed:${schedulerId}` },
      { limit: 10, after: null },
    );
    expect(items).toEqual([first.alertChanges[0]?.alert]);
  });
});

function timedOut(): Error {
  return Object.assign(new Error('no answer within 3000 ms'), { name: 'TimeoutError', code: 'ETIMEDOUT' });
}

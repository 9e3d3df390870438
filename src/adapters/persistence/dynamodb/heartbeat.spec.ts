import {
  at,
  decideSilenceAt,
  get,
  read,
  register,
  remove,
  silentScheduler,
} from '../../../../test/contracts/acts';
import { FaultyDynamo, losingAnswer } from '../../../../test/fakes/dynamo-faults';
import { SchedulerNotFound } from '../../../domain/schedulers/scheduler.errors';

describe('a heartbeat', () => {
  let dynamo: FaultyDynamo;

  beforeAll(async () => {
    dynamo = await FaultyDynamo.open();
  });
  beforeEach(() => dynamo.reset());
  afterAll(() => dynamo.close());

  const beat = (schedulerId: string, now: Date) => dynamo.store.schedulers.recordHeartbeat(schedulerId, now);
  const commands = () => dynamo.takeCalls().map(({ command }) => command);

  it('is one update of one attribute, and nothing is read', async () => {
    const { schedulerId } = await register(dynamo.store);
    dynamo.takeCalls();
    await beat(schedulerId, at(1));
    const calls = dynamo.takeCalls();
    expect(calls.map(({ command }) => command)).toEqual(['UpdateItemCommand']);
    expect(calls[0]?.input.UpdateExpression).toBe('SET last_heartbeat = :at');
    expect(calls[0]?.input.ReturnValues).toBeUndefined();
  });

  it('that comes late, or for nobody, is one as well', async () => {
    const { schedulerId } = await register(dynamo.store);
    await beat(schedulerId, at(5));
    dynamo.takeCalls();
    await beat(schedulerId, at(1));
    expect(commands()).toEqual(['UpdateItemCommand']);
    await expect(beat('nobody', at(1))).rejects.toThrow(SchedulerNotFound);
    expect(commands()).toEqual(['UpdateItemCommand']);
  });

  it('takes a second update only when it ends a silence', async () => {
    const silence = await silentScheduler(dynamo.store, at(0), at(30));
    await dynamo.store.schedulers.recordSilence(silence);
    const { schedulerId } = silence.scheduler;
    dynamo.takeCalls();
    expect(await beat(schedulerId, at(31))).toEqual({ endsSilence: true });
    expect(commands()).toEqual(['UpdateItemCommand', 'UpdateItemCommand']);
    expect((await get(dynamo.store, schedulerId)).lastHeartbeat).toEqual(at(31));
  });

  it('ends a silence also when the answer to it was lost', async () => {
    const silence = await silentScheduler(dynamo.store, at(0), at(30));
    await dynamo.store.schedulers.recordSilence(silence);
    const { schedulerId } = silence.scheduler;
    dynamo.script('UpdateItemCommand', (carryOut) => carryOut(), losingAnswer());
    expect(await beat(schedulerId, at(31))).toEqual({ endsSilence: true });
    expect((await get(dynamo.store, schedulerId)).lastHeartbeat).toEqual(at(31));
    const decision = decideSilenceAt(await read(dynamo.store, schedulerId), at(31));
    expect(decision?.alertChanges[0]?.alert.status).toBe('resolved');
  });

  it('is refused when the scheduler is removed between its two updates', async () => {
    const silence = await silentScheduler(dynamo.store, at(0), at(30));
    await dynamo.store.schedulers.recordSilence(silence);
    const { schedulerId } = silence.scheduler;
    dynamo.script('UpdateItemCommand', async (carryOut) => {
      try {
        return await carryOut();
      } finally {
        await remove(dynamo.store, schedulerId);
      }
    });
    await expect(beat(schedulerId, at(31))).rejects.toThrow(SchedulerNotFound);
  });
});

import { aScheduler } from '../../../../test/builders/a-scheduler';
import { failing, FaultyDynamo, hangingUp } from '../../../../test/fakes/dynamo-faults';
import { createProbeClient } from './dynamo.client';
import { DynamoUpkeep } from './dynamo.upkeep';

describe('upkeep', () => {
  let dynamo: FaultyDynamo;

  beforeAll(async () => {
    dynamo = await FaultyDynamo.open();
  });
  beforeEach(() => dynamo.reset());
  afterAll(() => dynamo.close());

  it('is well when one item can be read, which need not exist', async () => {
    expect(await dynamo.store.upkeep.checkHealth()).toMatchObject({ storage: 'ok', checks: {}, notices: [] });
    const calls = dynamo.takeCalls();
    expect(calls.map(({ command }) => command)).toEqual(['GetItemCommand']);
    expect(calls[0]?.input.ConsistentRead).toBe(true);
  });

  it('says when this process last wrote', async () => {
    await dynamo.store.schedulers.recordRegistration(aScheduler('job').build());
    const { lastUpdate } = await dynamo.store.upkeep.checkHealth();
    expect(lastUpdate).toEqual(dynamo.connection.lastWriteAt);
    expect(lastUpdate).not.toBeNull();
  });

  it('says by name what is wrong, and never rejects', async () => {
    dynamo.script(
      'GetItemCommand',
      failing(Object.assign(new Error('secret detail'), { name: 'AccessDeniedException' })),
    );
    const { storage } = await dynamo.store.upkeep.checkHealth();
    expect(storage).toBe('DynamoDB does not answer (AccessDeniedException)');
  });

  it('asks once: it does not wait for retries', async () => {
    const { endpoint, close } = await hangingUp();
    const probe = createProbeClient({ endpoint });
    expect(await probe.config.maxAttempts()).toBe(1);
    const upkeep = new DynamoUpkeep(dynamo.connection, probe, ['a notice']);
    expect(await upkeep.checkHealth()).toMatchObject({
      storage: expect.stringMatching(/^DynamoDB does not answer/),
      notices: ['a notice'],
    });
    upkeep.close();
    await close();
  });

  it('leaves expiry and backups to DynamoDB', async () => {
    dynamo.takeCalls();
    expect(await dynamo.store.upkeep.deleteExpired()).toBe(0);
    expect(await dynamo.store.upkeep.backUp()).toBeNull();
    expect(dynamo.takeCalls()).toEqual([]);
  });
});

import { at } from '../../../../test/contracts/acts';
import { FaultyDynamo, losingAnswer } from '../../../../test/fakes/dynamo-faults';

describe('a lease', () => {
  let dynamo: FaultyDynamo;

  beforeAll(async () => {
    dynamo = await FaultyDynamo.open();
  });
  beforeEach(() => dynamo.reset());
  afterAll(() => dynamo.close());

  it('that was taken without hearing of it is found to be ours, with the same fence', async () => {
    dynamo.script('UpdateItemCommand', losingAnswer());
    const lease = await dynamo.store.leases.acquire('job', 'a', 60_000, at(0));
    expect(lease).toEqual({ name: 'job', owner: 'a', expiresAt: at(1), fence: 1 });
    expect(await dynamo.store.leases.acquire('job', 'b', 60_000, at(0))).toBeNull();
  });

  it('goes to nobody when somebody else takes it between the two steps of extending it', async () => {
    const lease = await dynamo.store.leases.acquire('contested', 'a', 60_000, at(0));
    dynamo.script('UpdateItemCommand', async (carryOut) => {
      try {
        return await carryOut();
      } finally {
        expect(await dynamo.store.leases.acquire('contested', 'b', 60_000, at(5))).toMatchObject({
          fence: 2,
        });
      }
    });
    expect(await dynamo.store.leases.acquire('contested', 'a', 60_000, at(5))).toBeNull();
    expect(await dynamo.store.leases.renew(lease as NonNullable<typeof lease>, 60_000, at(5))).toBeNull();
  });

  it('counts its fence on however often it is given back', async () => {
    const fences: (number | undefined)[] = [];
    for (let n = 0; n < 3; n++) {
      const lease = await dynamo.store.leases.acquire('counted', 'a', 60_000, at(n));
      fences.push(lease?.fence);
      if (lease !== null) await dynamo.store.leases.release(lease);
    }
    expect(fences).toEqual([1, 2, 3]);
  });
});

import { randomUUID } from 'node:crypto';
import { ShiftedClock } from '../../../../../test/fakes/shifted-clock';
import { openDynamoStore, type DynamoStore } from '../dynamo.store';
import { schedulerRepositoryContract } from '../../../../../test/contracts/scheduler.repository.contract';
import { schedulerStatusContract } from '../../../../../test/contracts/scheduler-status.contract';
import { schedulerHistoryContract } from '../../../../../test/contracts/scheduler-history.contract';
import { schedulerListContract } from '../../../../../test/contracts/scheduler-list.contract';
import { alertRepositoryContract } from '../../../../../test/contracts/alert.repository.contract';
import { deliveryRepositoryContract } from '../../../../../test/contracts/delivery.repository.contract';
import { outboxContract } from '../../../../../test/contracts/outbox.contract';
import { leaseRepositoryContract } from '../../../../../test/contracts/lease.repository.contract';
import { nightRepositoryContract } from '../../../../../test/contracts/night.repository.contract';
import { storageUpkeepContract } from '../../../../../test/contracts/storage-upkeep.contract';
import { durabilityContract } from '../../../../../test/contracts/durability.contract';
import { decisionSequenceContract } from '../../../../../test/contracts/decision-sequence.contract';

const all = {
  schedulerRepositoryContract,
  schedulerStatusContract,
  schedulerHistoryContract,
  schedulerListContract,
  alertRepositoryContract,
  deliveryRepositoryContract,
  outboxContract,
  leaseRepositoryContract,
  nightRepositoryContract,
  storageUpkeepContract,
  durabilityContract,
  decisionSequenceContract,
};
for (const [name, contract] of Object.entries(all)) {
  describe(name, () => {
    let store: DynamoStore;
    const clock = new ShiftedClock();
    const prefix = `t-${randomUUID()}-`;
    const open = () =>
      openDynamoStore({
        endpoint: process.env.DYNAMODB_ENDPOINT ?? '',
        tablePrefix: prefix,
        createTables: true,
        retentionDays: 30,
        clock,
      });
    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());
    contract({
      store: () => store,
      clock,
      retentionDays: 30,
      reopen: async () => {
        await store.close();
        store = await open();
      },
      sequences: 20,
    });
  });
}

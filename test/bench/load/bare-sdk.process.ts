import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { LatencyHistogram } from './latency-histogram';
import { carryOutOrders } from './order-process';
import { schedulerIdOf } from './workload';

export interface SdkOrder {
  readonly endpoint: string;
  readonly table: string;
  readonly schedulers: number;
  readonly connections: number;
  readonly seconds: number;
}

export interface SdkResult {
  readonly requestsPerSecond: number;
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** The same conditional update as a heartbeat's, with nothing around it but the SDK. */
async function play(order: SdkOrder): Promise<SdkResult> {
  const client = new DynamoDBClient({
    endpoint: order.endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const histogram = new LatencyHistogram();
  const startedAt = performance.now();
  const endsAt = startedAt + order.seconds * 1_000;
  const beatOn = async (connection: number) => {
    for (let turn = connection; performance.now() < endsAt; turn += order.connections) {
      const sentAt = performance.now();
      await client.send(
        new UpdateItemCommand({
          TableName: order.table,
          Key: { scheduler_id: { S: schedulerIdOf(turn % order.schedulers) } },
          UpdateExpression: 'SET last_heartbeat = :at',
          ConditionExpression: 'attribute_exists(scheduler_id) AND attribute_not_exists(removed_at)',
          ExpressionAttributeValues: { ':at': { S: new Date().toISOString() } },
        }),
      );
      histogram.record((performance.now() - sentAt) * 1_000);
    }
  };
  await Promise.all(Array.from({ length: order.connections }, (_, connection) => beatOn(connection)));
  client.destroy();
  return {
    requests: histogram.count,
    requestsPerSecond: (histogram.count / (performance.now() - startedAt)) * 1_000,
    p50Ms: histogram.percentileMs(0.5),
    p99Ms: histogram.percentileMs(0.99),
  };
}

carryOutOrders(play);

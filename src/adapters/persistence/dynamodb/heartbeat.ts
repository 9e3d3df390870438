import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { SchedulerNotFound } from '../../../domain/schedulers/scheduler.errors';
import type { HeartbeatReceipt } from '../../../domain/schedulers/scheduler.repository';
import type { Item } from './attributes';
import type { DynamoConnection } from './dynamo.connection';

const LIVING = 'attribute_exists(scheduler_id) AND attribute_not_exists(removed_at)';
const NOT_BACK = '(attribute_not_exists(last_heartbeat) OR last_heartbeat <= :at)';
const IN_SILENCE = `${LIVING} AND ${NOT_BACK}`;
const HEARD = `${IN_SILENCE} AND attribute_not_exists(stale_alert_id)`;

/**
 * The hot path: one conditional update, whose answer is empty. It touches no attribute that an index holds.
 * Only the heartbeat that ends a silence takes two: the first is refused and brings the item along, which says so.
 * Repeating one whose answer was lost does no harm.
 */
export async function recordHeartbeat(
  connection: DynamoConnection,
  schedulerId: string,
  at: Date,
): Promise<HeartbeatReceipt> {
  const stored = await beat(connection, schedulerId, at, HEARD);
  if (stored === null) return { endsSilence: false };
  demandLiving(stored, schedulerId);
  if (stored['stale_alert_id'] === undefined) return { endsSilence: false };
  const since = await beat(connection, schedulerId, at, IN_SILENCE);
  if (since !== null) demandLiving(since, schedulerId);
  return { endsSilence: true };
}

/** @returns `null` when it was written, else the stored item, empty when there is none */
async function beat(
  connection: DynamoConnection,
  schedulerId: string,
  at: Date,
  condition: string,
): Promise<Item | null> {
  const command = new UpdateItemCommand({
    TableName: connection.tables.schedulers,
    Key: { scheduler_id: { S: schedulerId } },
    UpdateExpression: 'SET last_heartbeat = :at',
    ConditionExpression: condition,
    ExpressionAttributeValues: { ':at': { S: at.toISOString() } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    await connection.writeHot(command);
    return null;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return error.Item ?? {};
    throw error;
  }
}

function demandLiving(stored: Item, schedulerId: string): void {
  if (stored['scheduler_id'] === undefined || stored['removed_at'] !== undefined) {
    throw new SchedulerNotFound(schedulerId);
  }
}

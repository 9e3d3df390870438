import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Lease, LeaseRepository } from '../../../domain/shared/lease';
import { count, instant, text, type Item } from './attributes';
import type { DynamoConnection } from './dynamo.connection';
import { ItemReader } from './item.reader';

/** Free, given back, or expired while somebody else held it. */
const TAKEABLE = 'attribute_not_exists(held_by) OR (held_until <= :now AND held_by <> :owner)';
const MINE = 'held_by = :owner AND fence = :fence';

/** One item a lease. It never expires and never goes, so that the fence counts on whatever happens. */
export class DynamoLeaseRepository implements LeaseRepository {
  constructor(private readonly connection: DynamoConnection) {}

  /** When the answer of a taking was lost, the repetition finds the lease its own, and extends it. */
  async acquire(name: string, owner: string, ttlMs: number, now: Date): Promise<Lease | null> {
    const expiresAt = new Date(now.getTime() + ttlMs);
    const taken = await this.update(name, {
      update: 'SET held_by = :owner, held_until = :until ADD fence :one',
      condition: TAKEABLE,
      values: { ':owner': text(owner), ':until': instant(expiresAt), ':now': instant(now), ':one': count(1) },
    });
    if (taken.done) return { name, owner, expiresAt, fence: fenceOf(name, taken.item) };
    if (taken.item['held_by']?.S !== owner) return null;
    return this.renew({ name, owner, expiresAt, fence: fenceOf(name, taken.item) }, ttlMs, now);
  }

  async renew(lease: Lease, ttlMs: number, now: Date): Promise<Lease | null> {
    const expiresAt = new Date(now.getTime() + ttlMs);
    const { done } = await this.update(lease.name, {
      update: 'SET held_until = :until',
      condition: MINE,
      values: { ':owner': text(lease.owner), ':fence': count(lease.fence), ':until': instant(expiresAt) },
    });
    return done ? { ...lease, expiresAt } : null;
  }

  async release(lease: Lease): Promise<void> {
    await this.update(lease.name, {
      update: 'REMOVE held_by, held_until',
      condition: MINE,
      values: { ':owner': text(lease.owner), ':fence': count(lease.fence) },
    });
  }

  /** @returns the item as it now is, or, when the condition did not hold, as it was */
  private async update(
    name: string,
    { update, condition, values }: { update: string; condition: string; values: Item },
  ): Promise<{ readonly done: boolean; readonly item: Item }> {
    const command = new UpdateItemCommand({
      TableName: this.connection.tables.operations,
      Key: { pk: text(`lease#${name}`), sk: text('lease') },
      UpdateExpression: update,
      ConditionExpression: condition,
      ExpressionAttributeValues: values,
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      const { Attributes: item } = await this.connection.write(command);
      return { done: true, item: item ?? {} };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return { done: false, item: error.Item ?? {} };
      throw error;
    }
  }
}

function fenceOf(name: string, item: Item): number {
  return new ItemReader(item, `lease ${name}`).count('fence');
}

import {
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { ChangedConcurrently, StorageUnavailable } from '../../../domain/shared/errors';
import { count, itemOf, type Fields, type Item } from './attributes';
import type { DynamoConnection } from './dynamo.connection';
import { isConflict, isFailedCondition, reasonsOf } from './dynamo.errors';
import { TTL_ATTRIBUTE } from './tables';

/** One write of a commit. */
export interface Action {
  /** What it writes, to tell by which condition a commit was refused. */
  readonly what: string;
  readonly write: TransactWriteItem;
}

/** A condition on the stored item, with the values its expression uses. */
export interface Condition {
  readonly expression: string;
  readonly values?: Item;
}

/** Most actions that one transaction takes. */
export const MOST_ACTIONS = 100;

/** An item of this version must be there. */
export function versionIs(version: number): Condition {
  return { expression: 'version = :read', values: { ':read': count(version) } };
}

/** What a write of `version` demands to find: the one below, or nothing for the first. */
export function versionBefore(version: number): Condition {
  return version <= 1 ? { expression: 'attribute_not_exists(version)' } : versionIs(version - 1);
}

/** As {@link versionBefore}, for items that expire: one that has is as good as deleted. */
export function versionBeforeOrExpired(version: number, now: Date): Condition {
  if (version > 1) return versionBefore(version);
  const { expression } = versionBefore(version);
  return {
    expression: `${expression} OR ${TTL_ATTRIBUTE} <= :now`,
    values: { ':now': count(Math.floor(now.getTime() / 1000)) },
  };
}

/** The condition, and besides it the expression. */
export function both(condition: Condition, expression: string, values: Item = {}): Condition {
  return {
    expression: `(${condition.expression}) AND ${expression}`,
    values: { ...condition.values, ...values },
  };
}

export function put(what: string, table: string, item: Item, condition?: Condition): Action {
  return { what, write: { Put: { TableName: table, Item: item, ...conditionFields(condition) } } };
}

export function remove(what: string, table: string, key: Item, condition?: Condition): Action {
  return { what, write: { Delete: { TableName: table, Key: key, ...conditionFields(condition) } } };
}

/** Sets the fields that are given, takes away those that are `null`, and leaves alone what is not named. */
export function change(what: string, table: string, key: Item, fields: Fields, condition: Condition): Action {
  const names = Object.keys(fields);
  const present = Object.entries(itemOf(fields));
  const gone = names.filter((name) => fields[name] === null);
  const set = `SET ${present.map(([name]) => `#${name} = :${name}`).join(', ')}`;
  const removal = gone.length === 0 ? '' : ` REMOVE ${gone.map((name) => `#${name}`).join(', ')}`;
  const update = {
    TableName: table,
    Key: key,
    UpdateExpression: set + removal,
    ConditionExpression: condition.expression,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ...Object.fromEntries(present.map(([name, value]) => [`:${name}`, value])),
      ...condition.values,
    },
  };
  return { what, write: { Update: update } };
}

/**
 * Writes all actions or none.
 * One token covers all tries of the SDK and of ours: when an answer was lost and the commit had happened, the next try says so
 * instead of failing on its own versions. Later calls have new tokens; they meet the conditions.
 * @returns what was refused by its condition; nothing means that it is written
 * @throws ChangedConcurrently when somebody else is writing the same items all the time
 * @throws StorageUnavailable when it is not known to be written
 */
export async function tryCommit(
  connection: DynamoConnection,
  subject: string,
  actions: readonly Action[],
): Promise<{ readonly refused: readonly string[]; readonly cause?: unknown }> {
  const TransactItems = actions.map((action) => action.write);
  try {
    await connection.write(
      new TransactWriteItemsCommand({ TransactItems, ClientRequestToken: randomUUID() }),
    );
    return { refused: [] };
  } catch (error) {
    if (error instanceof StorageUnavailable && isConflict(error.cause)) {
      throw new ChangedConcurrently(subject, error.cause);
    }
    if (!(error instanceof TransactionCanceledException)) throw error;
    const reasons = reasonsOf(error);
    const refused = actions.filter((_, index) => isFailedCondition(reasons[index] ?? {}));
    return { refused: refused.map((action) => action.what), cause: error };
  }
}

/** As {@link tryCommit}. @throws ChangedConcurrently also when a condition did not hold */
export async function commit(
  connection: DynamoConnection,
  subject: string,
  actions: readonly Action[],
): Promise<void> {
  const { refused, cause } = await tryCommit(connection, subject, actions);
  if (refused.length > 0) throw new ChangedConcurrently(subject, cause);
}

function conditionFields(condition: Condition | undefined) {
  if (condition === undefined) return {};
  const hasValues = Object.keys(condition.values ?? {}).length > 0;
  return {
    ConditionExpression: condition.expression,
    ...(hasValues && { ExpressionAttributeValues: condition.values }),
  };
}

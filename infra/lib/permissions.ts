import { TABLES, type TableDefinition } from '../../src/adapters/persistence/dynamodb/tables';

export type TableKey = keyof typeof TABLES;

/**
 * What Vesper does with each table; a transaction needs the rights of its parts. A test of the service holds it against what Vesper asks for.
 * What makes tables (`npm run db:create`) is not among them: here the stack does.
 */
const TABLE_ACTIONS: Readonly<Record<TableKey, readonly string[]>> = {
  schedulers: ['BatchGetItem', 'GetItem', 'PutItem', 'Scan', 'UpdateItem'],
  history: ['PutItem', 'Query'],
  operations: ['BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
};

/** At start each table is compared with what this version works with, and its expiry is looked at where items expire. */
export function tableActions(key: TableKey): readonly string[] {
  const { ttlAttribute }: TableDefinition = TABLES[key];
  return [...TABLE_ACTIONS[key], 'DescribeTable', ...(ttlAttribute === null ? [] : ['DescribeTimeToLive'])];
}

export const INDEX_ACTIONS = ['Query'];

/** Of a process that answers requests: it looks whether the queue is usable and how much waits in it, and fills it. */
export const QUEUE_FILL_ACTIONS = ['GetQueueAttributes', 'SendMessage'];

/** Of a process that applies what was queued. */
export const QUEUE_EMPTY_ACTIONS = [
  'ChangeMessageVisibility',
  'DeleteMessage',
  'GetQueueAttributes',
  'ReceiveMessage',
];

/** Every process counts them for its metrics, also those that SQS put there. */
export const DEAD_LETTER_LOOK_ACTIONS = ['GetQueueAttributes'];

/** What cannot ever be applied is put there at once, without its five tries. */
export const DEAD_LETTER_ACTIONS = ['GetQueueAttributes', 'SendMessage'];

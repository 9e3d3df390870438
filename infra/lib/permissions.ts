import type { TABLES } from '../../src/adapters/persistence/dynamodb/tables';

/**
 * What Vesper does with each table, and with the indexes of each. A transaction needs the rights of its parts.
 * What makes tables (`npm run db:create`) is not among them: here the stack does.
 */
export const TABLE_ACTIONS: Readonly<Record<keyof typeof TABLES, readonly string[]>> = {
  schedulers: ['BatchGetItem', 'GetItem', 'PutItem', 'Scan', 'UpdateItem'],
  history: ['PutItem', 'Query'],
  operations: ['BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
};

/** At start each table is compared with what this version works with. */
export const TABLE_CHECK_ACTIONS = ['DescribeTable', 'DescribeTimeToLive'];

export const INDEX_ACTIONS = ['Query'];

/** Of a process that answers requests: it looks whether the queue is usable, and fills it. */
export const QUEUE_FILL_ACTIONS = ['GetQueueAttributes', 'SendMessage'];

/** Of a process that applies what was queued. */
export const QUEUE_EMPTY_ACTIONS = [
  'ChangeMessageVisibility',
  'DeleteMessage',
  'GetQueueAttributes',
  'ReceiveMessage',
];

/** What cannot ever be applied is put there at once, without its five tries. */
export const DEAD_LETTER_ACTIONS = ['SendMessage'];

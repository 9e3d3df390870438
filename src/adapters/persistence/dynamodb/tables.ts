/** An index beside a table. All keys are strings. */
export interface IndexDefinition {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
  /** Attributes it carries besides the keys of table and index; none: keys only. */
  readonly projected: readonly string[];
}

export interface TableDefinition {
  /** Without the installation's prefix. */
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string | null;
  readonly indexes: readonly IndexDefinition[];
  /** Number attribute, epoch seconds, after which DynamoDB may delete an item; `null`: nothing of it expires. */
  readonly ttlAttribute: string | null;
}

/** Attribute by which items expire, in every table where items do. */
export const TTL_ATTRIBUTE = 'expires_at';

/**
 * Running schedulers and nothing else: only their items carry `running_shard`. Keys only and without any sign of life, so that a
 * heartbeat changes nothing the index holds: it would cost three write units instead of one.
 */
export const RUNNING_INDEX = {
  name: 'running',
  partitionKey: 'running_shard',
  sortKey: 'scheduler_id',
  projected: [],
} as const satisfies IndexDefinition;

/** Living schedulers in the order of their list; a removed one carries no `list_shard`. */
export const BY_NAME_INDEX = {
  name: 'by-name',
  partitionKey: 'list_shard',
  sortKey: 'list_key',
  projected: [],
} as const satisfies IndexDefinition;

/** Alerts by status and delivery attempts by channel, both by time. */
export const BY_LIST_INDEX = {
  name: 'by-list',
  partitionKey: 'list_name',
  sortKey: 'list_key',
  projected: ['outcome'],
} as const satisfies IndexDefinition;

/** Alerts by dedup key, by time. */
export const BY_SUBJECT_INDEX = {
  name: 'by-subject',
  partitionKey: 'subject',
  sortKey: 'list_key',
  projected: [],
} as const satisfies IndexDefinition;

/** Every table, key and index of Vesper. What creates tables, in code or as infrastructure, reads them here. */
export const TABLES = {
  schedulers: {
    name: 'schedulers',
    partitionKey: 'scheduler_id',
    sortKey: null,
    indexes: [RUNNING_INDEX, BY_NAME_INDEX],
    ttlAttribute: null,
  },
  history: {
    name: 'scheduler-status-history',
    partitionKey: 'scheduler_id',
    sortKey: 'entry_key',
    indexes: [],
    ttlAttribute: TTL_ATTRIBUTE,
  },
  operations: {
    name: 'operations',
    partitionKey: 'pk',
    sortKey: 'sk',
    indexes: [BY_LIST_INDEX, BY_SUBJECT_INDEX],
    ttlAttribute: TTL_ATTRIBUTE,
  },
} as const satisfies Record<string, TableDefinition>;

/** Full names of the tables of one installation. */
export type TableNames = Readonly<Record<keyof typeof TABLES, string>>;

export function tableNames(prefix: string): TableNames {
  return {
    schedulers: prefix + TABLES.schedulers.name,
    history: prefix + TABLES.history.name,
    operations: prefix + TABLES.operations.name,
  };
}

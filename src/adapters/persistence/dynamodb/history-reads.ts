import { historySortKey, type HistoryEntry } from '../../../domain/schedulers/history-entry';
import type { HistoryQuery } from '../../../domain/schedulers/scheduler.repository';
import type { Page, PageRequest } from '../../../domain/shared/page';
import { text } from './attributes';
import type { DynamoConnection } from './dynamo.connection';
import { fromHistoryEntryItem } from './history-entry.item';
import { firstOf, type PartitionQuery } from './query';

/** Above every entry of the last instant whose text sorts as it should. */
const LAST_BOUND = '9999-12-31T23:59:59.999Z$';

/** Newest first, strongly consistent. */
export async function listHistory(
  connection: DynamoConnection,
  query: HistoryQuery,
  page: PageRequest,
): Promise<Page<HistoryEntry>> {
  const from = query.from.toISOString();
  const to = upperBound(query.to, page.after);
  if (to < from) return { items: [], next: null };
  // One more to know whether there is a next page, and one for `after` itself, which BETWEEN includes.
  const wanted = page.limit + 2;
  const items = await firstOf(connection, toQuery(connection, query, from, to, wanted), wanted);
  const entries = items.map(fromHistoryEntryItem).filter((entry) => historySortKey(entry) !== page.after);
  const shown = entries.slice(0, page.limit);
  const last = shown.at(-1);
  return {
    items: shown,
    next: entries.length > page.limit && last !== undefined ? historySortKey(last) : null,
  };
}

/** Sort keys go on after the instant with `#`, so the instant alone is below them, and with `$` above them. */
function upperBound(to: Date | null, after: string | null): string {
  const bound = to === null || to.getUTCFullYear() > 9999 ? LAST_BOUND : `${to.toISOString()}$`;
  return after !== null && after < bound ? after : bound;
}

function toQuery(
  connection: DynamoConnection,
  { schedulerId, status }: HistoryQuery,
  from: string,
  to: string,
  wanted: number,
): PartitionQuery {
  return {
    TableName: connection.tables.history,
    KeyConditionExpression: 'scheduler_id = :id AND entry_key BETWEEN :from AND :to',
    ExpressionAttributeValues: {
      ':id': text(schedulerId),
      ':from': text(from),
      ':to': text(to),
      ...(status !== null && { ':status': text(status) }),
    },
    ...(status === null
      ? { Limit: wanted }
      : { FilterExpression: '#status = :status', ExpressionAttributeNames: { '#status': 'status' } }),
    ScanIndexForward: false,
    ConsistentRead: true,
  };
}

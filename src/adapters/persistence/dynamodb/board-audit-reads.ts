import type { AuditQuery } from '../../../domain/board/board.repository';
import type { BoardAudit } from '../../../domain/board/board-audit';
import type { Page, PageRequest } from '../../../domain/shared/page';
import { text, type Item } from './attributes';
import { auditsOf, fromAuditItem } from './board-audit.item';
import type { DynamoConnection } from './dynamo.connection';
import { isExpired } from './item.reader';
import { listPage } from './list-page';
import { MergedQuery } from './merged-query';
import type { PartitionQuery } from './query';
import { BATCH } from './read-many';

/** Above the sort key of every record. */
const LAST_BOUND = '9999-12-31T23:59:59.999Z$';

/** Newest first, strongly consistent; reads on until the page is full of records with the domain. */
export async function listAudit(
  connection: DynamoConnection,
  query: AuditQuery,
  page: PageRequest,
): Promise<Page<BoardAudit>> {
  const from = query.from.getUTCFullYear() > 9999 ? LAST_BOUND : query.from.toISOString();
  const to = page.after ?? LAST_BOUND;
  if (to < from) return { items: [], next: null };
  // One more to know whether there is a next page, and one for `after` itself, which BETWEEN includes.
  const wanted = page.limit + 2;
  const limit = query.domain === null ? wanted : Math.max(wanted, BATCH);
  const entries = new MergedQuery(connection, {
    queries: [{ ...toQuery(connection, query.app, from, to), Limit: limit }],
    sortKey: 'sk',
    newestFirst: true,
  });
  const now = connection.clock.now();
  const select = (item: Item) => {
    if (placeOf(item) === page.after || isExpired(item, now)) return null;
    const audit = fromAuditItem(item);
    return isAbout(audit, query.domain) ? audit : null;
  };
  const load = (items: readonly Item[]) => Promise.resolve(items.map(select));
  return listPage<BoardAudit>({ entries, placeOf, load }, page.limit);
}

function toQuery(connection: DynamoConnection, app: string, from: string, to: string): PartitionQuery {
  return {
    TableName: connection.tables.operations,
    KeyConditionExpression: 'pk = :app AND sk BETWEEN :from AND :to',
    ExpressionAttributeValues: { ':app': text(auditsOf(app)), ':from': text(from), ':to': text(to) },
    ConsistentRead: true,
  };
}

function placeOf(item: Item): string {
  return item['sk']?.S ?? '';
}

function isAbout({ changes }: BoardAudit, domain: string | null): boolean {
  return domain === null || changes.some((change) => change.domain === domain);
}

import type { DeliveryAttempt } from '../../../domain/notifications/delivery';
import type { DeliveryLogFilter } from '../../../domain/notifications/delivery.repository';
import type { Page, PageRequest } from '../../../domain/shared/page';
import { text, type Item } from './attributes';
import type { ChannelRegistry } from './channel-registry';
import type { Condition } from './commit';
import { attemptsOf, fromAttemptItem } from './delivery.item';
import type { DynamoConnection } from './dynamo.connection';
import { listEntries, readEntries } from './entry-list';
import { isExpired } from './item.reader';
import { listPage } from './list-page';
import { MergedQuery } from './merged-query';
import { attemptList } from './partitions';
import { BY_LIST_INDEX } from './tables';

/** Newest first. The attempts of one alert lie together; else the index has those of each channel. */
export async function listAttempts(
  connection: DynamoConnection,
  channels: ChannelRegistry,
  filter: DeliveryLogFilter,
  page: PageRequest,
): Promise<Page<DeliveryAttempt>> {
  const { alertId } = filter;
  if (alertId !== null) return listOfAlert(connection, { ...filter, alertId }, page);
  const channelIds = filter.channelId === null ? await channels.list() : [filter.channelId];
  const selection = {
    index: BY_LIST_INDEX,
    partitions: channelIds.map(attemptList),
    filter: outcomeCondition(filter),
  };
  const entries = listEntries(connection, selection, page.after);
  const load = async (found: readonly Item[]) => {
    const items = await readEntries(connection, found);
    return items.map((item) => (item === null ? null : fromAttemptItem(item)));
  };
  return listPage<DeliveryAttempt>(
    { entries, placeOf: (entry) => entry['list_key']?.S ?? '', load },
    page.limit,
  );
}

/** An alert has few attempts: they are read whole, strongly consistent, and sorted out here. */
function listOfAlert(
  connection: DynamoConnection,
  { alertId, channelId, outcome }: DeliveryLogFilter & { readonly alertId: string },
  { limit, after }: PageRequest,
): Promise<Page<DeliveryAttempt>> {
  const query = {
    TableName: connection.tables.operations,
    KeyConditionExpression: `pk = :alert${after === null ? '' : ' AND sk < :after'}`,
    ExpressionAttributeValues: {
      ':alert': text(attemptsOf(alertId)),
      ...(after !== null && { ':after': text(after) }),
    },
    ConsistentRead: true,
  };
  const now = connection.clock.now();
  const select = (item: Item) => {
    const attempt = isExpired(item, now) ? null : fromAttemptItem(item);
    const isWanted =
      (channelId === null || attempt?.channelId === channelId) &&
      (outcome === null || attempt?.outcome === outcome);
    return isWanted ? attempt : null;
  };
  const entries = new MergedQuery(connection, { queries: [query], sortKey: 'sk', newestFirst: true });
  const load = (found: readonly Item[]) => Promise.resolve(found.map(select));
  return listPage<DeliveryAttempt>({ entries, placeOf: (entry) => entry['sk']?.S ?? '', load }, limit);
}

function outcomeCondition({ outcome }: DeliveryLogFilter): Condition | null {
  return outcome === null
    ? null
    : { expression: 'outcome = :outcome', values: { ':outcome': text(outcome) } };
}

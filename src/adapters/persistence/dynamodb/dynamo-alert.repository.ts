import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { emptySlot, type Alert, type AlertSlot } from '../../../domain/alerts/alert';
import type { AlertFilter, AlertRepository } from '../../../domain/alerts/alert.repository';
import type { Page, PageRequest } from '../../../domain/shared/page';
import { alertKey, fromAlertRecordItem, fromSlotItem, slotKey } from './alert-record.item';
import type { Item } from './attributes';
import type { DynamoConnection } from './dynamo.connection';
import { listEntries, readEntries, type ListSelection } from './entry-list';
import { isExpired } from './item.reader';
import { alertLists, alertsOf } from './partitions';
import { listPage } from './list-page';
import { readMany } from './read-many';
import { BY_LIST_INDEX, BY_SUBJECT_INDEX } from './tables';

export class DynamoAlertRepository implements AlertRepository {
  constructor(private readonly connection: DynamoConnection) {}

  async find(alertId: string): Promise<Alert | null> {
    const item = await this.get(alertKey(alertId));
    return item === null ? null : fromAlertRecordItem(item);
  }

  async findSlot(dedupKey: string): Promise<AlertSlot> {
    const item = await this.get(slotKey(dedupKey));
    return item === null ? emptySlot(dedupKey) : fromSlotItem(item);
  }

  async findSlots(dedupKeys: readonly string[]): Promise<readonly AlertSlot[]> {
    const keys = [...new Set(dedupKeys)].map(slotKey);
    const items = await readMany(this.connection, this.connection.tables.operations, keys);
    const now = this.connection.clock.now();
    const living = items.filter((item) => !isExpired(item, now)).map(fromSlotItem);
    const found = new Map(living.map((slot) => [slot.dedupKey, slot]));
    return dedupKeys.map((key) => found.get(key) ?? emptySlot(key));
  }

  /** An alert that has just changed its status may show up in two lists of the index for a moment: once is enough. */
  async list(filter: AlertFilter, page: PageRequest): Promise<Page<Alert>> {
    const entries = listEntries(this.connection, selectionOf(filter), page.after);
    const seen = new Set<string>();
    const load = async (found: readonly Item[]) => {
      const items = await readEntries(this.connection, found);
      return items.map((item) => {
        const alert = item === null ? null : fromAlertRecordItem(item);
        if (alert === null || seen.has(alert.id)) return null;
        seen.add(alert.id);
        return filter.status === null || alert.status === filter.status ? alert : null;
      });
    };
    return listPage<Alert>({ entries, placeOf: (entry) => entry['list_key']?.S ?? '', load }, page.limit);
  }

  private async get(key: Item): Promise<Item | null> {
    const { Item: item } = await this.connection.send(
      new GetItemCommand({ TableName: this.connection.tables.operations, Key: key, ConsistentRead: true }),
    );
    return item === undefined || isExpired(item, this.connection.clock.now()) ? null : item;
  }
}

function selectionOf({ status, dedupKey }: AlertFilter): ListSelection {
  return dedupKey === null
    ? { index: BY_LIST_INDEX, partitions: alertLists(status), filter: null }
    : { index: BY_SUBJECT_INDEX, partitions: [alertsOf(dedupKey)], filter: null };
}

import { emptySlot, type Alert, type AlertSlot } from '../../../domain/alerts/alert';
import type { AppBoard } from '../../../domain/board/app-board';
import type { CanvasRecord } from '../../../domain/board/canvas-record';
import type { EpmToken } from '../../../domain/board/epm-token.repository';
import type { AlertMessage, Delivery } from '../../../domain/notifications/delivery';
import type { OutboxEntry } from '../../../domain/notifications/outbox';
import type { ChannelTraffic } from '../../../domain/notifications/storm';
import { listSortKey, type Scheduler } from '../../../domain/schedulers/scheduler';
import type { Night } from '../../../domain/windows/night';
import type { Archives } from './archives';
import { alertMapping } from './documents/alert.document';
import { alertSlotMapping, type StoredSlot } from './documents/alert-slot.document';
import { appBoardMapping } from './documents/app-board.document';
import { boardWatchMapping, type BoardWatch } from './documents/board-watch.document';
import { canvasRecordMapping } from './documents/canvas-record.document';
import { channelTrafficMapping } from './documents/channel-traffic.document';
import { alertMessageMapping, deliveryMapping } from './documents/delivery.document';
import type { DocumentMapping } from './documents/document';
import { epmTokenMapping } from './documents/epm-token.document';
import { nightMapping } from './documents/night.document';
import { outboxEntryMapping } from './documents/outbox-entry.document';
import type { JournalOp } from './journal-line';
import { SchedulerTable } from './scheduler-table';
import { UnknownFormat } from './storage.errors';
import { SortedIndex } from './sorted-index';
import { Table } from './table';

/** How often the folder was opened; leases of different runs must not be taken for each other. */
export interface Runs {
  readonly count: number;
}

const runsMapping: DocumentMapping<Runs> = { toDocument: (runs) => runs, fromDocument: (runs) => runs };

/** Everything that is kept in memory, by what it is about, with the structures that answer each question without walking everything. */
export class JsonState {
  /** Living schedulers in the order of their list. */
  readonly listOrder = new SortedIndex();
  /** Living schedulers whose status is `running`. */
  readonly running = new Set<string>();
  /** Outbox entries, oldest first. */
  readonly outboxOrder = new SortedIndex();
  /** Unfinished deliveries of each channel that has some, oldest first. */
  readonly queues = new Map<string, SortedIndex>();
  /** Grows with each durable change of an app of the board. */
  boardRevision = 0;

  readonly schedulers = new SchedulerTable((before, after, id) => this.indexScheduler(before, after, id));
  /** Alerts that are not resolved. */
  readonly alerts = new Table<Alert>('alerts', alertMapping);
  readonly slots = new Table<StoredSlot>('slots', alertSlotMapping);
  readonly outbox = new Table<OutboxEntry>('outbox', outboxEntryMapping, (_before, after, id) => {
    if (after === undefined) this.outboxOrder.delete(id);
    else this.outboxOrder.set(id, id);
  });
  readonly deliveries = new Table<Delivery>('deliveries', deliveryMapping, (before, after, id) =>
    this.indexDelivery(before, after, id),
  );
  readonly messages = new Table<AlertMessage>('messages', alertMessageMapping);
  readonly traffic = new Table<ChannelTraffic>('traffic', channelTrafficMapping);
  readonly nights = new Table<Night>('nights', nightMapping);
  readonly boards = new Table<AppBoard>('boards', appBoardMapping, () => this.boardRevision++);
  readonly canvases = new Table<CanvasRecord>('canvases', canvasRecordMapping);
  readonly boardWatch = new Table<BoardWatch>('boardWatch', boardWatchMapping);
  readonly epmTokens = new Table<EpmToken>('epmTokens', epmTokenMapping);
  readonly runs = new Table<Runs>('runs', runsMapping);

  private readonly tableNamed = new Map(this.tables().map((table) => [table.name, table]));

  constructor(readonly archives: Archives) {}

  slot(dedupKey: string): AlertSlot {
    const stored = this.slots.get(dedupKey);
    if (stored === undefined) return emptySlot(dedupKey);
    const { openAlertId, ...slot } = stored;
    return { ...slot, open: openAlertId === null ? null : (this.alerts.get(openAlertId) ?? null) };
  }

  /** Repeats what a journal line did. @throws UnknownFormat, CorruptJournal */
  replay(op: JournalOp): void {
    if ('h' in op) this.schedulers.restoreHeartbeat(op.h, op.at);
    else if ('a' in op) this.archives.named(op.a).restore(op.v);
    else this.restore(op.t, op.k, op.v);
  }

  /** A record of a snapshot or journal. @throws UnknownFormat */
  restore(tableName: string, key: string, document: unknown): void {
    const table = this.tableNamed.get(tableName);
    if (table === undefined)
      throw new UnknownFormat(
        `there are records of ${JSON.stringify(tableName)}, which only another version of Vesper knows`,
      );
    table.restore(key, document);
  }

  /** What is durable at this moment, line by line of a snapshot. Only references are copied now; text is made as it is asked for. */
  copy(): Iterable<string> {
    const copies = this.tables().map((table) => table.copy());
    return (function* () {
      for (const lines of copies) yield* lines;
    })();
  }

  private indexScheduler(before: Scheduler | undefined, after: Scheduler | undefined, id: string): void {
    // A heartbeat changes none of what is indexed, and is much the most frequent change.
    if (before?.version === after?.version) return;
    const living = after !== undefined && after.removedAt === null;
    if (living) this.listOrder.set(id, listSortKey(after));
    else this.listOrder.delete(id);
    if (living && after.status === 'running') this.running.add(id);
    else this.running.delete(id);
  }

  private indexDelivery(before: Delivery | undefined, after: Delivery | undefined, id: string): void {
    const channelId = (after ?? before)?.channelId;
    if (channelId === undefined) return;
    const queue = this.queues.get(channelId) ?? new SortedIndex();
    if (after === undefined) queue.delete(id);
    else queue.set(id, `${after.createdAt.toISOString()}#${id}`);
    if (queue.size > 0) this.queues.set(channelId, queue);
    else this.queues.delete(channelId);
  }

  private tables() {
    const { schedulers, alerts, slots, outbox, deliveries, messages, traffic, nights, runs } = this;
    const { boards, canvases, boardWatch, epmTokens } = this;
    return [
      ...[schedulers, alerts, slots, outbox, deliveries, messages, traffic, nights, runs],
      ...[boards, canvases, boardWatch, epmTokens],
    ] as const;
  }
}

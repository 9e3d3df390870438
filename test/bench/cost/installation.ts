import { outboxShards } from '../../../src/adapters/persistence/dynamodb/partitions';
import { itemSize, readUnits } from './item-size';
import {
  boardUnits,
  heartbeatUnits,
  scanUnits,
  staleScanUnits,
  statusUpdateUnits,
  type Units,
} from './requests';
import type { SampleItems } from './sample-items';

const DAYS = 30;
const DAY_SECONDS = 86_400;
const MONTH_SECONDS = DAYS * DAY_SECONDS;
/** What DynamoDB adds to each item, and to each of its entries in an index. */
const OVERHEAD_BYTES = 100;
const GB = 1_024 ** 3;

/** What is assumed of an installation. Intervals of workers are Vesper's own, as docs/data-model.md lists their reads. */
export const ASSUMED = {
  heartbeatEverySeconds: 300,
  updatesADay: 6,
  historyDays: 30,
  /** Of all schedulers, at any time. */
  runningShare: 0.01,
  staleScanEverySeconds: 300,
  censusEverySeconds: 900,
  eodStepsANight: 7,
  instances: 2,
  channels: 3,
  apps: 10,
  canvases: 3,
  canvasLookEverySeconds: 5,
  boardChecksEverySeconds: 300,
  dispatchEverySeconds: 1,
  /** Storms whose last edit is due. */
  stormLookEverySeconds: 5,
  metricsEverySeconds: 15,
  healthEverySeconds: 10,
} as const;

/** One line of the bill. */
export interface Line {
  readonly what: string;
  /** Requests a month. */
  readonly times: number;
  readonly each: Units;
}

export interface Stored {
  readonly what: string;
  readonly gb: number;
}

export function linesOf(items: SampleItems, schedulers: number): readonly Line[] {
  const running = Math.ceil(schedulers * ASSUMED.runningShare);
  const monthly = (seconds: number) => MONTH_SECONDS / seconds;
  const ofEachInstance = (seconds: number) => ASSUMED.instances * monthly(seconds);
  const reads = (read: number): Units => ({ read, write: 0 });
  const { channels, canvases, apps } = ASSUMED;
  const board = boardUnits(items, apps);
  const oneApp = readUnits(items.app);
  return [
    {
      what: 'heartbeat, each 5 minutes',
      times: schedulers * monthly(ASSUMED.heartbeatEverySeconds),
      each: heartbeatUnits(items),
    },
    {
      what: `status update, ${ASSUMED.updatesADay} a day`,
      times: schedulers * DAYS * ASSUMED.updatesADay,
      each: statusUpdateUnits(items),
    },
    {
      what: `stale scan, each 5 minutes, ${ASSUMED.runningShare * 100} % running`,
      times: monthly(ASSUMED.staleScanEverySeconds),
      each: staleScanUnits(items, running),
    },
    {
      what: `EOD table, ${ASSUMED.eodStepsANight} steps a night`,
      times: DAYS * ASSUMED.eodStepsANight,
      each: scanUnits(items, schedulers),
    },
    {
      what: 'census for the metrics, each 15 minutes',
      times: monthly(ASSUMED.censusEverySeconds),
      each: scanUnits(items, schedulers),
    },
    {
      what: "dispatcher's looks, each second and instance",
      times: ofEachInstance(ASSUMED.dispatchEverySeconds),
      each: reads(outboxShards().length + 1 + channels),
    },
    {
      what: 'storms, each 5 seconds and instance',
      times: ofEachInstance(ASSUMED.stormLookEverySeconds),
      each: reads(channels),
    },
    {
      what: `canvases' looks, each 5 seconds and instance`,
      times: ofEachInstance(ASSUMED.canvasLookEverySeconds),
      each: reads(board.read + canvases),
    },
    {
      // Two looks at each app, two at all of them, the slot of an idle board; the watch.
      what: 'checks of the board, each 5 minutes',
      times: monthly(ASSUMED.boardChecksEverySeconds),
      each: { read: 2 * apps * oneApp + 2 * board.read + 1, write: 1 },
    },
    {
      what: 'metrics, each 15 seconds and instance',
      times: ofEachInstance(ASSUMED.metricsEverySeconds),
      each: reads(0.5 * (outboxShards().length + channels) + 1),
    },
    {
      what: 'health, each 10 seconds and instance',
      times: ofEachInstance(ASSUMED.healthEverySeconds),
      each: reads(1),
    },
    {
      // Taken and given back; or refused to the other instances.
      what: 'leases of stale scan, census, checks',
      times:
        monthly(ASSUMED.staleScanEverySeconds) +
        monthly(ASSUMED.censusEverySeconds) +
        monthly(ASSUMED.boardChecksEverySeconds),
      each: { read: 0, write: 2 + (ASSUMED.instances - 1) },
    },
  ];
}

export function storedBy(items: SampleItems, schedulers: number): readonly Stored[] {
  const entries = schedulers * ASSUMED.updatesADay * ASSUMED.historyDays;
  const entryBytes =
    items.historyEntries.reduce((sum, entry) => sum + itemSize(entry) + OVERHEAD_BYTES, 0) /
    items.historyEntries.length;
  // The item, and its place in the list: id, shard and key of the index.
  const placeBytes = 2 * 60 + OVERHEAD_BYTES;
  return [
    { what: `history, ${ASSUMED.historyDays} days`, gb: (entries * entryBytes) / GB },
    {
      what: 'schedulers',
      gb: (schedulers * (itemSize(items.completed) + OVERHEAD_BYTES + placeBytes)) / GB,
    },
  ];
}

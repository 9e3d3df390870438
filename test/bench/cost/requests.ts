import type { Item } from '../../../src/adapters/persistence/dynamodb/attributes';
import { runningShards } from '../../../src/adapters/persistence/dynamodb/partitions';
import { text } from '../../../src/adapters/persistence/dynamodb/attributes';
import { EVENTUALLY, IN_TRANSACTION, itemSize, rangeUnits, readUnits, writeUnits } from './item-size';
import type { SampleItems } from './sample-items';

export interface Units {
  readonly read: number;
  readonly write: number;
}

/** S1 of docs/data-model.md: one update by key, whichever status it has; no index holds what it changes. */
export function heartbeatUnits({ running, completed }: SampleItems): Units {
  return { read: 0, write: Math.max(writeUnits(running), writeUnits(completed)) };
}

/** S3 and S4 of one that begins or ends a run: scheduler and two empty slots, then scheduler and history entry, and one entry of the index. */
export function statusUpdateUnits({ running, completed, historyEntries }: SampleItems): Units {
  const read = Math.max(readUnits(running), readUnits(completed)) + 2 * readUnits(null);
  const write =
    writeUnits(running, completed) + Math.max(...historyEntries.map((entry) => writeUnits(entry)));
  return { read: IN_TRANSACTION * read, write: IN_TRANSACTION * write + 1 };
}

/** S14: all shards of the index, then each that runs by key. */
export function staleScanUnits({ running }: SampleItems, howMany: number): Units {
  const shards = runningShards().length;
  const bytesOfShard = (howMany / shards) * itemSize(indexEntryOf(running));
  return { read: shards * EVENTUALLY * rangeUnits(bytesOfShard) + howMany * readUnits(running), write: 0 };
}

/** S13: every scheduler, as the EOD table and the census read them. */
export function scanUnits({ completed }: SampleItems, howMany: number): Units {
  return { read: rangeUnits(howMany * itemSize(completed)), write: 0 };
}

/** B1: all apps of the board. */
export function boardUnits({ app }: SampleItems, apps: number): Units {
  return { read: rangeUnits(apps * itemSize(app)), write: 0 };
}

function indexEntryOf(running: Item): Item {
  const { scheduler_id = text(''), running_shard = text('') } = running;
  return { scheduler_id, running_shard };
}

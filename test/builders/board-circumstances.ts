import { emptySlot, type AlertSlot } from '../../src/domain/alerts/alert';
import type { BoardCircumstances, BoardDecision } from '../../src/domain/board/board-decision';
import { dedupKeysOf } from '../../src/domain/board/decide-cell-updates';
import { aBoard } from './a-board';
import { countedIds } from './counted-ids';

/** Under which a decision is made: by a key, at the instant given, with every alert slot of the cells that was read. */
export function boardCircumstances(
  now: Date,
  cells: readonly { readonly app: string; readonly domain: string }[],
  fields: Partial<BoardCircumstances> = {},
): BoardCircumstances {
  return {
    board: aBoard().withApp('Planning', { displayName: 'Planning & Budget' }).build(),
    slots: new Map(dedupKeysOf(cells).map((key) => [key, emptySlot(key)])),
    actor: { by: 'erp-key', correlationId: 'correlation-1' },
    now,
    ids: countedIds(),
    ...fields,
  };
}

/** The slots as they are after the decision. */
export function slotsAfter(
  slots: ReadonlyMap<string, AlertSlot>,
  { alertChanges }: Pick<BoardDecision, 'alertChanges'>,
): ReadonlyMap<string, AlertSlot> {
  return new Map([...slots, ...alertChanges.map(({ slot }) => [slot.dedupKey, slot] as const)]);
}

import type { AlertSlot } from '../../../../domain/alerts/alert';
import type { DocumentMapping } from './document';

/** A slot as it is kept: the open alert is a record of its own. */
export interface StoredSlot extends Pick<AlertSlot, 'dedupKey' | 'recentChanges' | 'flapping' | 'version'> {
  readonly openAlertId: string | null;
}

export const alertSlotMapping: DocumentMapping<StoredSlot> = {
  toDocument: (slot) => ({
    dedupKey: slot.dedupKey,
    openAlertId: slot.openAlertId,
    recentChanges: slot.recentChanges.map((at) => at.toISOString()),
    flapping: slot.flapping,
    version: slot.version,
  }),
  fromDocument: (document) => ({
    ...document,
    recentChanges: document.recentChanges.map((at) => new Date(at)),
  }),
};

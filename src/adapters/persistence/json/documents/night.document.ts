import type { Night, NightMessage } from '../../../../domain/windows/night';
import { toInstant, toText, type Document, type DocumentMapping } from './document';

export const nightMapping: DocumentMapping<Night> = {
  toDocument: (night) => ({
    windowName: night.windowName,
    businessDate: night.businessDate,
    startsAt: night.startsAt.toISOString(),
    endsAt: night.endsAt.toISOString(),
    messages: night.messages.map(toMessageDocument),
    generation: night.generation,
    lastStepAt: toText(night.lastStepAt),
    summary: toMessageDocument(night.summary),
    closedAt: toText(night.closedAt),
    version: night.version,
  }),
  fromDocument: (document) => ({
    ...document,
    startsAt: new Date(document.startsAt),
    endsAt: new Date(document.endsAt),
    messages: document.messages.map(fromMessageDocument),
    lastStepAt: toInstant(document.lastStepAt),
    summary: fromMessageDocument(document.summary),
    closedAt: toInstant(document.closedAt),
  }),
};

function toMessageDocument({ reference, sendingSince }: NightMessage): Document<NightMessage> {
  return { reference, sendingSince: toText(sendingSince) };
}

function fromMessageDocument({ reference, sendingSince }: Document<NightMessage>): NightMessage {
  return { reference, sendingSince: toInstant(sendingSince) };
}

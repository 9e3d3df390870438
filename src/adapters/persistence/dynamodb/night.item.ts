import type { Night, NightMessage } from '../../../domain/windows/night';
import { count, epochSeconds, instant, itemOf, list, map, optional, text, type Item } from './attributes';
import { ItemReader } from './item.reader';
import { daysAfter } from './retention';

/** Nothing asks for a night once its summary's grace of some hours is over; kept a while for those who look into the table. */
const NIGHT_KEPT_DAYS = 30;

export function nightKey(windowName: string, businessDate: string): Item {
  return { pk: text(`night#${windowName}`), sk: text(businessDate) };
}

/** @param now when it was written */
export function toNightItem(night: Night, now: Date): Item {
  return itemOf({
    ...nightKey(night.windowName, night.businessDate),
    window_name: text(night.windowName),
    business_date: text(night.businessDate),
    starts_at: instant(night.startsAt),
    ends_at: instant(night.endsAt),
    messages: list(night.messages.map(toMessageItem)),
    generation: count(night.generation),
    last_step_at: optional(night.lastStepAt, instant),
    summary: map(toMessageItem(night.summary)),
    closed_at: optional(night.closedAt, instant),
    version: count(night.version),
    expires_at: epochSeconds(daysAfter(now, NIGHT_KEPT_DAYS)),
  });
}

/** @throws UnreadableItem */
export function fromNightItem(item: Item): Night {
  const reader = new ItemReader(item, `night ${item['pk']?.S} ${item['sk']?.S}`);
  return {
    windowName: reader.text('window_name'),
    businessDate: reader.text('business_date'),
    startsAt: reader.instant('starts_at'),
    endsAt: reader.instant('ends_at'),
    messages: reader.list('messages').map(fromMessageItem),
    generation: reader.count('generation'),
    lastStepAt: reader.instantOrNull('last_step_at'),
    summary: fromMessageItem(reader.nested('summary')),
    closedAt: reader.instantOrNull('closed_at'),
    version: reader.count('version'),
  };
}

function toMessageItem(message: NightMessage): Item {
  return itemOf({
    reference: optional(message.reference, text),
    sending_since: optional(message.sendingSince, instant),
  });
}

function fromMessageItem(reader: ItemReader): NightMessage {
  return { reference: reader.textOrNull('reference'), sendingSince: reader.instantOrNull('sending_since') };
}

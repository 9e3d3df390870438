import type { AlertMessage } from '../../../domain/notifications/delivery';
import type { ChannelTraffic, Storm, StormMember } from '../../../domain/notifications/storm';
import {
  count,
  epochSeconds,
  flag,
  instant,
  instants,
  itemOf,
  list,
  map,
  optional,
  text,
  type Item,
} from './attributes';
import { ItemReader } from './item.reader';
import { daysAfter } from './retention';

/** An alert that was not told for so long gets a new message instead of an edit of the old one. */
const MESSAGE_KEPT_DAYS = 400;

/** The partition that names every channel to which something was ever routed. */
export const CHANNELS = 'channels';

export function channelKey(channelId: string): Item {
  return { pk: text(CHANNELS), sk: text(channelId) };
}

export function messageKey(alertId: string, channelId: string): Item {
  return { pk: text(`message#${alertId}`), sk: text(channelId) };
}

export function toMessageItem(message: AlertMessage): Item {
  return itemOf({
    ...messageKey(message.alertId, message.channelId),
    alert_id: text(message.alertId),
    channel_id: text(message.channelId),
    reference: text(message.reference),
    posted_at: instant(message.postedAt),
    edited_at: optional(message.editedAt, instant),
    expires_at: epochSeconds(daysAfter(message.editedAt ?? message.postedAt, MESSAGE_KEPT_DAYS)),
  });
}

/** @throws UnreadableItem */
export function fromMessageItem(item: Item): AlertMessage {
  const reader = new ItemReader(item, `message of alert ${item['alert_id']?.S}`);
  return {
    alertId: reader.text('alert_id'),
    channelId: reader.text('channel_id'),
    reference: reader.text('reference'),
    postedAt: reader.instant('posted_at'),
    editedAt: reader.instantOrNull('edited_at'),
  };
}

export function trafficKey(channelId: string): Item {
  return { pk: text(`traffic#${channelId}`), sk: text('traffic') };
}

export function toTrafficItem(traffic: ChannelTraffic): Item {
  return itemOf({
    ...trafficKey(traffic.channelId),
    channel_id: text(traffic.channelId),
    recent_openings: instants(traffic.recentOpenings),
    storm: optional(traffic.storm, (storm) => map(toStormItem(storm))),
    version: count(traffic.version),
  });
}

/** @throws UnreadableItem */
export function fromTrafficItem(item: Item): ChannelTraffic {
  const reader = new ItemReader(item, `traffic of channel ${item['channel_id']?.S}`);
  return {
    channelId: reader.text('channel_id'),
    recentOpenings: reader.instants('recent_openings'),
    storm: reader.has('storm') ? fromStormItem(reader.nested('storm')) : null,
    version: reader.count('version'),
  };
}

function toStormItem(storm: Storm): Item {
  return itemOf({
    storm_id: text(storm.id),
    started_at: instant(storm.startedAt),
    last_joined_at: instant(storm.lastJoinedAt),
    members: list(storm.members.map(toMemberItem)),
    reference: optional(storm.reference, text),
    outcome_unknown: flag(storm.outcomeUnknown),
    shown: count(storm.shown),
    announced: count(storm.announced),
    edited_at: optional(storm.editedAt, instant),
  });
}

function fromStormItem(reader: ItemReader): Storm {
  return {
    id: reader.text('storm_id'),
    startedAt: reader.instant('started_at'),
    lastJoinedAt: reader.instant('last_joined_at'),
    members: reader.list('members').map(fromMemberItem),
    reference: reader.textOrNull('reference'),
    outcomeUnknown: reader.flag('outcome_unknown'),
    shown: reader.count('shown'),
    announced: reader.count('announced'),
    editedAt: reader.instantOrNull('edited_at'),
  };
}

function toMemberItem(member: StormMember): Item {
  return itemOf({
    alert_id: text(member.alertId),
    title: text(member.title),
    slack_user_id: optional(member.slackUserId, text),
  });
}

function fromMemberItem(reader: ItemReader): StormMember {
  return {
    alertId: reader.text('alert_id'),
    title: reader.text('title'),
    slackUserId: reader.textOrNull('slack_user_id'),
  };
}

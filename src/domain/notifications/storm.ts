import type { MessageReference } from './delivery';
import { isGivenUp } from './retry-plan';

/** When many alerts for one channel become one grouped message (spec 30, "Storms"). */
export interface StormRule {
  /** More than this many new alerts … */
  readonly threshold: number;
  /** … within this long. */
  readonly windowMs: number;
}

/** An alert within a storm, as one line of the grouped message. */
export interface StormMember {
  readonly alertId: string;
  readonly title: string;
  readonly slackUserId: string | null;
}

/** A burst of new alerts that is told as one message with the single alerts in its thread. */
export interface Storm {
  readonly id: string;
  readonly startedAt: Date;
  readonly lastJoinedAt: Date;
  readonly members: readonly StormMember[];
  /** `null` until the grouped message is known to be posted. */
  readonly reference: MessageReference | null;
  /** Whether a post of the grouped message has begun whose outcome is unknown. */
  readonly outcomeUnknown: boolean;
  /** How many members the grouped message lists as it now stands in the channel, or would if the channel had not refused an edit for good. */
  readonly shown: number;
  /** How many members it listed when it was first posted: their owners were addressed by it, those of later ones were not. */
  readonly announced: number;
  readonly editedAt: Date | null;
}

/** What the pipeline remembers about a channel between two deliveries. */
export interface ChannelTraffic {
  readonly channelId: string;
  /** When alerts were newly told in the last storm window, oldest first. */
  readonly recentOpenings: readonly Date[];
  readonly storm: Storm | null;
  /** 0 while nothing was stored yet. */
  readonly version: number;
}

export function quietTraffic(channelId: string): ChannelTraffic {
  return { channelId, recentOpenings: [], storm: null, version: 0 };
}

/** A storm that grew to this size is closed and another begun: it is one item in the storage, and one message that people read. */
const MOST_MEMBERS = 500;
const LONGEST_TITLE = 150;
/** The message of a storm is edited at most this often, be it that the storm grows or that edits fail. */
export const EDIT_PAUSE_MS = 5_000;

/** A new alert that waits to be told. */
export interface Opening extends StormMember {
  readonly openedAt: Date;
}

/**
 * Whether a new alert is to be told within a storm: it belongs to the one that is under way, or more wait than the rule allows.
 * @param waiting all that wait, `opening` among them
 */
export function isStorm(
  traffic: ChannelTraffic,
  opening: Opening,
  waiting: readonly Opening[],
  rule: StormRule,
  now: Date,
): boolean {
  if (belongsTo(traffic.storm, opening, rule)) return true;
  const newcomers = waiting.filter((other) => !isMember(traffic.storm, other));
  return openingsWithin(traffic, rule, now).length + newcomers.length > rule.threshold;
}

/**
 * Whether the storm's message lists fewer than belong to it and is to be edited now. That ends when the alerts it is about would be given up, too.
 * A last edit from the future was made before the clock stepped back.
 */
export function isBehind(storm: Storm, now: Date): boolean {
  if (storm.reference === null || storm.shown >= storm.members.length) return false;
  if (isGivenUp(storm.lastJoinedAt, now)) return false;
  const lastEdit = storm.editedAt ?? storm.startedAt;
  return Math.abs(now.getTime() - lastEdit.getTime()) >= EDIT_PAUSE_MS;
}

export function withOpening(traffic: ChannelTraffic, rule: StormRule, now: Date): ChannelTraffic {
  return { ...traffic, recentOpenings: [...openingsWithin(traffic, rule, now), now] };
}

/** Puts the alert and those that wait with it into the storm under way, or into a new one when it belongs to none. */
export function withStormMembers(
  traffic: ChannelTraffic,
  opening: Opening,
  waiting: readonly Opening[],
  rule: StormRule,
  now: Date,
  newId: () => string,
): ChannelTraffic {
  const goesOn = belongsTo(traffic.storm, opening, rule);
  const begun = goesOn && traffic.storm !== null ? traffic.storm : join(beginStorm(newId(), now), opening);
  const others = waiting.toSorted((a, b) => a.openedAt.getTime() - b.openedAt.getTime());
  const storm = [opening, ...others].reduce(
    (grown, other) => (belongsTo(grown, other, rule) && !isMember(grown, other) ? join(grown, other) : grown),
    begun,
  );
  return storm === traffic.storm ? traffic : { ...traffic, storm };
}

/** By when the alerts opened, not by when they are told: a backlog that takes minutes to tell is one storm. */
function belongsTo(storm: Storm | null, opening: Opening, rule: StormRule): boolean {
  if (storm === null) return false;
  if (isMember(storm, opening)) return true;
  if (storm.members.length >= MOST_MEMBERS) return false;
  return opening.openedAt.getTime() - storm.lastJoinedAt.getTime() < rule.windowMs;
}

function isMember(storm: Storm | null, { alertId }: Opening): boolean {
  return storm?.members.some((member) => member.alertId === alertId) ?? false;
}

function join(storm: Storm, opening: Opening): Storm {
  const lastJoinedAt = new Date(Math.max(storm.lastJoinedAt.getTime(), opening.openedAt.getTime()));
  return { ...storm, members: [...storm.members, toMember(opening)], lastJoinedAt };
}

function toMember({ alertId, title, slackUserId }: Opening): StormMember {
  return { alertId, title: title.slice(0, LONGEST_TITLE).toWellFormed(), slackUserId };
}

/** `now` is when it is told; when it was last joined, its first member says. */
function beginStorm(id: string, now: Date): Storm {
  return {
    id,
    startedAt: now,
    lastJoinedAt: new Date(0),
    members: [],
    reference: null,
    outcomeUnknown: false,
    shown: 0,
    announced: 0,
    editedAt: null,
  };
}

/** An opening from the future was told before the clock stepped back; it counts for nothing. */
function openingsWithin(traffic: ChannelTraffic, rule: StormRule, now: Date): readonly Date[] {
  return traffic.recentOpenings.filter((at) => {
    const ageMs = now.getTime() - at.getTime();
    return ageMs >= 0 && ageMs < rule.windowMs;
  });
}

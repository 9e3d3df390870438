import type { MessageReference } from './delivery';

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
  /** How many members the grouped message lists as it now stands in the channel. */
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

/** Whether `waiting` unsent openings are to be told as a storm. A storm lasts until nothing joined it for one window. */
export function isStorm(traffic: ChannelTraffic, waiting: number, rule: StormRule, now: Date): boolean {
  if (traffic.storm !== null && now.getTime() - traffic.storm.lastJoinedAt.getTime() < rule.windowMs)
    return true;
  return openingsWithin(traffic, rule, now).length + waiting > rule.threshold;
}

export function withOpening(traffic: ChannelTraffic, rule: StormRule, now: Date): ChannelTraffic {
  return { ...traffic, recentOpenings: [...openingsWithin(traffic, rule, now), now] };
}

/** Adds the alerts that are not yet in the storm, beginning a new one when the last has passed. */
export function withStormMembers(
  traffic: ChannelTraffic,
  members: readonly StormMember[],
  rule: StormRule,
  now: Date,
  newId: () => string,
): ChannelTraffic {
  const current = traffic.storm;
  const goesOn = current !== null && now.getTime() - current.lastJoinedAt.getTime() < rule.windowMs;
  const storm = goesOn ? current : beginStorm(newId(), now);
  const known = new Set(storm.members.map((member) => member.alertId));
  const joining = members.filter((member) => !known.has(member.alertId));
  if (joining.length === 0) return { ...traffic, storm };
  return { ...traffic, storm: { ...storm, members: [...storm.members, ...joining], lastJoinedAt: now } };
}

function beginStorm(id: string, now: Date): Storm {
  return {
    id,
    startedAt: now,
    lastJoinedAt: now,
    members: [],
    reference: null,
    outcomeUnknown: false,
    shown: 0,
    announced: 0,
    editedAt: null,
  };
}

function openingsWithin(traffic: ChannelTraffic, rule: StormRule, now: Date): readonly Date[] {
  return traffic.recentOpenings.filter((at) => now.getTime() - at.getTime() < rule.windowMs);
}

import type { Board } from '../../domain/board/board';
import type { Channel, ChannelDirectory } from '../../domain/notifications/channel';
import type { SlackConfig } from '../../platform/config/config';
import type { SlackMessenger } from '../slack/slack.messenger';
import { DisabledSlackChannel } from './disabled-slack.channel';
import { SlackChannel } from './slack.channel';

/** The channel of the default route: Slack's channel of the environment. */
export const DEFAULT_CHANNEL_ID = 'slack-default';

export interface DefaultChannelSettings {
  /** Slack's id of the conversation. */
  readonly slackChannelId: string;
  /** Zone of the times that belong to no alert. */
  readonly timeZone: string;
}

/** The default channel, sending nothing while there is no Slack. */
export function defaultChannel(messenger: SlackMessenger | null, settings: DefaultChannelSettings): Channel {
  if (messenger === null) return new DisabledSlackChannel(DEFAULT_CHANNEL_ID);
  return new SlackChannel({ id: DEFAULT_CHANNEL_ID, ...settings }, messenger);
}

/**
 * The channel that sends to a Slack channel: one for each, so that it has one queue, and storms are seen whole.
 * @param slack `null` while Slack is not configured
 */
export function channelIdOf(slackChannelId: string, slack: Pick<SlackConfig, 'channelId'> | null): string {
  return slackChannelId === slack?.channelId ? DEFAULT_CHANNEL_ID : `slack-${slackChannelId}`;
}

/** One for each Slack channel that the board is shown in, the default one aside. */
export function boardChannels(
  messenger: SlackMessenger | null,
  board: Board,
  slack: Pick<SlackConfig, 'channelId'> | null,
): readonly Channel[] {
  const others = board.channels.filter(({ id }) => channelIdOf(id, slack) !== DEFAULT_CHANNEL_ID);
  return others.map(({ id: slackChannelId }) => {
    const id = channelIdOf(slackChannelId, slack);
    if (messenger === null) return new DisabledSlackChannel(id);
    return new SlackChannel({ id, slackChannelId, timeZone: board.timeZone }, messenger);
  });
}

/** @throws TypeError when two channels have the same id */
export function directoryOf(channels: readonly Channel[]): ChannelDirectory {
  const byId = new Map(channels.map((channel) => [channel.id, channel]));
  if (byId.size < channels.length) throw new TypeError('two channels have the same id');
  return { list: () => channels, find: (channelId) => byId.get(channelId) ?? null };
}

import type { Channel, ChannelDirectory } from '../../domain/notifications/channel';
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

/** @throws TypeError when two channels have the same id */
export function directoryOf(channels: readonly Channel[]): ChannelDirectory {
  const byId = new Map(channels.map((channel) => [channel.id, channel]));
  if (byId.size < channels.length) throw new TypeError('two channels have the same id');
  return { list: () => channels, find: (channelId) => byId.get(channelId) ?? null };
}

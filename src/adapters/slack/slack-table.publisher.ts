import type { MessageReference } from '../../domain/notifications/delivery';
import type { SendingRights } from '../../domain/notifications/notification';
import type { NightSummary } from '../../domain/windows/night-summary';
import type { StatusTable } from '../../domain/windows/status-table';
import type {
  LaidOutMessage,
  PostRequest,
  PublishOutcome,
  TablePublisher,
} from '../../domain/windows/table-publisher';
import type { SlackMessage } from './slack-message';
import { decodeReference, threadOf } from './slack-reference';
import { layOutSummary } from './slack-summary.layout';
import { layOutEmptied, layOutTable } from './slack-table.layout';
import type { SlackMessenger } from './slack.messenger';

/** Tables and summaries as Slack messages. */
export class SlackTablePublisher implements TablePublisher {
  readonly state = 'enabled';

  constructor(
    private readonly messenger: SlackMessenger,
    private readonly defaultChannel: string,
  ) {}

  layOutTable(table: StatusTable): readonly LaidOutMessage[] {
    return layOutTable(table).map(toLaidOut);
  }

  layOutEmptied(table: StatusTable): LaidOutMessage {
    return toLaidOut(layOutEmptied(table));
  }

  layOutSummary(summary: NightSummary): LaidOutMessage {
    return toLaidOut(layOutSummary(summary));
  }

  async post(message: LaidOutMessage, request: PostRequest): Promise<PublishOutcome> {
    const { channelId, key, thread, mayHaveBeenSentSince, ...rights } = request;
    const parent = thread === null ? null : decodeReference(thread);
    return this.messenger.post(toSlackMessage(message), {
      channel: parent?.channel ?? channelId ?? this.defaultChannel,
      threadTs: parent === null ? null : threadOf(parent),
      key,
      priority: 'table',
      mayHaveBeenSentSince,
      // The earlier attempt may have been an earlier step of the night.
      mayHaveChanged: true,
      ...rights,
    });
  }

  async edit(
    message: LaidOutMessage,
    reference: MessageReference,
    rights: SendingRights,
  ): Promise<PublishOutcome> {
    const target = decodeReference(reference);
    if (target === null) return { kind: 'missing' };
    return this.messenger.update(toSlackMessage(message), target, rights);
  }

  async withdraw(reference: MessageReference, signal: AbortSignal): Promise<PublishOutcome> {
    const target = decodeReference(reference);
    if (target === null) return { kind: 'missing' };
    return this.messenger.delete(target, signal);
  }
}

function toLaidOut(message: SlackMessage): LaidOutMessage {
  return { text: message.text, body: message };
}

/** The body is what this publisher laid out, whatever passed it on. */
function toSlackMessage({ body }: LaidOutMessage): SlackMessage {
  return body as SlackMessage;
}

import type { Channel, NoteSearch, SendOutcome } from '../../domain/notifications/channel';
import type { MessageReference } from '../../domain/notifications/delivery';
import type {
  AlertNotification,
  Notification,
  SendContext,
  SendingRights,
} from '../../domain/notifications/notification';
import type { SlackMessage } from '../slack/slack-message';
import {
  layOutAlert,
  layOutResolvedAlone,
  layOutResolvedNote,
  layOutSettledNote,
} from '../slack/slack-alert.layout';
import { decodeReference, threadOf, type SlackReference } from '../slack/slack-reference';
import { layOutStorm } from '../slack/slack-storm.layout';
import type { SlackMessenger } from '../slack/slack.messenger';

export interface SlackChannelSettings {
  /** Id under which routes name it. */
  readonly id: string;
  /** Slack's id of the conversation. */
  readonly slackChannelId: string;
  /** Zone of the times that belong to no alert. */
  readonly timeZone: string;
}

/** Where one message goes, under which key. */
interface Target {
  readonly key: string;
  readonly thread: SlackReference | null;
  readonly mayHaveChanged: boolean;
}

/** A message for the channel itself cannot miss its thread; should Slack say so, it was not taken. */
const NOWHERE: SendOutcome = {
  kind: 'refused',
  reason: 'target_gone',
  error: 'chat.postMessage: no thread, and none was asked for',
  httpStatus: 200,
};

/** Alerts in a Slack channel: one message per alert, edited as the alert goes on, with notes in its thread. */
export class SlackChannel implements Channel {
  readonly id: string;
  readonly kind = 'slack';
  readonly state = 'enabled';
  readonly canEdit = true;

  constructor(
    private readonly settings: SlackChannelSettings,
    private readonly messenger: SlackMessenger,
  ) {
    this.id = settings.id;
  }

  async send(notification: Notification, context: SendContext): Promise<SendOutcome> {
    if (notification.kind === 'storm')
      return this.show(layOutStorm(notification, this.settings.timeZone), context, true);
    const hasMessage = context.previous !== null;
    if (notification.alert.status === 'resolved') {
      return hasMessage ? this.resolve(notification, context) : this.tellResolved(notification, context);
    }
    const outcome = await this.show(layOutAlert(notification), context);
    // An edit rings no bell; that an alert ended its flapping open is news.
    const isSettled = notification.event === 'opened' && hasMessage;
    return isSettled ? this.withNote(layOutSettledNote(notification.alert), outcome, context) : outcome;
  }

  async withdraw(reference: MessageReference, signal: AbortSignal): Promise<SendOutcome> {
    const target = decodeReference(reference);
    // Not ours, and so not there to be deleted.
    if (target === null) return { kind: 'sent', reference: null, httpStatus: null };
    return this.messenger.delete(target, signal);
  }

  async findOtherNote(
    note: MessageReference,
    { key, since, signal }: NoteSearch,
  ): Promise<MessageReference | null> {
    const ours = decodeReference(note);
    return ours === null ? null : this.messenger.findOther(ours, noteKeyOf(key), since, signal);
  }

  private async resolve(notification: AlertNotification, context: SendContext): Promise<SendOutcome> {
    const outcome = await this.show(layOutAlert(notification), context);
    return this.withNote(layOutResolvedNote(notification), outcome, context);
  }

  private tellResolved(notification: AlertNotification, context: SendContext): Promise<SendOutcome> {
    // That it flaps has to be said in full; that something nobody was told of is over takes a line.
    const message =
      notification.event === 'flapping' ? layOutAlert(notification) : layOutResolvedAlone(notification.alert);
    return this.show(message, context);
  }

  /**
   * Edits the previous message, or posts a new one where there is none, or none any more.
   * @param mayHaveChanged whether another attempt under the same key may have said something else
   */
  private async show(
    message: SlackMessage,
    context: SendContext,
    mayHaveChanged = false,
  ): Promise<SendOutcome> {
    const previous = context.previous === null ? null : decodeReference(context.previous);
    const thread = context.thread === null ? null : decodeReference(context.thread);
    if (previous === null) return this.post(message, { key: context.key, thread, mayHaveChanged }, context);
    const outcome = await this.messenger.update(message, previous, context);
    if (outcome.kind !== 'missing') return outcome;
    const anew = { key: `${context.key}:anew`, thread: parentOf(previous) ?? thread, mayHaveChanged };
    return this.post(message, anew, context);
  }

  /**
   * Adds a note below the message that was edited, which rings no bell; one that had to be posted anew rings by itself.
   * Done again after a partial success, the edit changes nothing and the note is looked for by its own key.
   */
  private async withNote(note: SlackMessage, shown: SendOutcome, context: SendContext): Promise<SendOutcome> {
    if (shown.kind !== 'sent' || shown.reference !== context.previous) return shown;
    const thread = context.previous === null ? null : decodeReference(context.previous);
    if (thread === null) return shown;
    const target = { key: noteKeyOf(context.key), thread, mayHaveChanged: false };
    const outcome = await this.post(note, target, context);
    if (outcome.kind !== 'sent') return outcome;
    return outcome.reference === null ? shown : { ...shown, note: outcome.reference };
  }

  private async post(
    message: SlackMessage,
    { thread, ...target }: Target,
    context: SendContext,
  ): Promise<SendOutcome> {
    const post = {
      channel: thread?.channel ?? this.settings.slackChannelId,
      threadTs: thread === null ? null : threadOf(thread),
      ...target,
      priority: 'alert',
      mayHaveBeenSentSince: context.mayHaveBeenSentSince,
      ...rightsOf(context),
    } as const;
    const outcome = await this.messenger.post(message, post);
    if (outcome.kind !== 'missing') return outcome;
    // Its thread is gone: into the channel rather than nowhere.
    const alone = await this.messenger.post(message, { ...post, threadTs: null, mayHaveBeenSentSince: null });
    return alone.kind === 'missing' ? NOWHERE : alone;
  }
}

function noteKeyOf(key: string): string {
  return `${key}:note`;
}

function rightsOf({ signal, mayAct }: SendingRights): SendingRights {
  return mayAct === undefined ? { signal } : { signal, mayAct };
}

function parentOf({ channel, threadTs }: SlackReference): SlackReference | null {
  return threadTs === null ? null : { channel, ts: threadTs, threadTs: null };
}

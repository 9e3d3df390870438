import type { LaidOutMessage, PublishOutcome, TablePublisher } from '../../domain/windows/table-publisher';

const NOT_CONFIGURED: PublishOutcome = {
  kind: 'refused',
  reason: 'refused',
  error: 'Slack is not configured',
  httpStatus: null,
};

/** Stands for Slack on an installation without a bot token. */
export class DisabledTablePublisher implements TablePublisher {
  readonly state = 'disabled';

  layOutTable(): readonly LaidOutMessage[] {
    return [];
  }

  layOutEmptied(): LaidOutMessage {
    return { text: '', body: null };
  }

  layOutSummary(): LaidOutMessage {
    return { text: '', body: null };
  }

  post(): Promise<PublishOutcome> {
    return Promise.resolve(NOT_CONFIGURED);
  }

  edit(): Promise<PublishOutcome> {
    return Promise.resolve(NOT_CONFIGURED);
  }

  withdraw(): Promise<PublishOutcome> {
    return Promise.resolve(NOT_CONFIGURED);
  }
}

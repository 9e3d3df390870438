import { InvalidInputError, NotFoundError, VesperError } from '../shared/errors';
import { CELL_STATUSES } from './cell';

/** A fault of one element of a request; `index` is its place in a batch. */
export interface UpdateFault {
  readonly index: number | null;
  readonly field: string;
  readonly message: string;
}

export class InvalidApp extends InvalidInputError {
  constructor(app: string) {
    super([`App ${JSON.stringify(app)} is not configured`], 'INVALID_APP');
  }
}

export class InvalidDomain extends InvalidInputError {
  constructor(app: string, problem: string) {
    super([`Domain of app ${app} ${problem}`], 'INVALID_DOMAIN');
  }
}

/** The text is fixed: clients show it (spec 20). */
export class InvalidStatus extends InvalidInputError {
  constructor() {
    super([`Status must be one of: ${CELL_STATUSES.join(', ')}`], 'INVALID_STATUS');
  }
}

export class AppNotFound extends NotFoundError {
  constructor(app: string) {
    super('APP_NOT_FOUND', `App ${JSON.stringify(app)} is not configured`);
  }
}

/** Slack did not take a canvas that somebody asked to be written now. */
export class CanvasNotWritten extends VesperError {
  readonly family = 'vendor';

  /** @param slackError Slack's own code, or what kept us from asking */
  constructor(
    readonly channelId: string,
    readonly slackError: string,
  ) {
    super('SLACK_ERROR', `The canvas of channel ${channelId} could not be written: ${slackError}`);
  }
}

export class InvalidTimestamp extends InvalidInputError {
  /** @param index the element's place in a batch */
  constructor(index: number | null, timestamp: Date, now: Date) {
    const field = index === null ? 'timestamp' : `updates[${index}].timestamp`;
    super(
      [
        `${field} must not be more than 5 minutes ahead of the server's clock (${timestamp.toISOString()} against ${now.toISOString()})`,
      ],
      'INVALID_REQUEST',
    );
  }
}

import { InvalidInputError, NotFoundError, VesperError } from '../shared/errors';
import type { JsonObject } from '../shared/json-value';
import { CELL_STATUSES } from './cell';

/** A fault of one element of a batch. */
export interface UpdateFault {
  /** Its place in the batch, from 0. */
  readonly index: number;
  readonly code: string;
  readonly message: string;
}

export class InvalidApp extends InvalidInputError {
  constructor(app: string) {
    super([`App ${quoted(app)} is not configured`], 'INVALID_APP');
  }
}

export class InvalidDomain extends InvalidInputError {
  /** @param domain what was sent; `null` when none was, and more than one can be meant */
  constructor(app: string, configured: readonly string[], domain: string | null) {
    const choice = `one of: ${configured.join(', ')}`;
    const problem =
      domain === null ? `must be named, ${choice}` : `must be ${choice} (not ${quoted(domain)})`;
    super([`Domain of app ${app} ${problem}`], 'INVALID_DOMAIN');
  }
}

/** The text is fixed: clients show it (spec 20). */
export class InvalidStatus extends InvalidInputError {
  constructor() {
    super([`Status must be one of: ${CELL_STATUSES.join(', ')}`], 'INVALID_STATUS');
  }
}

/** A message is for people; the details name every element. */
const SHOWN_FAULTS = 3;

/** Nothing of the batch was taken. Its code is that of its faults when they are of one kind. */
export class InvalidBatch extends InvalidInputError {
  override readonly facts: JsonObject;

  /**
   * @param violations of the batch itself
   * @param faults of its elements
   */
  constructor(violations: readonly string[], faults: readonly UpdateFault[]) {
    const texts = faults.slice(0, SHOWN_FAULTS).map(({ index, message }) => `updates[${index}]: ${message}`);
    const more = faults.length - texts.length;
    super(
      [...violations, ...texts, ...(more > 0 ? [`and ${more} more updates`] : [])],
      (violations.length === 0 && codeOfAll(faults)) || 'INVALID_REQUEST',
    );
    this.facts = {
      ...(violations.length > 0 && { violations }),
      updates: faults.map(({ index, code, message }) => ({ index, code, message })),
    };
  }
}

export class AppNotFound extends NotFoundError {
  constructor(app: string) {
    super('APP_NOT_FOUND', `App ${quoted(app)} is not configured`);
  }
}

/** A canvas that Slack did not take. */
export interface UnwrittenCanvas {
  readonly channelId: string;
  /** Slack's own code, or what kept us from asking. */
  readonly slackError: string;
}

/** Slack did not take canvases that somebody asked to be written now. */
export class CanvasNotWritten extends VesperError {
  readonly family = 'vendor';
  override readonly facts: JsonObject;

  /** @param written ids of the channels whose canvas was written all the same */
  constructor(unwritten: readonly UnwrittenCanvas[], written: readonly string[]) {
    const texts = unwritten.map(
      ({ channelId, slackError }) => `The canvas of channel ${channelId} could not be written: ${slackError}`,
    );
    super('SLACK_ERROR', texts.join('; '));
    this.facts = {
      channels: unwritten.map(({ channelId, slackError }) => ({
        channel: channelId,
        slack_error: slackError,
      })),
      written,
    };
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

/** The code that all of them share; `null` when there is none. */
function codeOfAll(faults: readonly UpdateFault[]): string | null {
  const codes = new Set(faults.map(({ code }) => code));
  const [code] = codes;
  return codes.size === 1 && code !== undefined ? code : null;
}

const LONGEST_QUOTE = 100;

/** What was sent, as it may be shown: a hostile name must not make a long answer. */
function quoted(name: string): string {
  return JSON.stringify(name.length > LONGEST_QUOTE ? `${name.slice(0, LONGEST_QUOTE)}…` : name);
}

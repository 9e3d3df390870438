import { UnavailableError } from '../../domain/shared/errors';

/**
 * The queue did not take or hand out messages, for a reason that may pass. What was to be sent is not acknowledged. For callers it is the same as a
 * storage that does not take the write, so it has the same code.
 */
export class QueueUnavailable extends UnavailableError {
  /** @param reason a word or two for people, e.g. `ECONNREFUSED` */
  constructor(
    readonly reason: string,
    cause?: unknown,
    retryAfterSeconds = 2,
  ) {
    super(
      'STATE_ERROR',
      `The queue does not take updates at the moment (${reason})`,
      retryAfterSeconds,
      cause,
    );
  }
}

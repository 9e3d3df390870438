import { InvalidInputError, NotFoundError } from '../shared/errors';

export class SchedulerNotFound extends NotFoundError {
  constructor(schedulerId: string) {
    super('SCHEDULER_NOT_FOUND', `Scheduler ${schedulerId} not found`);
  }
}

/** A report for an id that nobody registered: the reporter is told what to do. */
export class SchedulerNotRegistered extends NotFoundError {
  constructor(schedulerId: string) {
    super('SCHEDULER_NOT_REGISTERED', `Scheduler ${schedulerId} not found. Please register first.`);
  }
}

export class TimestampAhead extends InvalidInputError {
  constructor(timestamp: Date, now: Date) {
    super(
      [
        `timestamp must not be more than 5 minutes ahead of the server's clock (${timestamp.toISOString()} against ${now.toISOString()})`,
      ],
      'TIMESTAMP_AHEAD',
    );
  }
}

export class UnknownWindow extends InvalidInputError {
  constructor(unknown: readonly string[], known: readonly string[]) {
    super(
      unknown.map((name) => `windows must name configured windows (${known.join(', ')}), not "${name}"`),
      'UNKNOWN_WINDOW',
    );
  }
}

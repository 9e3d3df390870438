/** What SQS says no with, by the name the SDK knows and the one that the old query protocol had, if another. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
    readonly queryCode = code,
  ) {
    super(message);
  }
}

export const noQueue = () =>
  new Refusal(
    'QueueDoesNotExist',
    'The specified queue does not exist.',
    400,
    'AWS.SimpleQueueService.NonExistentQueue',
  );
export const missing = (name: string) =>
  new Refusal('MissingParameter', `The request must contain the parameter ${name}.`);
export const invalid = (name: string, reason: string) =>
  new Refusal('InvalidParameterValue', `Value for parameter ${name} is invalid. Reason: ${reason}.`);

/** `ok: false` from a method: Slack's code and what comes with it. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly extra: Record<string, unknown> = {},
  ) {
    super(code);
  }

  /** A refusal with lines in `response_metadata.messages` and `errors`, as Slack words them. */
  static withMessages(code: string, messages: string[]): Refusal {
    return new Refusal(code, {
      errors: messages,
      response_metadata: { messages: messages.map((message) => `[ERROR] ${message}`) },
    });
  }

  static invalidArguments(message: string): Refusal {
    return Refusal.withMessages('invalid_arguments', [message]);
  }
}

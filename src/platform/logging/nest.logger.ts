import type { LoggerService } from '@nestjs/common';
import type { Log } from './log';

/** Contexts that tell at every start which classes and routes exist. */
const START_CHATTER = new Set([
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
  'NestApplication',
]);

/** Nest's own lines, in our log. Nest calls `(message, …more, context)`, and `(message, stack, context)` for errors. */
export class NestLogger implements LoggerService {
  constructor(private readonly target: Log) {}

  log(message: unknown, ...more: unknown[]): void {
    const fields = toFields(message, more);
    this.target[START_CHATTER.has(fields.context ?? '') ? 'debug' : 'info'](fields, toSentence(message));
  }

  error(message: unknown, ...more: unknown[]): void {
    this.target.error(toFields(message, more), toSentence(message));
  }

  warn(message: unknown, ...more: unknown[]): void {
    this.target.warn(toFields(message, more), toSentence(message));
  }

  debug(message: unknown, ...more: unknown[]): void {
    this.target.debug(toFields(message, more), toSentence(message));
  }

  verbose(message: unknown, ...more: unknown[]): void {
    this.target.trace(toFields(message, more), toSentence(message));
  }

  fatal(message: unknown, ...more: unknown[]): void {
    this.target.fatal(toFields(message, more), toSentence(message));
  }
}

interface Fields {
  readonly context?: string;
  readonly err?: Error;
  readonly stack?: string;
  readonly details?: readonly unknown[];
}

function toFields(message: unknown, more: readonly unknown[]): Fields {
  const context = more.at(-1);
  const rest = typeof context === 'string' ? more.slice(0, -1) : more;
  const err = [message, ...rest].find((part) => part instanceof Error);
  const stack = rest.find((part) => typeof part === 'string' && part.includes('\n    at '));
  const details = rest.filter((part) => part !== err && part !== stack && part !== undefined);
  return {
    ...(typeof context === 'string' && { context }),
    ...(err instanceof Error && { err }),
    ...(typeof stack === 'string' && { stack }),
    ...(details.length > 0 && { details }),
  };
}

function toSentence(message: unknown): string {
  if (message instanceof Error) return message.message;
  return typeof message === 'string' ? message : JSON.stringify(message);
}

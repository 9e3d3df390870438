import {
  destination,
  pino,
  stdSerializers,
  type DestinationStream,
  type Logger,
  type LoggerOptions,
} from 'pino';
import pretty from 'pino-pretty';
import type { Clock } from '../../domain/shared/clock';
import { REDACTION } from './redaction';

/**
 * Structured log: an object of snake_case fields, then a sentence that never changes. An error goes into the field `err`.
 */
export interface Log extends Pick<
  Logger,
  'level' | 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent' | 'isLevelEnabled'
> {
  /** A log that adds these fields to each line. */
  child(fields: Record<string, unknown>): Log;
}

export const Log = Symbol('Log');

export interface LogSettings {
  readonly level: string;
  readonly format: 'json' | 'pretty';
  readonly clock: Clock;
  /** Standard output unless given. */
  readonly stream?: DestinationStream;
}

export interface Logs {
  readonly log: Log;
  /** For lines of known, harmless fields in hot paths: the same stream without the cost of redaction. */
  readonly plainLog: Log;
  /** Writes what is still buffered; call it last. */
  flush(): void;
}

/** Lines wait for at most this long, or until there are enough of them to be written together. */
const FLUSH_EVERY_MS = 1_000;
const WRITE_AT_BYTES = 4_096;
/** When standard output is stuck, lines beyond this are dropped rather than filling the memory. */
const LARGEST_BACKLOG_BYTES = 16 * 1024 * 1024;

export function createLogs(settings: LogSettings): Logs {
  const stream = settings.stream ?? openStream(settings.format);
  const options: LoggerOptions = {
    level: settings.level,
    base: null,
    timestamp: () => `,"time":"${settings.clock.now().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: stdSerializers.errWithCause },
  };
  return {
    log: pino({ ...options, redact: REDACTION }, stream),
    plainLog: pino(options, stream),
    flush: () => {
      if ('flushSync' in stream && typeof stream.flushSync === 'function') stream.flushSync();
    },
  };
}

function openStream(format: LogSettings['format']): DestinationStream {
  if (format === 'pretty') return pretty({ sync: true, ignore: 'context', messageFormat: false });
  return destination({
    dest: 1,
    sync: false,
    minLength: WRITE_AT_BYTES,
    maxLength: LARGEST_BACKLOG_BYTES,
    periodicFlush: FLUSH_EVERY_MS,
  });
}

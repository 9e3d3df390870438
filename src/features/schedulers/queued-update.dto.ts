import {
  Equals,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import type { JsonObject } from '../../domain/shared/json-value';
import { SCHEDULER_STATUSES, type SchedulerStatus } from '../../domain/schedulers/scheduler';
import type { Reporter, StatusUpdate } from '../../domain/schedulers/status-update';
import { CompiledRules } from '../../platform/validation/compiled-rules';
import { allViolations, DtoReader } from '../../platform/validation/dto-reader';
import { IsInstant, parseInstant } from '../../platform/validation/instant';
import { IsMetadata } from '../../platform/validation/metadata';
import { IsWellFormedText } from '../../platform/validation/text';
import { SCHEDULER_ID } from './scheduler-id.pipe';

/** Raised when a consumer of the version before could not read what is written, or would read it wrongly. */
const VERSION = 1;

/** An update that was accepted and is to be applied. */
export interface QueuedUpdate {
  readonly update: StatusUpdate;
  readonly reporter: Reporter;
  readonly receivedAt: Date;
}

export type QueuedReading =
  | ({ readonly kind: 'read' } & QueuedUpdate)
  /** Another Vesper than this one knows what it says. */
  | { readonly kind: 'newer'; readonly version: number }
  /** Nobody does. */
  | { readonly kind: 'unreadable'; readonly faults: readonly string[] };

/** The body of a queued message; every field is always there. */
class QueuedUpdateDto {
  @Equals(VERSION)
  version!: number;

  @Matches(SCHEDULER_ID)
  scheduler_id!: string;

  @IsIn(SCHEDULER_STATUSES)
  status!: SchedulerStatus;

  @IsInstant()
  timestamp!: string;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  execution_time_ms!: number | null;

  @IsOptional()
  @IsString()
  @MaxLength(4_000)
  @IsWellFormedText()
  error_message!: string | null;

  @IsOptional()
  @IsMetadata()
  metadata!: JsonObject | null;

  @IsOptional()
  @IsString()
  @MaxLength(128)
  @IsWellFormedText()
  run_id!: string | null;

  @IsString()
  @Length(1, 255)
  key_name!: string;

  @Matches(/^[\w.-]{1,128}$/)
  correlation_id!: string;

  @IsInstant()
  received_at!: string;
}

const FIELDS = CompiledRules.of(QueuedUpdateDto).names;
const reader = new DtoReader(QueuedUpdateDto);

export function toQueuedBody({ update, reporter, receivedAt }: QueuedUpdate): string {
  const body: QueuedUpdateDto = {
    version: VERSION,
    scheduler_id: update.schedulerId,
    status: update.status,
    timestamp: update.timestamp.toISOString(),
    execution_time_ms: update.executionTimeMs,
    error_message: update.errorMessage,
    metadata: update.metadata,
    run_id: update.runId,
    key_name: reporter.keyName,
    correlation_id: reporter.correlationId,
    received_at: receivedAt.toISOString(),
  };
  return JSON.stringify(body);
}

/** Strict: what is not exactly what {@link toQueuedBody} writes was written by something else. */
export function readQueuedBody(text: string): QueuedReading {
  const body = parseObject(text);
  if (body === null) return { kind: 'unreadable', faults: ['it is not a JSON object'] };
  const { version } = body as { version?: unknown };
  if (typeof version === 'number' && Number.isSafeInteger(version) && version > VERSION)
    return { kind: 'newer', version };
  const missing = [...FIELDS]
    .filter((name) => !Object.hasOwn(body, name))
    .map((name) => `${name} is missing`);
  const reading = reader.read(body);
  if (!reading.ok) return { kind: 'unreadable', faults: [...missing, ...allViolations(reading)] };
  if (missing.length > 0) return { kind: 'unreadable', faults: missing };
  return { kind: 'read', ...toQueuedUpdate(reading.dto) };
}

function toQueuedUpdate(dto: QueuedUpdateDto): QueuedUpdate {
  return {
    update: {
      schedulerId: dto.scheduler_id,
      status: dto.status,
      timestamp: parseInstant(dto.timestamp) as Date,
      executionTimeMs: dto.execution_time_ms,
      errorMessage: dto.error_message,
      metadata: dto.metadata,
      runId: dto.run_id,
    },
    reporter: { keyName: dto.key_name, correlationId: dto.correlation_id },
    receivedAt: parseInstant(dto.received_at) as Date,
  };
}

function parseObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

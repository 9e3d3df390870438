import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import type { JsonObject } from '../../domain/shared/json-value';
import { SCHEDULER_STATUSES, type SchedulerStatus } from '../../domain/schedulers/scheduler';
import type { StatusUpdate } from '../../domain/schedulers/status-update';
import { IsInstant, parseInstant } from '../../platform/validation/instant';
import { IsMetadata } from '../../platform/validation/metadata';
import { HasNoControlCharacters, IsWellFormedText } from '../../platform/validation/text';
import { Trimmed } from '../../platform/validation/trimmed';
import { SCHEDULER_ID, SCHEDULER_ID_RULE } from './scheduler-id.pipe';

/** What a service reports about a run of its scheduler. */
export class StatusUpdateDto {
  @ApiProperty({
    description: 'Must equal the id in the path',
    pattern: SCHEDULER_ID.source,
    maxLength: 255,
    example: 'service-a-eod-process',
  })
  @Matches(SCHEDULER_ID, { message: SCHEDULER_ID_RULE })
  scheduler_id!: string;

  @ApiProperty({
    description: 'Service the job belongs to; the registered name stays',
    minLength: 1,
    maxLength: 255,
    example: 'Service A',
  })
  @Trimmed()
  @IsString()
  @Length(1, 255)
  @HasNoControlCharacters()
  @IsWellFormedText()
  service_name!: string;

  @ApiProperty({
    description: 'What the job is called; the registered name stays',
    minLength: 1,
    maxLength: 255,
    example: 'EOD Processing',
  })
  @Trimmed()
  @IsString()
  @Length(1, 255)
  @HasNoControlCharacters()
  @IsWellFormedText()
  job_name!: string;

  @ApiProperty({ description: 'Status the run has now', enum: SCHEDULER_STATUSES, example: 'completed' })
  @IsIn(SCHEDULER_STATUSES, { message: `status must be one of: ${SCHEDULER_STATUSES.join(', ')}` })
  status!: SchedulerStatus;

  @ApiProperty({
    description:
      'When it happened, ISO-8601 with `Z` or an offset; at most 5 minutes ahead of the server’s clock',
    format: 'date-time',
    example: '2026-01-15T01:30:00.000Z',
  })
  @IsInstant()
  timestamp!: string;

  @ApiPropertyOptional({
    description: 'Run time in milliseconds; when absent it is derived from the run’s `running` update',
    type: 'integer',
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    nullable: true,
    example: 15000,
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  execution_time_ms?: number | null;

  @ApiPropertyOptional({
    description: 'Why it failed; required when status is `failed`',
    type: 'string',
    maxLength: 4000,
    nullable: true,
    example: null,
  })
  @ValidateIf((dto: StatusUpdateDto) => dto.status === 'failed' || !isBlank(dto.error_message))
  @IsString()
  @MaxLength(4000)
  @Matches(/\S/, { message: 'error_message must say why when status is failed' })
  error_message?: string | null;

  @ApiPropertyOptional({
    description: 'Anything worth keeping beside the status: a JSON object of at most 16 KiB and 10 levels',
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: { records_processed: 1000 },
  })
  @IsOptional()
  @IsMetadata()
  metadata?: JsonObject | null;

  @ApiPropertyOptional({
    description: 'Your identifier of the run; tells overlapping runs apart',
    type: 'string',
    maxLength: 128,
    nullable: true,
    example: '2026-01-15',
  })
  @IsOptional()
  @IsString()
  @MaxLength(128)
  @IsWellFormedText()
  run_id?: string | null;
}

export function toStatusUpdate(dto: StatusUpdateDto): StatusUpdate {
  return {
    schedulerId: dto.scheduler_id,
    status: dto.status,
    timestamp: parseInstant(dto.timestamp) as Date,
    executionTimeMs: dto.execution_time_ms ?? null,
    errorMessage: wellFormed(dto.error_message ?? null),
    metadata: dto.metadata ?? null,
    runId: dto.run_id || null,
  };
}

/** The output of a broken job may hold broken text; its failure must be told all the same, with U+FFFD in those places. */
function wellFormed(text: string | null): string | null {
  return isBlank(text) ? null : (text as string).toWellFormed();
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

import { ApiProperty } from '@nestjs/swagger';
import type { JsonObject } from '../../domain/shared/json-value';
import type { HistoryEntry } from '../../domain/schedulers/history-entry';
import {
  SCHEDULER_STATUSES,
  type ExecutionTimeSource,
  type SchedulerStatus,
} from '../../domain/schedulers/scheduler';

/** One accepted status update as the API shows it. */
export class HistoryEntryView {
  @ApiProperty({
    description: 'The same update sent again has the same id',
    format: 'uuid',
    example: '3f0c2a9e-6a1d-8b52-9d0e-6f2f1f7c9a10',
  })
  id!: string;

  @ApiProperty({ description: 'Scheduler it was reported for', example: 'service-a-eod-process' })
  scheduler_id!: string;

  @ApiProperty({ description: 'Reported status', enum: SCHEDULER_STATUSES, example: 'completed' })
  status!: SchedulerStatus;

  @ApiProperty({ description: 'Event time', format: 'date-time', example: '2026-01-15T01:30:00.000Z' })
  timestamp!: string;

  @ApiProperty({ description: 'Run time in milliseconds', type: 'integer', nullable: true, example: 15000 })
  execution_time_ms!: number | null;

  @ApiProperty({
    description: 'Where the run time comes from',
    enum: ['reported', 'derived', null],
    nullable: true,
    example: 'reported',
  })
  execution_time_source!: ExecutionTimeSource | null;

  @ApiProperty({ description: 'Why it failed', type: 'string', nullable: true, example: null })
  error_message!: string | null;

  @ApiProperty({
    description: 'What the service reported beside the status',
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: { records_processed: 1000 },
  })
  metadata!: JsonObject | null;

  @ApiProperty({ description: 'Run it belongs to', type: 'string', nullable: true, example: '2026-01-15' })
  run_id!: string | null;

  @ApiProperty({
    description: 'Server time at which it came',
    format: 'date-time',
    example: '2026-01-15T01:30:05.000Z',
  })
  received_at!: string;

  @ApiProperty({ description: 'Name of the API key that reported it', example: 'service-a' })
  reported_by!: string;
}

export function toHistoryEntryView(entry: HistoryEntry): HistoryEntryView {
  return {
    id: entry.id,
    scheduler_id: entry.schedulerId,
    status: entry.status,
    timestamp: entry.timestamp.toISOString(),
    execution_time_ms: entry.executionTimeMs,
    execution_time_source: entry.executionTimeSource,
    error_message: entry.errorMessage,
    metadata: entry.metadata,
    run_id: entry.runId,
    received_at: entry.receivedAt.toISOString(),
    reported_by: entry.reportedBy,
  };
}

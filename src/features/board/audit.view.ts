import { ApiProperty } from '@nestjs/swagger';
import { CELL_STATUSES, type CellStatus } from '../../domain/board/cell';
import type { AuditEntry } from './board-query.service';

const ENTRY = {
  domain: 'Actual',
  old_status: 'Loading',
  new_status: 'OK',
  applied: true,
  job_id: 'LOAD_20260216_001',
  message: null,
  timestamp: '2026-02-16T14:30:00.000Z',
  at: '2026-02-16T14:30:00.250Z',
  by: 'epm',
};

/** One change of a cell. */
export class AuditEntryView {
  @ApiProperty({ description: 'Domain that changed', example: ENTRY.domain })
  domain!: string;

  @ApiProperty({ description: 'Status before', enum: CELL_STATUSES, example: ENTRY.old_status })
  old_status!: CellStatus;

  @ApiProperty({ description: 'Status that was told', enum: CELL_STATUSES, example: ENTRY.new_status })
  new_status!: CellStatus;

  @ApiProperty({
    description: 'Whether it became the status of the cell; `false` when something newer was known already',
    example: true,
  })
  applied!: boolean;

  @ApiProperty({
    description: 'Job it belongs to',
    type: 'string',
    nullable: true,
    example: ENTRY.job_id,
  })
  job_id!: string | null;

  @ApiProperty({ description: 'What was told with it', type: 'string', nullable: true, example: null })
  message!: string | null;

  @ApiProperty({ description: 'Event time', format: 'date-time', example: ENTRY.timestamp })
  timestamp!: string;

  @ApiProperty({ description: 'Server time at which it came', format: 'date-time', example: ENTRY.at })
  at!: string;

  @ApiProperty({ description: 'API key or background job that told it', example: ENTRY.by })
  by!: string;
}

export class AuditView {
  @ApiProperty({ description: 'App, as it is configured', example: 'Planning' })
  app!: string;

  @ApiProperty({ description: 'Changes, newest first', type: [AuditEntryView], example: [ENTRY] })
  entries!: AuditEntryView[];
}

export function toAuditView(app: string, entries: readonly AuditEntry[]): AuditView {
  return { app, entries: entries.map(toAuditEntryView) };
}

function toAuditEntryView({ audit, change }: AuditEntry): AuditEntryView {
  return {
    domain: change.domain,
    old_status: change.from,
    new_status: change.to,
    applied: change.applied,
    job_id: change.jobId,
    message: change.message,
    timestamp: change.timestamp.toISOString(),
    at: audit.at.toISOString(),
    by: audit.by,
  };
}

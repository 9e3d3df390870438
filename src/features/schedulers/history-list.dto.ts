import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { SCHEDULER_STATUSES, type SchedulerStatus } from '../../domain/schedulers/scheduler';
import { decodeCursor, IsCursor } from '../../platform/http/cursor';
import { optionalExample } from '../../platform/http/optional-example';
import { IsInstant, parseInstant } from '../../platform/validation/instant';
import { IsIntegerText } from '../../platform/validation/integer-text';
import type { HistoryRequest } from './scheduler-query.service';

const DEFAULT_LIMIT = 50;

/** Bounds and page of a history, as they stand in the query string. */
export class HistoryListDto {
  @ApiPropertyOptional({
    description: 'Page size, 1 to 1,000',
    type: 'integer',
    minimum: 1,
    maximum: 1000,
    default: DEFAULT_LIMIT,
    ...optionalExample(50),
  })
  @IsOptional()
  @IsIntegerText(1, 1_000)
  limit?: string;

  @ApiPropertyOptional({
    description: 'Earliest event time, inclusive, ISO-8601',
    format: 'date-time',
    ...optionalExample('2026-01-15T00:00:00.000Z'),
  })
  @IsOptional()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({
    description: 'Latest event time, inclusive, ISO-8601',
    format: 'date-time',
    ...optionalExample('2026-01-15T06:00:00.000Z'),
  })
  @IsOptional()
  @IsInstant()
  to?: string;

  @ApiPropertyOptional({
    description: 'Only entries with this status',
    enum: SCHEDULER_STATUSES,
    ...optionalExample('failed'),
  })
  @IsOptional()
  @IsIn(SCHEDULER_STATUSES, { message: `status must be one of: ${SCHEDULER_STATUSES.join(', ')}` })
  status?: SchedulerStatus;

  @ApiPropertyOptional({
    description: 'From the `Link` header of the page before',
    ...optionalExample('MjAyNi0wMS0xNVQwMTozMDowMC4wMDBaIzNmMGMyYTllLTZhMWQtOGI1Mi05ZDBlLTZmMmYxZjdjOWExMA'),
  })
  @IsOptional()
  @IsCursor()
  cursor?: string;
}

export function toHistoryRequest(dto: HistoryListDto): HistoryRequest {
  return {
    limit: dto.limit === undefined ? DEFAULT_LIMIT : Number(dto.limit),
    from: dto.from === undefined ? null : parseInstant(dto.from),
    to: dto.to === undefined ? null : parseInstant(dto.to),
    status: dto.status ?? null,
    after: dto.cursor === undefined ? null : decodeCursor(dto.cursor),
  };
}

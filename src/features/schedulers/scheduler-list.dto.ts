import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { SCHEDULER_STATUSES, type SchedulerStatus } from '../../domain/schedulers/scheduler';
import { decodeCursor, IsCursor } from '../../platform/http/cursor';
import { optionalExample } from '../../platform/http/optional-example';
import { IsIntegerText } from '../../platform/validation/integer-text';
import { LONGEST_TAG, LONGEST_WINDOW_NAME } from './register.dto';
import type { ListRequest } from './scheduler-query.service';

/** Without `limit` this many are returned at the most (spec 10, section 4). */
const LIST_CEILING = 10_000;

/** Filters and page of a list, as they stand in the query string. */
export class SchedulerListDto {
  @ApiPropertyOptional({
    description: 'Only those with this status',
    enum: SCHEDULER_STATUSES,
    ...optionalExample('running'),
  })
  @IsOptional()
  @IsIn(SCHEDULER_STATUSES, { message: `status must be one of: ${SCHEDULER_STATUSES.join(', ')}` })
  status?: SchedulerStatus;

  @ApiPropertyOptional({
    description: 'Only those of this service',
    minLength: 1,
    maxLength: 255,
    ...optionalExample('Service A'),
  })
  @IsOptional()
  @IsString()
  @Length(1, 255)
  service_name?: string;

  @ApiPropertyOptional({
    description: 'Only those with this tag',
    minLength: 1,
    maxLength: LONGEST_TAG,
    ...optionalExample('finance'),
  })
  @IsOptional()
  @IsString()
  @Length(1, LONGEST_TAG)
  tag?: string;

  @ApiPropertyOptional({
    description: 'Only those that belong to this EOD window',
    minLength: 1,
    maxLength: LONGEST_WINDOW_NAME,
    ...optionalExample('eod'),
  })
  @IsOptional()
  @IsString()
  @Length(1, LONGEST_WINDOW_NAME)
  window?: string;

  @ApiPropertyOptional({
    description: 'Only those that are stale (`true`) or are not (`false`)',
    enum: ['true', 'false'],
    ...optionalExample('true'),
  })
  @IsOptional()
  @IsIn(['true', 'false'], { message: 'stale must be true or false' })
  stale?: string;

  @ApiPropertyOptional({
    description: 'Substring of id, service or job, whatever its case',
    maxLength: 255,
    ...optionalExample('ledger'),
  })
  @IsOptional()
  @IsString()
  @MaxLength(255)
  q?: string;

  @ApiPropertyOptional({
    description: 'Page size, 1 to 1,000; without it up to 10,000 are returned',
    type: 'integer',
    minimum: 1,
    maximum: 1000,
    ...optionalExample(100),
  })
  @IsOptional()
  @IsIntegerText(1, 1_000)
  limit?: string;

  @ApiPropertyOptional({
    description: 'From the `Link` header of the page before',
    ...optionalExample('U2VydmljZSBBAEVPRCBQcm9jZXNzaW5nAHNlcnZpY2UtYS1lb2QtcHJvY2Vzcw'),
  })
  @IsOptional()
  @IsCursor()
  cursor?: string;
}

export function toListRequest(dto: SchedulerListDto): ListRequest {
  return {
    status: dto.status ?? null,
    serviceName: dto.service_name ?? null,
    tag: dto.tag ?? null,
    window: dto.window ?? null,
    stale: dto.stale === undefined ? null : dto.stale === 'true',
    q: dto.q ?? null,
    limit: dto.limit === undefined ? LIST_CEILING : Number(dto.limit),
    after: dto.cursor === undefined ? null : decodeCursor(dto.cursor),
  };
}

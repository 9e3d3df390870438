import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { IsInstant } from '../../platform/validation/instant';
import { ListOf } from '../../platform/validation/list-of';
import { IsWellFormedText } from '../../platform/validation/text';
import { CellUpdateDto, LONGEST_JOB_ID } from './cell-update.dto';

/** Spec 20, "API". */
const MOST_UPDATES = 100;

/** 100 updates with all texts at their longest take 125 KB in UTF-8 when they are Japanese, and 235 KB when each character is written as `\uXXXX`. */
export const LARGEST_BATCH_BYTES = 256 * 1024;

/** Statuses for many cells, taken all or none. */
export class BatchUpdateDto {
  @ApiProperty({
    description: 'Updates, applied in their order',
    type: [CellUpdateDto],
    minItems: 1,
    maxItems: MOST_UPDATES,
    example: [
      { app: 'Planning', domain: 'Actual', status: 'OK' },
      { app: 'FCCS', status: 'Warning', message: 'Two entities are out of balance' },
    ],
  })
  @ListOf(CellUpdateDto, { least: 1, most: MOST_UPDATES })
  updates!: CellUpdateDto[];

  @ApiPropertyOptional({
    description: 'Job of the updates that name none',
    type: 'string',
    maxLength: LONGEST_JOB_ID,
    nullable: true,
    example: 'CLOSE_202602',
  })
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_JOB_ID)
  @IsWellFormedText()
  job_id?: string | null;

  @ApiPropertyOptional({
    description: 'Event time of the updates that name none, as in a single update',
    type: 'string',
    format: 'date-time',
    nullable: true,
    example: '2026-02-16T14:45:00.000Z',
  })
  @IsOptional()
  @IsInstant()
  timestamp?: string | null;
}

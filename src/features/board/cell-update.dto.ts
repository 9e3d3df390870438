import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { InvalidStatus } from '../../domain/board/board.errors';
import { CELL_STATUSES, type CellStatus } from '../../domain/board/cell';
import { IsInstant } from '../../platform/validation/instant';
import { HasNoControlCharacters, IsWellFormedText } from '../../platform/validation/text';
import { Trimmed } from '../../platform/validation/trimmed';

export const LONGEST_JOB_ID = 100;
const LONGEST_MESSAGE = 200;
/** As long as a server's id may be. */
const LONGEST_SERVER = 50;

export const STATUS_RULE = new InvalidStatus().message;

/** One status for one cell of the board. */
export class CellUpdateDto {
  @ApiProperty({
    description: 'App, as it is configured; upper and lower case matter',
    example: 'Planning',
  })
  @IsString()
  app!: string;

  @ApiPropertyOptional({
    description:
      'Domain of the app, as it is configured. May be left out when the app has just one, or one called `default`',
    type: 'string',
    nullable: true,
    example: 'Actual',
  })
  @IsOptional()
  @IsString()
  domain?: string | null;

  @ApiProperty({ description: 'Status the cell has now', enum: CELL_STATUSES, example: 'Loading' })
  @IsIn(CELL_STATUSES, { message: STATUS_RULE })
  status!: CellStatus;

  @ApiPropertyOptional({
    description:
      'EPM job the status belongs to; the same one again with the same status changes nothing, its end closes its begin',
    type: 'string',
    maxLength: LONGEST_JOB_ID,
    nullable: true,
    example: 'LOAD_20260216_001',
  })
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_JOB_ID)
  @IsWellFormedText()
  job_id?: string | null;

  @ApiPropertyOptional({
    description: 'What people should know about it; shown in the table and in alerts',
    type: 'string',
    maxLength: LONGEST_MESSAGE,
    nullable: true,
    example: 'Loading actuals of February',
  })
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_MESSAGE)
  message?: string | null;

  @ApiPropertyOptional({
    description:
      'When it happened, ISO-8601 with `Z` or an offset; at most 5 minutes ahead of the server’s clock. Default: now, or the time of the cell’s status if that is ahead',
    type: 'string',
    format: 'date-time',
    nullable: true,
    example: '2026-02-16T14:30:00.000Z',
  })
  @IsOptional()
  @IsInstant()
  timestamp?: string | null;

  @ApiPropertyOptional({
    description: 'EPM server it happened on; told in alerts',
    type: 'string',
    maxLength: LONGEST_SERVER,
    nullable: true,
    example: 'planning',
  })
  @Trimmed()
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_SERVER)
  @HasNoControlCharacters()
  @IsWellFormedText()
  server?: string | null;
}

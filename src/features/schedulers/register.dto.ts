import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsNumber,
  IsOptional,
  IsPositive,
  IsString,
  Length,
  Matches,
  Max,
} from 'class-validator';
import type { SchedulerProfile } from '../../domain/schedulers/scheduler';
import { IsEmailAddress } from '../../platform/validation/email';
import { HasNoControlCharacters, IsWellFormedText } from '../../platform/validation/text';
import { Trimmed } from '../../platform/validation/trimmed';
import { SCHEDULER_ID, SCHEDULER_ID_RULE } from './scheduler-id.pipe';

export const LONGEST_TAG = 50;
export const LONGEST_WINDOW_NAME = 100;
const SLACK_ID = /^[UWS][A-Z0-9]{2,20}$/;
/** A year: more is a typing error, and would let a silence go unnoticed for good. */
const LONGEST_TIMEOUT_MINUTES = 525_600;

/** What a service declares about its scheduler. A repeated registration replaces what was declared before. */
export class RegisterDto {
  @ApiProperty({
    description: 'Your identifier of the scheduler, the same at each registration',
    pattern: SCHEDULER_ID.source,
    maxLength: 255,
    example: 'service-a-eod-process',
  })
  @Matches(SCHEDULER_ID, { message: SCHEDULER_ID_RULE })
  scheduler_id!: string;

  @ApiProperty({
    description: 'Service the job belongs to',
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
    description: 'What the job is called',
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

  @ApiPropertyOptional({
    description: 'Whom to ask',
    format: 'email',
    type: 'string',
    nullable: true,
    example: 'team-a@example.com',
  })
  @IsOptional()
  @IsEmailAddress()
  owner_email?: string | null;

  @ApiPropertyOptional({
    description: 'Slack user (`U…`, `W…`) or user group (`S…`) to mention in alerts',
    pattern: SLACK_ID.source,
    type: 'string',
    nullable: true,
    example: 'U1234567890',
  })
  @IsOptional()
  @Matches(SLACK_ID, { message: 'alert_user_id must be the id of a Slack user or user group (U…, W… or S…)' })
  alert_user_id?: string | null;

  @ApiPropertyOptional({
    description: 'Free labels, for filters and window membership',
    type: 'array',
    items: { type: 'string', minLength: 1, maxLength: LONGEST_TAG },
    maxItems: 20,
    nullable: true,
    example: ['finance'],
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, LONGEST_TAG, { each: true })
  @HasNoControlCharacters({ each: true })
  @IsWellFormedText({ each: true })
  tags?: string[] | null;

  @ApiPropertyOptional({
    description:
      'Minutes of silence after which it is stale while running; overrides the service-wide timeout',
    type: 'number',
    minimum: 0,
    exclusiveMinimum: true,
    maximum: LONGEST_TIMEOUT_MINUTES,
    nullable: true,
    example: 15,
  })
  @IsOptional()
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @IsPositive()
  @Max(LONGEST_TIMEOUT_MINUTES)
  heartbeat_timeout_minutes?: number | null;

  @ApiPropertyOptional({
    description: 'Names of the EOD windows it belongs to; absent or empty: all',
    type: 'array',
    items: { type: 'string', minLength: 1, maxLength: LONGEST_WINDOW_NAME },
    maxItems: 50,
    nullable: true,
    example: ['eod'],
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @Length(1, LONGEST_WINDOW_NAME, { each: true })
  @IsWellFormedText({ each: true })
  windows?: string[] | null;
}

export function toProfile(dto: RegisterDto): SchedulerProfile {
  return {
    schedulerId: dto.scheduler_id,
    serviceName: dto.service_name,
    jobName: dto.job_name,
    ownerEmail: dto.owner_email ?? null,
    alertUserId: dto.alert_user_id ?? null,
    tags: [...new Set(dto.tags ?? [])],
    heartbeatTimeoutMinutes: dto.heartbeat_timeout_minutes ?? null,
    windows: [...new Set(dto.windows ?? [])],
  };
}

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** Each check is `ok`, `recovered`, `disabled` (not configured), `pending` (not known yet) or says what is wrong. */
export class HealthChecksView {
  @ApiProperty({ description: 'Whether the storage takes writes', example: 'ok' })
  storage!: string;

  @ApiPropertyOptional({ description: 'JSON storage only: whether its snapshot is kept', example: 'ok' })
  state_file?: string;

  @ApiProperty({ description: 'Whether Slack takes our token, as last seen', example: 'ok' })
  slack_api!: string;

  @ApiProperty({
    description: 'Whether the queue for status updates takes and hands out messages, as last seen',
    example: 'disabled',
  })
  queue!: string;

  @ApiProperty({ description: 'Whether apps of the EPM board are configured', example: 'ok' })
  board!: string;

  @ApiProperty({
    description: 'When something was last written; null: not known',
    type: 'string',
    format: 'date-time',
    nullable: true,
    example: '2026-01-15T01:30:05.000Z',
  })
  last_update!: string | null;
}

export class HealthReportView {
  @ApiProperty({
    description: '`degraded`: at least one check says what is wrong',
    enum: ['healthy', 'degraded'],
    example: 'healthy',
  })
  status!: string;

  @ApiProperty({ description: 'What it depends on, one by one', type: HealthChecksView })
  checks!: HealthChecksView;
}

export class LivenessView {
  @ApiProperty({ description: 'Fixed text', enum: ['alive'], example: 'alive' })
  status!: string;
}

export class ReadinessView {
  @ApiProperty({ description: 'The HTTP status in words', enum: ['ready', 'not ready'], example: 'ready' })
  status!: string;
}

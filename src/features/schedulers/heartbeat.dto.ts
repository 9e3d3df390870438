import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';

/** May be empty: the path says it all. */
export class HeartbeatDto {
  @ApiPropertyOptional({
    description: 'Must equal the id in the path when given',
    type: 'string',
    nullable: true,
    example: 'service-a-eod-process',
  })
  @IsOptional()
  @IsString()
  scheduler_id?: string | null;
}

export class HeartbeatReceiptView {
  @ApiProperty({ description: 'Fixed text', example: 'Heartbeat recorded' })
  message!: string;

  @ApiProperty({ description: 'Scheduler it was recorded for', example: 'service-a-eod-process' })
  scheduler_id!: string;

  @ApiProperty({
    description: 'Server time that was recorded',
    format: 'date-time',
    example: '2026-01-15T01:28:00.000Z',
  })
  timestamp!: string;
}

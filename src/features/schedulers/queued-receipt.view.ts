import { ApiProperty } from '@nestjs/swagger';

/** What a status update is answered with when it is queued: it is not applied yet, so there is no record to show. */
export class QueuedReceiptView {
  @ApiProperty({ description: 'Fixed text', enum: ['Status update queued'], example: 'Status update queued' })
  message!: string;

  @ApiProperty({ description: 'The scheduler it is about', example: 'service-a-eod-process' })
  scheduler_id!: string;

  @ApiProperty({
    description: 'Names the update in logs and alerts; also in the header `x-correlation-id`',
    example: '0191e8a4-7c1e-7d3a-9f8b-2b7b0c0b7b3f',
  })
  correlation_id!: string;

  @ApiProperty({
    description: 'Server time as of which it will be applied, as the history will show it',
    format: 'date-time',
    example: '2026-01-15T01:30:05.000Z',
  })
  received_at!: string;
}

export function toQueuedReceiptView(
  schedulerId: string,
  correlationId: string,
  receivedAt: Date,
): QueuedReceiptView {
  return {
    message: 'Status update queued',
    scheduler_id: schedulerId,
    correlation_id: correlationId,
    received_at: receivedAt.toISOString(),
  };
}

import { ApiProperty } from '@nestjs/swagger';
import type { ErrorFacts } from './error-facts';

/** What every failed request is answered with (spec 10, "Errors"). */
export class ErrorBody {
  @ApiProperty({ description: 'HTTP status, again', type: 'integer', example: 404 })
  statusCode!: number;

  @ApiProperty({ description: 'When it happened', format: 'date-time', example: '2024-01-15T01:30:05.000Z' })
  timestamp!: string;

  @ApiProperty({ description: 'Path of the request, without its query', example: '/api/v1/schedulers/x' })
  path!: string;

  @ApiProperty({ description: 'Method of the request', example: 'GET' })
  method!: string;

  @ApiProperty({ description: 'Name of the status', example: 'Not Found' })
  error!: string;

  @ApiProperty({
    description:
      'What is wrong, for people; for invalid fields an array of all violations, each naming its field',
    oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
    example: 'Scheduler x not found',
  })
  message!: string | readonly string[];

  @ApiProperty({ description: 'What is wrong, for programs; never changes', example: 'SCHEDULER_NOT_FOUND' })
  code!: string;

  @ApiProperty({
    description: 'Names the request in logs and alerts',
    example: '0191e8a4-7c1e-7d3a-9f8b-2b7b0c0b7b3f',
  })
  correlation_id!: string;
}

export interface FailedRequest {
  readonly method: string;
  /** With or without its query. */
  readonly url: string;
  readonly correlationId: string;
  readonly at: Date;
}

export function toErrorBody(facts: ErrorFacts, request: FailedRequest): ErrorBody {
  return {
    statusCode: facts.status,
    timestamp: request.at.toISOString(),
    path: pathOf(request.url),
    method: request.method,
    error: facts.error,
    message: facts.message,
    code: facts.code,
    correlation_id: request.correlationId,
  };
}

/** The query may hold what nobody should read in a log or see quoted. */
export function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
}

import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ErrorBody } from './error-body';

interface Example {
  readonly description: string;
  readonly error: string;
  readonly code: string;
  readonly message: string | readonly string[];
}

const EXAMPLES = {
  400: {
    description: 'The request breaks a rule; `message` lists every violation',
    error: 'Bad Request',
    code: 'INVALID_INPUT',
    message: ['status must be one of: pending, running, completed, failed'],
  },
  401: {
    description: 'No API key, or one that is not known',
    error: 'Unauthorized',
    code: 'API_KEY_INVALID',
    message: 'Invalid API key',
  },
  403: {
    description: 'The API key lacks the scope of this route',
    error: 'Forbidden',
    code: 'SCOPE_MISSING',
    message: 'This API key lacks the scope schedulers',
  },
  404: {
    description: 'There is no such thing',
    error: 'Not Found',
    code: 'SCHEDULER_NOT_FOUND',
    message: 'Scheduler service-a-eod-process not found',
  },
  409: {
    description: 'Others kept changing it at the same time; ask again',
    error: 'Conflict',
    code: 'CHANGED_CONCURRENTLY',
    message: 'Scheduler service-a-eod-process was changed by another request at the same time',
  },
  413: {
    description: 'The body is larger than 64 KiB',
    error: 'Payload Too Large',
    code: 'BODY_TOO_LARGE',
    message: 'The body is larger than 64 KiB',
  },
  414: {
    description: 'The id in the path is longer than any id can be',
    error: 'URI Too Long',
    code: 'URL_TOO_LONG',
    message: 'A part of the URL is too long',
  },
  415: {
    description: 'The body was not sent as application/json',
    error: 'Unsupported Media Type',
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: 'The body must be sent as application/json, uncompressed',
  },
  429: {
    description: 'More requests than the limit allows; wait as `Retry-After` says',
    error: 'ThrottlerException',
    code: 'RATE_LIMITED',
    message: 'Too Many Requests',
  },
  503: {
    description: 'Nothing was recorded, and the same request may be sent again after `Retry-After`',
    error: 'Service Unavailable',
    code: 'STATE_ERROR',
    message: 'The storage does not take writes at the moment',
  },
} as const satisfies Readonly<Record<number, Example>>;

export type DocumentedError = keyof typeof EXAMPLES;

const integerHeader = (description: string, example: number) => ({
  description,
  schema: { type: 'integer' as const, example },
});

/** Documents answers to failed requests: their shape, an example, and their headers. 400 comes with every access rule, 401, 403 and 429 with `@RequireScope`. */
export function ApiErrors(...statuses: readonly DocumentedError[]): MethodDecorator {
  return applyDecorators(ApiExtraModels(ErrorBody), ...statuses.map(documentError));
}

function documentError(status: DocumentedError): MethodDecorator {
  const { description, ...said } = EXAMPLES[status];
  const retries = status === 429 || status === 503;
  return ApiResponse({
    status,
    description,
    headers: {
      'x-correlation-id': { description: 'Names the request in logs and alerts', schema: { type: 'string' } },
      ...(retries && { 'Retry-After': integerHeader('Seconds to wait', 12) }),
      ...(status === 429 && {
        'RateLimit-Limit': integerHeader('Requests per window', 100),
        'RateLimit-Remaining': integerHeader('Requests left now', 0),
        'RateLimit-Reset': integerHeader('Seconds until one more is accepted', 12),
      }),
    },
    content: {
      'application/json': {
        schema: { $ref: getSchemaPath(ErrorBody) },
        example: {
          statusCode: status,
          timestamp: '2024-01-15T01:30:05.000Z',
          path: '/api/v1/schedulers/service-a-eod-process/status',
          method: 'PUT',
          ...said,
          correlation_id: '0191e8a4-7c1e-7d3a-9f8b-2b7b0c0b7b3f',
        },
      },
    },
  });
}

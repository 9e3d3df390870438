import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { BoardErrorBody } from './board-error-body';
import {
  DOCUMENTED_ERRORS,
  tooLarge,
  type DocumentedFailure,
  type DocumentedStatus,
} from './documented-errors';
import { toAnswer, type Face } from './envelopes';
import { ErrorBody } from './error-body';

const BODIES = { general: ErrorBody, board: BoardErrorBody } as const satisfies Readonly<
  Record<Face, unknown>
>;

/** Of the request that the examples answer. */
const FAILED_REQUEST = {
  method: 'PUT',
  url: '/api/v1/schedulers/service-a-eod-process/status',
  correlationId: '0191e8a4-7c1e-7d3a-9f8b-2b7b0c0b7b3f',
  at: new Date('2024-01-15T01:30:05.000Z'),
};

const integerHeader = (description: string, example: number) => ({
  description,
  schema: { type: 'integer' as const, example },
});

/** Documents answers to failed requests: their shape, examples, and their headers. 400 comes with every access rule, 401, 403 and 429 with `@RequireScope`. */
export function ApiErrors(...statuses: readonly DocumentedStatus<'general'>[]): MethodDecorator {
  return ApiErrorsInFace('general', ...statuses);
}

/** As {@link ApiErrors}, on a route whose failed requests are answered in the shape of `face`. */
export function ApiErrorsInFace<F extends Face>(
  face: F,
  ...statuses: readonly DocumentedStatus<F>[]
): MethodDecorator {
  const documented: Readonly<Record<number, DocumentedFailure>> = DOCUMENTED_ERRORS[face];
  return applyDecorators(
    ApiExtraModels(...Object.values(BODIES)),
    ...statuses.map((status) => documentError(face, status, documented[status])),
  );
}

/** Documents the answer to a body that is larger than this route takes. */
export function ApiBodyTooLarge(face: Face, limitBytes: number): MethodDecorator {
  return documentError(face, 413, tooLarge(limitBytes));
}

function documentError(face: Face, status: number, failure: DocumentedFailure): MethodDecorator {
  const { description, failures, retryable = false } = failure;
  const examples = failures.map(({ code, ...said }) => {
    const facts = { status, error: '', details: {}, retryAfterSeconds: null, code, ...said };
    return [code, { summary: code, value: toAnswer(face, facts, FAILED_REQUEST) }] as const;
  });
  const [[, { value: example }]] = examples as [(typeof examples)[number]];
  return ApiResponse({
    status,
    description,
    headers: {
      'x-correlation-id': { description: 'Names the request in logs and alerts', schema: { type: 'string' } },
      ...(retryable && { 'Retry-After': integerHeader('Seconds to wait', 12) }),
      ...(status === 429 && {
        'RateLimit-Limit': integerHeader('Requests per window', 100),
        'RateLimit-Remaining': integerHeader('Requests left now', 0),
        'RateLimit-Reset': integerHeader('Seconds until one more is accepted', 12),
      }),
    },
    content: {
      'application/json': {
        schema: { $ref: getSchemaPath(BODIES[face]) },
        ...(examples.length === 1 ? { example } : { examples: Object.fromEntries(examples) }),
      },
    },
  });
}

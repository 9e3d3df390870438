import { applyDecorators } from '@nestjs/common';
import type { Scope } from '../../domain/api-keys/api-key';
import { RequireScopeInFace } from '../../platform/http/access.decorators';
import { ApiErrorsInFace } from '../../platform/http/api-errors.decorator';
import { BodyLimit } from '../../platform/http/body-limit.decorator';
import { LARGEST_BODY_BYTES } from '../../platform/http/body-limits';
import { RateLimit } from '../../platform/http/rate-limit.decorator';
import type { RateRule } from '../../platform/http/rate-rule';

type BoardError = Parameters<typeof ApiErrorsInFace<'board'>>[1];

/** Spec 20, "API". */
const READS_PER_MINUTE = 100;

export interface WriteLimits {
  readonly perMinute: number;
  /** Absent: that of all routes. */
  readonly bodyBytes?: number;
}

/** A route that reads the board. Each counts for itself: the rule is its own. */
export function BoardRead(...errors: readonly BoardError[]): MethodDecorator {
  return boardRoute(['read', 'board'], { per: 'address', perMinute: READS_PER_MINUTE }, errors);
}

/** A route that changes the board or what shows it, with a body. */
export function BoardWrite(
  { perMinute, bodyBytes = LARGEST_BODY_BYTES }: WriteLimits,
  ...errors: readonly BoardError[]
): MethodDecorator {
  return applyDecorators(
    boardRoute(['board'], { per: 'key', perMinute }, [415, ...errors]),
    BodyLimit('board', bodyBytes),
  );
}

function boardRoute(
  scopes: readonly [Scope, ...Scope[]],
  rate: RateRule,
  errors: readonly BoardError[],
): MethodDecorator {
  return applyDecorators(
    RequireScopeInFace('board', ...scopes),
    RateLimit(rate),
    ApiErrorsInFace('board', ...errors, 500),
  );
}

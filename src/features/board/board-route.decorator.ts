import { applyDecorators } from '@nestjs/common';
import type { Scope } from '../../domain/api-keys/api-key';
import { RequireScopeInFace } from '../../platform/http/access.decorators';
import { ApiErrorsInFace } from '../../platform/http/api-errors.decorator';
import { RateLimit } from '../../platform/http/rate-limit.decorator';
import type { RateRule } from '../../platform/http/rate-rule';

type BoardError = Parameters<typeof ApiErrorsInFace<'board'>>[1];

/** All reads of the board from one client address share this (spec 20, "API"). */
const READS: RateRule = { per: 'address', perMinute: 100 };

/** A route that reads the board. */
export function BoardRead(...errors: readonly BoardError[]): MethodDecorator {
  return boardRoute(['read', 'board'], READS, errors);
}

/** A route that changes the board or what shows it, with a body. */
export function BoardWrite(perMinute: number, ...errors: readonly BoardError[]): MethodDecorator {
  return boardRoute(['board'], { per: 'key', perMinute }, [413, 415, ...errors]);
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

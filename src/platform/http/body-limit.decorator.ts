import { applyDecorators } from '@nestjs/common';
import { ApiBodyTooLarge } from './api-errors.decorator';
import type { Face } from './envelopes';
import { configureRoute } from './route-config';

/** The largest body that this route takes, and what its documentation says of a larger one. */
export function BodyLimit(face: Face, bytes: number): MethodDecorator {
  return applyDecorators(configureRoute({ bodyLimitBytes: bytes }), ApiBodyTooLarge(face, bytes));
}

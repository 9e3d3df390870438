import type { Scope } from '../../domain/api-keys/api-key';
import { ForbiddenError, InvalidInputError, UnauthenticatedError } from '../../domain/shared/errors';

const INVALID_KEY = 'Invalid API key';

export class ApiKeyMissing extends UnauthenticatedError {
  constructor() {
    super('API_KEY_MISSING', INVALID_KEY);
  }
}

export class ApiKeyUnknown extends UnauthenticatedError {
  constructor() {
    super('API_KEY_UNKNOWN', INVALID_KEY);
  }
}

export class ScopeMissing extends ForbiddenError {
  constructor(wanted: readonly Scope[]) {
    super('SCOPE_MISSING', `This API key lacks the scope ${wanted.join(' or ')}`);
  }
}

export class CorrelationIdInvalid extends InvalidInputError {
  constructor(header: string) {
    super(
      [`${header} must be 1 to 128 letters, digits, dots, underscores or hyphens`],
      'CORRELATION_ID_INVALID',
    );
  }
}

import { applyDecorators } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import type { Scope } from '../../domain/api-keys/api-key';
import type { ConfiguredDoor } from './access';
import { ApiErrors, ApiErrorsInFace } from './api-errors.decorator';
import type { Face } from './envelopes';
import { configureRoute } from './route-config';

/** Names of the two ways to send a key, in the OpenAPI document. */
export const SECURITY_SCHEMES = ['x-api-key', 'bearer'] as const;

type Scopes = readonly [Scope, ...Scope[]];

/** The route needs an API key with any of these scopes; a key with `admin` has every scope. */
export function RequireScope(...scopes: Scopes): MethodDecorator {
  return RequireScopeInFace('general', ...scopes);
}

/** As {@link RequireScope}, on a route whose failed requests are answered in the shape of `face`. */
export function RequireScopeInFace(face: Face, ...scopes: Scopes): MethodDecorator {
  return applyDecorators(
    configureRoute({ access: { kind: 'scopes', scopes }, face }),
    ...SECURITY_SCHEMES.map((scheme) => ApiSecurity(scheme)),
    ApiErrorsInFace(face, 400, 401, 403, 429),
  );
}

/** Anybody may use the route, without a key and without a limit. */
export function Public(): MethodDecorator {
  return applyDecorators(configureRoute({ access: { kind: 'public' } }), ApiErrors(400));
}

/** Public, unless the configuration says that this door needs a key with any of these scopes. */
export function PublicOrScope(door: ConfiguredDoor, ...scopes: Scopes): MethodDecorator {
  return applyDecorators(
    configureRoute({ access: { kind: 'configured', door, scopes } }),
    ApiSecurity({}),
    ...SECURITY_SCHEMES.map((scheme) => ApiSecurity(scheme)),
    ApiErrors(400, 401, 403, 429),
  );
}

import { Answer, json, webPage } from '../hosts/answer';
import type { IdentityDomain } from '../identity/identity-domain';
import type { FakeUser } from '../identity/users';

export interface PodAuthentication {
  /** What a bearer token must have been issued for. */
  readonly scope: string;
  /** Older pods: Basic needs `<identityDomain>.<user>`. `null` = the plain name. */
  readonly identityDomain: string | null;
  readonly acceptsTokensWithoutUser: boolean;
}

/** Who the caller is, or the answer that sends it away. */
export type Admission = { readonly principal: string } | { readonly refusal: Answer };

export function authenticate(
  header: string | undefined,
  identity: IdentityDomain,
  rules: PodAuthentication,
): Admission {
  const [, scheme = '', credentials = ''] = /^(\S+) (\S+)$/.exec(header ?? '') ?? [];
  switch (scheme.toLowerCase()) {
    case 'basic':
      return admit(userOfBasic(credentials, identity, rules));
    case 'bearer':
      return admitBearer(credentials, identity, rules);
    default:
      return { refusal: unauthorized() };
  }
}

/** `null` = 401: the caller is not told which of the reasons it was. */
function userOfBasic(
  encoded: string,
  { users }: IdentityDomain,
  { identityDomain }: PodAuthentication,
): FakeUser | null {
  const [login = '', password = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(/:(.*)/s, 2);
  const prefix = identityDomain === null ? '' : `${identityDomain}.`;
  const user = users.find(({ name }) => `${prefix}${name}` === login);
  return user?.password === password && !user.hasMfa && !user.isPasswordExpired ? user : null;
}

function admitBearer(value: string, identity: IdentityDomain, rules: PodAuthentication): Admission {
  const token = identity.tokens.findAccess(value);
  if (!token?.scopes.includes(rules.scope)) return { refusal: unauthorized() };
  if (token.user === null) {
    if (rules.acceptsTokensWithoutUser) return { principal: `client:${token.client}` };
    return { refusal: unauthorized() };
  }
  return admit(identity.users.find(({ name }) => name === token.user) ?? null);
}

function admit(user: FakeUser | null): Admission {
  if (!user) return { refusal: unauthorized() };
  if (user.mayReadJobs === false)
    return { refusal: json(403, { message: 'You are not authorized to perform this action.' }) };
  return { principal: user.name };
}

/** The web server's page, not JSON. */
function unauthorized(): Answer {
  return webPage(401, 'Error 401--Unauthorized', 'The request requires user authentication.', {
    'www-authenticate': 'Basic realm="EPM"',
  });
}

import { Answer, json, wrongVerb } from '../hosts/answer';
import type { EpmCall } from '../hosts/call-log';
import type { EpmRequest } from '../hosts/host';
import { FakeClient, GrantType, grantsOf, identifyClient, scopesOf } from './clients';
import type { RefreshToken, Tokens } from './tokens';

const FORM = 'application/x-www-form-urlencoded';
const OFFLINE = 'offline_access';

/** An OAuth error as RFC 6749 and the identity domain word it. */
class OAuthError extends Error {
  constructor(
    readonly code: string,
    description: string,
    readonly status = 400,
  ) {
    super(description);
  }
}

/** `POST /oauth2/v1/token` with the two grants that need nobody at a keyboard. */
export class TokenEndpoint {
  constructor(
    private readonly clients: readonly FakeClient[],
    private readonly tokens: Tokens,
    private readonly now: () => number,
  ) {}

  handle(request: EpmRequest, call: EpmCall): Answer {
    if (request.verb !== 'POST') return wrongVerb('POST');
    try {
      return json(200, this.grant(request, call), { 'cache-control': 'no-store', pragma: 'no-cache' });
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      const challenge = error.status === 401 ? { 'www-authenticate': 'Basic realm="oauth2"' } : {};
      return json(error.status, { error: error.code, error_description: error.message }, challenge);
    }
  }

  private grant({ headers, body }: EpmRequest, call: EpmCall): Record<string, unknown> {
    const form = readForm(headers['content-type'], body);
    const type = form.get('grant_type');
    call.grant = type;
    const client = identifyClient(this.clients, headers.authorization, form);
    if (!client) throw new OAuthError('invalid_client', 'Client authentication failed.', 401);
    if (!type) throw new OAuthError('invalid_request', 'The parameter grant_type is missing.');
    if (!isServed(type))
      throw new OAuthError('unsupported_grant_type', `The grant ${type} is not supported.`);
    if (!grantsOf(client).includes(type))
      throw new OAuthError('unauthorized_client', `The client may not use the grant ${type}.`);
    call.principal = `client:${client.id}`;
    return type === 'refresh_token' ? this.refresh(client, form) : this.clientCredentials(client, form);
  }

  /** Checks everything before it consumes: a refused request costs no token. Then the old one is gone for good. */
  private refresh(client: FakeClient, form: URLSearchParams): Record<string, unknown> {
    const token = this.usableToken(client, form.get('refresh_token'));
    const wanted = scopeList(form.get('scope')) ?? token.scopes;
    requireScopes(wanted, token.scopes);
    token.isConsumed = true;
    const { user } = token;
    const granted = { client: client.id, user, scopes: token.scopes };
    return {
      ...this.accessToken({ client: client.id, user, scopes: withoutOffline(wanted) }),
      refresh_token: this.tokens.issueRefresh(granted),
    };
  }

  private usableToken(client: FakeClient, value: string | null): RefreshToken {
    if (!value) throw new OAuthError('invalid_request', 'The parameter refresh_token is missing.');
    const token = this.tokens.findRefresh(value);
    if (!token || token.client !== client.id) throw new OAuthError('invalid_grant', 'The token is invalid.');
    if (token.isConsumed) throw new OAuthError('invalid_grant', 'The token has already been consumed');
    if (this.now() >= token.expiresAt)
      throw new OAuthError('invalid_grant', `Token is expired for client : ${client.id}`);
    return token;
  }

  /** A token that names no user, and no refresh token. */
  private clientCredentials(client: FakeClient, form: URLSearchParams): Record<string, unknown> {
    const wanted = scopeList(form.get('scope'));
    if (!wanted) throw new OAuthError('invalid_scope', 'The parameter scope is missing.');
    requireScopes(wanted, scopesOf(client));
    return this.accessToken({ client: client.id, user: null, scopes: wanted });
  }

  private accessToken(grant: Parameters<Tokens['issueAccess']>[0]): Record<string, unknown> {
    const { value, expiresIn } = this.tokens.issueAccess(grant);
    return { access_token: value, token_type: 'Bearer', expires_in: expiresIn };
  }
}

function readForm(contentType: string | undefined, body: Buffer): URLSearchParams {
  if (contentType?.split(';')[0]?.trim().toLowerCase() !== FORM)
    throw new OAuthError('invalid_request', `The content type must be ${FORM}.`, 415);
  const form = new URLSearchParams(body.toString('utf8'));
  const names = [...form.keys()];
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined)
    throw new OAuthError('invalid_request', `The parameter ${repeated} is repeated.`);
  return form;
}

function isServed(type: string): type is GrantType {
  return type === 'refresh_token' || type === 'client_credentials';
}

function scopeList(scope: string | null): string[] | null {
  const scopes = (scope ?? '').split(' ').filter((part) => part !== '');
  return scopes.length === 0 ? null : scopes;
}

function requireScopes(wanted: readonly string[], allowed: readonly string[]): void {
  const wrong = wanted.find((scope) => !allowed.includes(scope));
  if (wrong !== undefined) throw new OAuthError('invalid_scope', `The scope ${wrong} is invalid.`);
}

function withoutOffline(scopes: readonly string[]): string[] {
  return scopes.filter((scope) => scope !== OFFLINE);
}

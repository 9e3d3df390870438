import { Answer, webPage } from '../hosts/answer';
import type { EpmCall } from '../hosts/call-log';
import type { EpmRequest } from '../hosts/host';
import { DEFAULT_CLIENTS, DEFAULT_SCOPE, FakeClient, scopesOf } from './clients';
import { TokenEndpoint } from './token-endpoint';
import { Tokens } from './tokens';
import { DEFAULT_USERS, FakeUser } from './users';

export const TOKEN_PATH = '/oauth2/v1/token';
export const LOGIN_PATH = '/ui/v1/signin';

export interface IdentityOptions {
  /** Default `vesper` with the secret `vesper-secret`, and `vesper-mobile` without one. */
  clients?: readonly FakeClient[];
  /** Default `epm_robot` with the password `epm-password`. */
  users?: readonly FakeUser[];
  /** Default 3600. */
  accessTokenSeconds?: number;
  /** Default 7 days. */
  refreshTokenSeconds?: number;
}

const SEVEN_DAYS = 7 * 24 * 3_600;

/** The identity domain (IDCS): users, applications and tokens. */
export class IdentityDomain {
  readonly tokens: Tokens;
  readonly users: readonly FakeUser[];
  private readonly clients: readonly FakeClient[];
  private readonly tokenEndpoint: TokenEndpoint;

  constructor(options: IdentityOptions, now: () => number) {
    this.users = options.users ?? DEFAULT_USERS;
    this.clients = options.clients ?? DEFAULT_CLIENTS;
    this.tokens = new Tokens(now, {
      accessTokenSeconds: options.accessTokenSeconds ?? 3_600,
      refreshTokenSeconds: options.refreshTokenSeconds ?? SEVEN_DAYS,
    });
    this.tokenEndpoint = new TokenEndpoint(this.clients, this.tokens, now);
  }

  handle(request: EpmRequest, call: EpmCall): Answer {
    if (request.path === TOKEN_PATH) return this.tokenEndpoint.handle(request, call);
    if (request.path === LOGIN_PATH) return webPage(200, 'Sign in to your account', 'Who are you?');
    return webPage(404, 'Error 404--Not Found', 'Nothing here.');
  }

  /**
   * What a person does once at the device page: consents that the client acts for the user. Answers the first refresh
   * token. Throws for a client or user that does not exist, or a scope the client does not have.
   */
  signIn({ client: id, user: name, scope }: { client: string; user?: string; scope?: string }): string {
    const client = this.clients.find((candidate) => candidate.id === id);
    if (!client) throw new Error(`no client ${id}`);
    const user = name === undefined ? this.users[0] : this.users.find((candidate) => candidate.name === name);
    if (!user) throw new Error(`no user ${name ?? ''}`);
    const wanted = scope ?? scopesOf(client)[0] ?? DEFAULT_SCOPE;
    if (!scopesOf(client).includes(wanted)) throw new Error(`${id} has no scope ${wanted}`);
    return this.tokens.issueRefresh({ client: id, user: user.name, scopes: [wanted, 'offline_access'] });
  }
}

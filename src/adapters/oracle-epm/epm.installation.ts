import type { EpmGateway } from '../../domain/board/epm-gateway';
import type { EpmTokenRepository } from '../../domain/board/epm-token.repository';
import type { Clock } from '../../domain/shared/clock';
import type { IdSource } from '../../domain/shared/id-source';
import type { LeaseRepository } from '../../domain/shared/lease';
import type { EpmConfig, EpmServerConfig } from '../../platform/config/config';
import type { Secret } from '../../platform/config/secret';
import { BasicEpmAuth, type BasicConfig } from './basic.epm-auth';
import { ClientCredentialsGrant } from './client-credentials.grant';
import type { EpmAuth } from './epm-auth';
import type { EpmLog } from './epm-log';
import { OracleEpmGateway, type RotatingSignIn } from './epm.gateway';
import { EpmServer } from './epm.server';
import { OAuthEpmAuth } from './oauth.epm-auth';
import { RefreshTokenGrant } from './refresh-token.grant';
import { SignInRecord } from './sign-in.record';
import { TokenClient, type OAuthConfig } from './token.client';
import { TokenSeal } from './token-seal';

export interface EpmFoundations {
  readonly leases: LeaseRepository;
  readonly tokens: EpmTokenRepository;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: EpmLog;
  /** Names this instance in leases. */
  readonly instanceId: string;
}

/**
 * All that talks to Oracle EPM. While pull mode is switched off there is no server to ask, yet sign-ins that would expire are kept.
 * One per process: it keeps access tokens.
 */
export function installEpm(config: EpmConfig, foundations: EpmFoundations): EpmGateway {
  const signIns = new SignIns(config.tokenKey, foundations);
  if (!config.enabled) signIns.keep(config.servers);
  const servers = (config.enabled ? config.servers : []).map(
    (server) => [server.id, new EpmServer(server, signIns.of(server), foundations.clock)] as const,
  );
  return new OracleEpmGateway(new Map(servers), signIns.rotating);
}

/** Servers of one connection share its tokens, and those with the same user and password what is known of them. */
class SignIns {
  readonly rotating = new Map<string, RotatingSignIn>();
  private readonly byConnection = new Map<string, OAuthEpmAuth>();
  /** By a fingerprint of user and password: they may stand in several places of the file. */
  private readonly byCredential = new Map<string, BasicEpmAuth>();

  constructor(
    private readonly tokenKey: Secret | null,
    private readonly foundations: EpmFoundations,
  ) {}

  of({ auth }: EpmServerConfig): EpmAuth {
    return auth.type === 'basic' ? this.ofUser(auth) : this.ofConnection(auth);
  }

  /** Keeps alive what expires when it is not used. */
  keep(servers: readonly EpmServerConfig[]): void {
    const rotating = servers.flatMap(({ auth }) =>
      auth.type === 'oauth' && auth.grant === 'refresh_token' ? [auth] : [],
    );
    if (this.tokenKey !== null) return rotating.forEach((auth) => void this.ofConnection(auth));
    if (rotating.length === 0) return;
    const connections = [...new Set(rotating.map(({ connection }) => connection))];
    const sentence =
      'sign-ins at EPM expire while pull mode is off: without EPM_TOKEN_KEY they are not renewed';
    this.foundations.log.warn({ connections }, sentence);
  }

  private ofUser(config: BasicConfig): BasicEpmAuth {
    const { clock, ids } = this.foundations;
    const { username, password } = config;
    const credential = ids.fingerprint(`epm user ${JSON.stringify([username, password.reveal()])}`);
    const known = this.byCredential.get(credential) ?? new BasicEpmAuth(config, clock);
    this.byCredential.set(credential, known);
    return known;
  }

  private ofConnection(config: OAuthConfig): OAuthEpmAuth {
    const known = this.byConnection.get(config.connection) ?? this.create(config);
    this.byConnection.set(config.connection, known);
    return known;
  }

  private create(config: OAuthConfig): OAuthEpmAuth {
    const { clock, log } = this.foundations;
    const client = new TokenClient(config, clock);
    if (config.grant === 'client_credentials')
      return new OAuthEpmAuth(config.connection, new ClientCredentialsGrant(client), clock, log);
    return this.createRotating(config, client);
  }

  private createRotating({ connection, refreshToken }: OAuthConfig, client: TokenClient): OAuthEpmAuth {
    const { clock, log, tokens, ids, leases, instanceId } = this.foundations;
    if (refreshToken === null || this.tokenKey === null)
      throw new Error(`the sign-in ${connection} needs a refresh token and a key for what is stored of it`);
    const seed = ids.fingerprint(`epm refresh token ${refreshToken.reveal()}`);
    const seal = new TokenSeal(this.tokenKey);
    const record = new SignInRecord({ connection, seed, tokens, seal, clock });
    const grant = new RefreshTokenGrant({
      ...{ connection, refreshToken, client, record },
      ...{ leases, instanceId, clock, log },
    });
    const auth = new OAuthEpmAuth(connection, grant, clock, log);
    this.rotating.set(connection, { auth, record });
    return auth;
  }
}

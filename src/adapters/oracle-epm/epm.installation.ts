import type { EpmGateway } from '../../domain/board/epm-gateway';
import type { EpmTokenRepository } from '../../domain/board/epm-token.repository';
import type { Clock } from '../../domain/shared/clock';
import type { IdSource } from '../../domain/shared/id-source';
import type { LeaseRepository } from '../../domain/shared/lease';
import type { EpmConfig, EpmServerConfig } from '../../platform/config/config';
import type { Secret } from '../../platform/config/secret';
import { BasicEpmAuth } from './basic.epm-auth';
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

/** All that talks to Oracle EPM; without servers while pull mode is switched off. One per process: it keeps access tokens. */
export function installEpm(config: EpmConfig, foundations: EpmFoundations): EpmGateway {
  const signIns = new SignIns(config.tokenKey, foundations);
  const servers = (config.enabled ? config.servers : []).map(
    (server) => [server.id, new EpmServer(server, signIns.of(server), foundations.clock)] as const,
  );
  return new OracleEpmGateway(new Map(servers), signIns.rotating);
}

/** Servers of one connection share its tokens. */
class SignIns {
  readonly rotating = new Map<string, RotatingSignIn>();
  private readonly byConnection = new Map<string, OAuthEpmAuth>();

  constructor(
    private readonly tokenKey: Secret | null,
    private readonly foundations: EpmFoundations,
  ) {}

  of({ auth }: EpmServerConfig): EpmAuth {
    if (auth.type === 'basic') return new BasicEpmAuth(auth, this.foundations.clock);
    const known = this.byConnection.get(auth.connection) ?? this.create(auth);
    this.byConnection.set(auth.connection, known);
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

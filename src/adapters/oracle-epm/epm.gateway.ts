import type { EpmAnswer, EpmGateway, LostSignIn } from '../../domain/board/epm-gateway';
import type { EpmServer } from './epm.server';
import type { OAuthEpmAuth } from './oauth.epm-auth';
import type { SignInRecord } from './sign-in.record';

/** A sign-in that lives on by being used. */
export interface RotatingSignIn {
  readonly auth: OAuthEpmAuth;
  readonly record: SignInRecord;
}

/** Oracle EPM Cloud over its REST APIs; reads only. */
export class OracleEpmGateway implements EpmGateway {
  readonly servers: readonly string[];
  readonly connections: readonly string[];

  /** @param signIns by connection */
  constructor(
    private readonly serversById: ReadonlyMap<string, EpmServer>,
    private readonly signIns: ReadonlyMap<string, RotatingSignIn>,
  ) {
    this.servers = [...serversById.keys()];
    this.connections = [...signIns.keys()];
  }

  knowsJobIds(server: string, jobId: string): boolean {
    return this.serversById.get(server)?.knowsJobIds(jobId) ?? false;
  }

  async readJob(server: string, jobId: string, signal: AbortSignal): Promise<EpmAnswer> {
    const known = this.serversById.get(server);
    if (known === undefined) throw new Error(`no EPM server is called ${server}`);
    return known.readJob(jobId, signal);
  }

  /** What EPM or the network fails at is logged and tried again the next time. Rejects when the storage cannot be read, after all were tried. */
  async keepSignedIn(signal: AbortSignal): Promise<void> {
    const renewals = [...this.signIns.values()].map(async ({ auth, record }) => {
      if (!signal.aborted && (await record.isDue())) await auth.renew(signal);
    });
    const failures = (await Promise.allSettled(renewals)).flatMap((renewal) =>
      renewal.status === 'rejected' ? [renewal.reason as unknown] : [],
    );
    if (failures.length > 0) throw new AggregateError(failures, 'sign-ins at EPM could not be read');
  }

  /** As all instances see it. Rejects when the storage cannot be read. */
  async listLostSignIns(): Promise<readonly LostSignIn[]> {
    const lost: LostSignIn[] = [];
    for (const [connection, { record }] of this.signIns) {
      const standing = await record.read();
      if (standing.kind === 'lost') lost.push({ connection, error: standing.error });
    }
    return lost;
  }
}

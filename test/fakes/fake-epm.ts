import { ControlEndpoint } from './fake-epm/control/control-endpoint';
import { EpmState, toState } from './fake-epm/control/state';
import { CallLog, EpmCall } from './fake-epm/hosts/call-log';
import type { EpmFault } from './fake-epm/hosts/faults';
import { Host } from './fake-epm/hosts/host';
import { Listener } from './fake-epm/hosts/listener';
import type { TrafficFigures } from './fake-epm/hosts/traffic';
import { IdentityDomain, IdentityOptions, LOGIN_PATH, TOKEN_PATH } from './fake-epm/identity/identity-domain';
import type { Family, JobScript, Report } from './fake-epm/jobs/job-script';
import { Pod, PodOptions } from './fake-epm/pods/pod';

export type { EpmCall } from './fake-epm/hosts/call-log';
export type { EpmFault } from './fake-epm/hosts/faults';
export type { TrafficFigures } from './fake-epm/hosts/traffic';
export type { FakeClient } from './fake-epm/identity/clients';
export type { FakeUser } from './fake-epm/identity/users';
export type { Family, JobScript, Report } from './fake-epm/jobs/job-script';
export type { PodOptions } from './fake-epm/pods/pod';
export type { EpmState } from './fake-epm/control/state';

export interface FakeEpmOptions {
  /** Epoch ms; tests pass their fake clock. Default the system's. Jobs and tokens follow it. */
  now?: () => number;
  /** By name; `identity` is taken. Default `planning` (application `Vision`), `arcs` and `edm`. */
  pods?: Readonly<Record<string, PodOptions>>;
  identity?: IdentityOptions & { port?: number };
  /** Of the page and the control endpoint. Default a free one. */
  port?: number;
  /** Default `127.0.0.1`. */
  host?: string;
}

const DEFAULT_PODS: Readonly<Record<string, PodOptions>> = {
  planning: { product: 'planning' },
  arcs: { product: 'arcs' },
  edm: { product: 'edm' },
};

const IDENTITY = 'identity';

/**
 * An Oracle EPM Cloud that refuses what the real one refuses: several pods and their identity domain, each with an
 * address of its own, over real HTTP. Where the real behaviour is not known it takes the stricter of two readings; it
 * answers status reads only. "Host" is a pod's name or `identity`. What is handed out is a snapshot.
 */
export class FakeEpm {
  private readonly log: CallLog;
  private readonly identity: IdentityDomain;
  private readonly pods = new Map<string, Pod>();
  private readonly hosts = new Map<string, Host>();
  private readonly control: Listener;

  private constructor(private readonly options: FakeEpmOptions) {
    const now = options.now ?? Date.now;
    this.log = new CallLog(now);
    this.identity = new IdentityDomain(options.identity ?? {}, now);
    this.addHost(IDENTITY, (request, call) => this.identity.handle(request, call));
    for (const [name, podOptions] of Object.entries(options.pods ?? DEFAULT_PODS)) {
      if (this.hosts.has(name)) throw new Error(`no pod may be called ${name}`);
      const pod = new Pod(name, podOptions, this.identity, now);
      this.pods.set(name, pod);
      this.addHost(name, (request, call) => pod.handle(request, call));
    }
    const endpoint = new ControlEndpoint(this);
    this.control = new Listener((request, response) => endpoint.receive(request, response));
  }

  /** Rejects with `EADDRINUSE` when a port is taken. */
  static async start(options: FakeEpmOptions = {}): Promise<FakeEpm> {
    const fake = new FakeEpm(options);
    const host = options.host ?? '127.0.0.1';
    try {
      await fake.control.listen(options.port ?? 0, host);
      for (const { name, listener } of fake.hosts.values()) await listener.listen(fake.portOf(name), host);
    } catch (error) {
      await fake.close();
      throw error;
    }
    return fake;
  }

  /** For a server's `base_url`: `http://127.0.0.1:PORT`, another port for each pod. */
  baseUrl(pod: string): string {
    return this.host(pod).listener.url;
  }

  /** For `token_url`. */
  get tokenUrl(): string {
    return `${this.host(IDENTITY).listener.url}${TOKEN_PATH}`;
  }

  /** The page a person looks at; `/_fake/…` below it is the control endpoint. Ends with a slash. */
  get pageUrl(): string {
    return `${this.control.url}/`;
  }

  /** Starts a job and answers its id. Throws with a sentence when the pod cannot run such a job. */
  startJob(pod: string, script: JobScript): number | string {
    return this.pod(pod).jobs.start(script).id;
  }

  /** Ends it now, as scripted or as given; Data Integration's `status` lags behind as ever. */
  finishJob(pod: string, family: Family, id: number | string, ends?: JobScript['ends']): void {
    this.pod(pod).jobs.finish(family, id, ends);
  }

  /** From now on the job says this, whatever the clock says; what is not given stays as it is at this moment. */
  report(pod: string, family: Family, id: number | string, report: Partial<Report>): void {
    this.pod(pod).jobs.say(family, id, report);
  }

  /** As the daily restart leaves them: jobs under way stay "in progress" for ever. */
  strandRunningJobs(pod: string): void {
    this.pod(pod).jobs.strandRunning();
  }

  /** The first refresh token, as a person gets it by signing in for the client; see `IdentityDomain.signIn`. */
  signIn(who: { client: string; user?: string; scope?: string }): string {
    return this.identity.signIn(who);
  }

  /** Every access token issued so far answers 401 from now on. */
  revokeAccessTokens(): void {
    this.identity.tokens.revokeAccess();
  }

  /** Every refresh token issued so far is `invalid_grant` from now on: a person has to sign in again. */
  revokeRefreshTokens(): void {
    this.identity.tokens.revokeRefresh();
  }

  fault(host: string, fault: EpmFault): void {
    this.host(host).faults.add(fault);
  }

  /** Of one host, or of all. */
  clearFaults(host?: string): void {
    for (const each of host === undefined ? this.hosts.values() : [this.host(host)]) each.faults.clear();
  }

  /** Connections are refused until `bringUp`; those that are open are lost. */
  takeDown(host: string): Promise<void> {
    return this.host(host).listener.takeDown();
  }

  bringUp(host: string): Promise<void> {
    return this.host(host).listener.bringUp();
  }

  /** Resolves once `count` requests wait there in a `held` fault. */
  whenHeld(host: string, count: number): Promise<void> {
    return this.host(host).gate.whenWaiting(count);
  }

  /** Lets go what waits now. */
  release(host: string): void {
    this.host(host).gate.open();
  }

  /** Every request received, oldest first; of one host or of all. */
  calls(host?: string): EpmCall[] {
    return structuredClone(this.log.list(host));
  }

  traffic(host: string): TrafficFigures {
    return this.host(host).traffic.figures();
  }

  state(): EpmState {
    return toState([...this.hosts.values()], [...this.pods.values()], this.identity);
  }

  /** Back to the start: no jobs, calls or faults, every host up. Tokens stay, as whoever holds them still does. */
  async reset(): Promise<void> {
    for (const { jobs } of this.pods.values()) jobs.clear();
    for (const host of this.hosts.values()) await host.reset();
    this.log.clear();
  }

  /** Ends everything at once, unanswered requests included. */
  async close(): Promise<void> {
    await Promise.all([this.control.takeDown(), ...[...this.hosts.values()].map((host) => host.close())]);
  }

  private addHost(name: string, desk: ConstructorParameters<typeof Host>[0]['desk']): void {
    const loginUrl = (): string => `${this.host(IDENTITY).listener.url}${LOGIN_PATH}`;
    this.hosts.set(name, new Host({ name, desk, log: this.log, loginUrl }));
  }

  private portOf(host: string): number {
    return (host === IDENTITY ? this.options.identity?.port : this.pods.get(host)?.options.port) ?? 0;
  }

  private host(name: string): Host {
    const host = this.hosts.get(name);
    if (!host) throw new Error(`no host ${name}; there are ${[...this.hosts.keys()].join(', ')}`);
    return host;
  }

  private pod(name: string): Pod {
    const pod = this.pods.get(name);
    if (!pod) throw new Error(`no pod ${name}; there are ${[...this.pods.keys()].join(', ')}`);
    return pod;
  }
}

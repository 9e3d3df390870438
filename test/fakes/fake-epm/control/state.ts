import type { EpmFault } from '../hosts/faults';
import type { Host } from '../hosts/host';
import type { TrafficFigures } from '../hosts/traffic';
import type { IdentityDomain } from '../identity/identity-domain';
import type { Family, Report } from '../jobs/job-script';
import type { Pod } from '../pods/pod';

export interface HostState {
  readonly name: string;
  readonly url: string;
  readonly isUp: boolean;
  readonly traffic: TrafficFigures;
  readonly faults: readonly { kind: EpmFault['kind']; left: number }[];
}

export interface JobState extends Report {
  readonly pod: string;
  readonly family: Family;
  readonly application: string | null;
  readonly id: number | string;
  /** False before its start: its id is unknown to callers. */
  readonly isKnown: boolean;
  readonly isRunning: boolean;
}

/** Everything worth looking at, for the page, the text and the drills. */
export interface EpmState {
  readonly hosts: readonly HostState[];
  readonly jobs: readonly JobState[];
  /** Tokens that would still be accepted. */
  readonly tokens: { readonly access: number; readonly refresh: number };
}

export function toState(hosts: readonly Host[], pods: readonly Pod[], identity: IdentityDomain): EpmState {
  return {
    hosts: hosts.map(({ name, listener, traffic, faults }) => ({
      name,
      url: listener.url,
      isUp: listener.isUp,
      traffic: traffic.figures(),
      faults: faults.list(),
    })),
    jobs: pods.flatMap((pod) =>
      pod.jobs.list().map((job) => ({
        pod: pod.name,
        family: job.family,
        application: job.application,
        id: job.id,
        isKnown: job.isKnown,
        isRunning: job.isRunning,
        ...job.report(),
      })),
    ),
    tokens: identity.tokens.countLiving(),
  };
}

import { answerArcs } from '../families/arcs';
import { answerDataIntegration } from '../families/data-integration';
import { answerEdm } from '../families/edm';
import type { FamilyDesk, PodManners } from '../families/family';
import { answerPlanning } from '../families/planning';
import { Answer, json, webPage, wrongVerb } from '../hosts/answer';
import type { EpmCall } from '../hosts/call-log';
import type { EpmRequest } from '../hosts/host';
import { DEFAULT_SCOPE } from '../identity/clients';
import type { IdentityDomain } from '../identity/identity-domain';
import { JobBook } from '../jobs/job-book';
import type { Family } from '../jobs/job-script';
import { authenticate, PodAuthentication } from './authentication';

export type Product = 'planning' | 'arcs' | 'edm';

export interface PodOptions {
  /** What runs there: `planning` answers Planning's and Data Integration's paths, the others only their own. */
  product: Product;
  /** Of a Planning pod; default `Vision`. */
  applications?: readonly string[];
  /** Default `https://epm-lb-01.internal.oraclecloud.com:443`: a host nobody outside can reach. */
  linkOrigin?: string;
  /** How the body spells Planning's id; both have been printed. Default `jobId`. */
  jobIdSpelling?: 'jobId' | 'jobID';
  /** Of `descriptiveStatus`. Default `en`. */
  language?: 'en' | 'de';
  /** Default `not_found`. */
  unknownAs?: 'not_found' | 'server_error';
  /** Bearer tokens must carry it. Default `urn:opc:epm`. */
  scope?: string;
  /** Older pods want `<identityDomain>.<user>` for Basic. Default none. */
  identityDomain?: string;
  /** Client credentials work here. Default false: the token names nobody whose role could be checked. */
  acceptsTokensWithoutUser?: boolean;
  /** Default a free one. */
  port?: number;
}

const FAMILIES_OF: Readonly<Record<Product, readonly Family[]>> = {
  planning: ['planning', 'data-integration'],
  arcs: ['arcs'],
  edm: ['edm'],
};

const DESKS: Readonly<Record<Family, FamilyDesk>> = {
  planning: answerPlanning,
  'data-integration': answerDataIntegration,
  arcs: answerArcs,
  edm: answerEdm,
};

/** What starts jobs on the real one. Vesper only reads, so nothing here pretends to have started anything. */
const START_PATH =
  /^\/(HyperionPlanning\/rest\/v3\/applications\/[^/]+|aif\/rest\/V1|armARCS\/rest\/v1)\/jobs\/?$/;

/** One environment: authentication first, then the paths of its families, then "not found". */
export class Pod {
  readonly jobs: JobBook;
  readonly families: readonly Family[];
  private readonly manners: PodManners;
  private readonly authentication: PodAuthentication;

  constructor(
    readonly name: string,
    readonly options: PodOptions,
    private readonly identity: IdentityDomain,
    now: () => number,
  ) {
    this.families = FAMILIES_OF[options.product];
    this.manners = {
      applications: options.product === 'planning' ? (options.applications ?? ['Vision']) : [],
      linkOrigin: options.linkOrigin ?? 'https://epm-lb-01.internal.oraclecloud.com:443',
      jobIdSpelling: options.jobIdSpelling ?? 'jobId',
      language: options.language ?? 'en',
      unknownAs: options.unknownAs ?? 'not_found',
    };
    this.authentication = {
      scope: options.scope ?? DEFAULT_SCOPE,
      identityDomain: options.identityDomain ?? null,
      acceptsTokensWithoutUser: options.acceptsTokensWithoutUser ?? false,
    };
    this.jobs = new JobBook({ families: this.families, applications: this.manners.applications, now });
  }

  handle({ verb, path, query, headers }: EpmRequest, call: EpmCall): Answer {
    const admission = authenticate(headers.authorization, this.identity, this.authentication);
    if ('refusal' in admission) return admission.refusal;
    call.principal = admission.principal;
    if (verb === 'POST' && START_PATH.test(path))
      return json(501, { message: 'The fake EPM starts no jobs for callers; script them.' });
    const answer = this.firstAnswer({ path, query, jobs: this.jobs, pod: this.manners });
    if (!answer) return webPage(404, 'Error 404--Not Found', 'The server has not found anything matching.');
    return verb === 'GET' ? answer : wrongVerb('GET');
  }

  private firstAnswer(request: Parameters<FamilyDesk>[0]): Answer | null {
    for (const family of this.families) {
      const answer = DESKS[family](request);
      if (answer) return answer;
    }
    return null;
  }
}

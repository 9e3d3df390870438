export const FAMILIES = ['planning', 'data-integration', 'arcs', 'edm'] as const;
export type Family = (typeof FAMILIES)[number];

interface Timing {
  /** How long after the call the job exists; asked before, its id is unknown. Default 0. */
  startsInMs?: number;
  /** How long it runs, by the fake's clock; `null` (default): until it is finished or reported by hand. */
  runsForMs?: number | null;
}

/** A message of a load, as `childjobs/{id}/details` lists it. */
export interface LoadMessage {
  readonly type: 'ERROR' | 'WARNING' | 'INFO';
  readonly text: string;
}

/** What a job of IMPORT_/EXPORT_ METADATA/DATA did for one dimension or file; each is a child job. */
export interface Load {
  readonly dimension: string;
  readonly messages?: readonly LoadMessage[];
}

export interface PlanningScript extends Timing {
  family: 'planning';
  /** Default the pod's next number. */
  id?: number;
  /** Default the pod's first application. */
  application?: string;
  jobName?: string;
  /** Default `RULES`. */
  jobType?: string;
  /** Default `{ status: 0 }`. */
  ends?: { status: number; details?: string };
  loads?: readonly Load[];
}

export interface DataIntegrationScript extends Timing {
  family: 'data-integration';
  /** Default the next number of this family, which counts apart from Planning's. */
  id?: number;
  /** Default `COMM_LOAD_BALANCES`. */
  processType?: string;
  /** Default `{ status: 0 }`; `jobStatus` by default the word that belongs to the status. */
  ends?: { status: number; jobStatus?: string; details?: string };
  /** How long `status` still says -1 after `jobStatus` has its last word. Default 5 s; `null` = for ever. */
  statusLagMs?: number | null;
}

export interface ArcsScript extends Timing {
  family: 'arcs';
  id?: number;
  /** Default `CREATE_RECONCILIATIONS`. Never shown to the caller; MONITOR_RECONCILIATIONS may end with -1. */
  jobName?: string;
  /** Default `{ status: 0 }`. */
  ends?: { status: number; details?: string };
}

export interface EdmScript extends Timing {
  family: 'edm';
  /** A UUID; default a new one. */
  id?: string;
  /** Default `EXPORT_DIMENSION`. */
  origin?: string;
  /**
   * Default `{ status: 'COMPLETED' }`. An `error` may stand beside any word; `success: false` is what `…/result` says of
   * a run that COMPLETED without achieving anything.
   */
  ends?: { status: string; error?: string; success?: boolean };
}

export type JobScript = PlanningScript | DataIntegrationScript | ArcsScript | EdmScript;

/** What the status call says of a job at one moment; the fields a family does not have are `null`. */
export interface Report {
  readonly status: number | string;
  readonly details: string | null;
  /** Data Integration's second opinion. */
  readonly jobStatus: string | null;
  /** EDM's. */
  readonly error: string | null;
}

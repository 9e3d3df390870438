/** What EPM says of a job, in Vesper's words (contracts of Oracle EPM, "Vesper state mapping"). */
export type EpmJobState = 'running' | 'succeeded' | 'failed' | 'cancelled' | 'unknown';

/** `asked` is `false` where the server was not asked at all, for want of a sign-in to ask with: nothing new is known of it. */
export type EpmAnswer =
  | {
      readonly kind: 'state';
      readonly state: EpmJobState;
      /** The code or word as EPM sent it. */
      readonly code: string;
      /** EPM's own text, cut and without stack traces; `null` when it said nothing. */
      readonly text: string | null;
    }
  /** The job, the application or the path is not known there. */
  | { readonly kind: 'not_found'; readonly text: string | null }
  /** Down, in maintenance, or answering something that is not an answer. Nothing is known of the job. */
  | { readonly kind: 'unreachable'; readonly error: string; readonly asked?: false }
  /** The credentials were refused, and a fresh token as well. */
  | { readonly kind: 'unauthorized'; readonly error: string; readonly asked?: false };

/** A connection whose sign-in only a person can renew; nothing is asked of it until then. */
export interface LostSignIn {
  /** Names the connection in the configuration; never a secret. */
  readonly connection: string;
  /** What the identity service answered, without secrets. */
  readonly error: string;
}

/** Asks Oracle EPM about jobs. It never starts or changes anything there. */
export interface EpmGateway {
  /** Servers that can be asked, by id. */
  readonly servers: readonly string[];
  /** Whether the id looks like one of the server's API family; others (a name made up by a rule) cannot be asked for. */
  knowsJobIds(server: string, jobId: string): boolean;
  /** Never rejects for a fault of EPM or the network. Tries a few times by itself. */
  readJob(server: string, jobId: string, signal: AbortSignal): Promise<EpmAnswer>;
  /** Renews what would expire if it were not used for long. To be called now and then. */
  keepSignedIn(signal: AbortSignal): Promise<void>;
  /** Sign-ins that rotate and so may be lost. */
  readonly connections: readonly string[];
  /** Those of them that wait for a person. */
  listLostSignIns(): Promise<readonly LostSignIn[]>;
}

export const EpmGateway = Symbol('EpmGateway');

import { Answer, json } from '../hosts/answer';
import type { JobBook } from '../jobs/job-book';

/** How the pod shows itself; what the families' answers depend on besides the jobs. */
export interface PodManners {
  readonly applications: readonly string[];
  /** What stands before the path in `links[].href`. */
  readonly linkOrigin: string;
  readonly jobIdSpelling: 'jobId' | 'jobID';
  readonly language: 'en' | 'de';
  /** An unknown application or job: 404, or (seen on some pods) 500 with a Java message. */
  readonly unknownAs: 'not_found' | 'server_error';
}

export interface FamilyRequest {
  /** As sent, still encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly jobs: JobBook;
  readonly pod: PodManners;
}

/** Answers a GET, or `null` when the path is none of this family's. */
export type FamilyDesk = (request: FamilyRequest) => Answer | null;

export function selfLink(pod: PodManners, path: string): Record<string, string> {
  return { rel: 'self', href: `${pod.linkOrigin}${path}`, action: 'GET' };
}

/** An unknown thing, as this pod shows it; `body` is the family's own shape of a 404. */
export function unknown(pod: PodManners, what: string, body: unknown): Answer {
  if (pod.unknownAs === 'not_found') return json(404, body);
  const message = `java.lang.IllegalArgumentException: ${what}`;
  return json(500, { message, localizedMessage: message });
}

/** One path segment decoded; `null` when it is not well-formed. */
export function decoded(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

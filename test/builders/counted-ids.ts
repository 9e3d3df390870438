import type { IdSource } from '../../src/domain/shared/id-source';

/** `id-1`, `id-2` …; a fingerprint is the text itself, marked as one. */
export function countedIds(): IdSource {
  let made = 0;
  return {
    next: () => `id-${++made}`,
    fingerprint: (text) => `fingerprint of ${text}`,
  };
}

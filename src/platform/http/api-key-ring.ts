import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ApiKey } from '../../domain/api-keys/api-key';

const BEARER = /^Bearer +([^ ]+) *$/i;

/** The key that a request presents, in either of the two headers; `null` when it presents none. */
export function presentedKey(headers: IncomingHttpHeaders): string | null {
  const own = headers['x-api-key'];
  if (typeof own === 'string') return own;
  return BEARER.exec(headers.authorization ?? '')?.[1] ?? null;
}

/** The keys that are let in. */
export class ApiKeyRing {
  constructor(private readonly keys: readonly ApiKey[]) {}

  /** Compares with every key, whichever matches and whether any does, so that the time it takes says nothing. */
  identify(presented: string): ApiKey | null {
    const digest = hash('sha256', presented, 'buffer');
    let found: ApiKey | null = null;
    for (const key of this.keys) if (timingSafeEqual(digest, key.hash)) found = key;
    return found;
  }
}

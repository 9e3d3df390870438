import { hash as digest } from 'node:crypto';
import { DEFAULT_SCOPES, SCOPES, type ApiKey, type Scope } from '../../domain/api-keys/api-key';

/** The key of .env.example; a production start refuses it. */
export const EXAMPLE_API_KEY = 'change-me-to-a-long-random-text';
/** Spec 10, "Authentication and limits". */
const SHORTEST_PRODUCTION_KEY = 24;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** What arrives unchanged in an HTTP header. */
const KEY = /^[!-~]+$/;

export interface ParsedApiKeys {
  readonly keys: readonly ApiKey[];
  /** They name entries by number and quote nothing: name, key and scope may have been mixed up. */
  readonly faults: readonly string[];
}

/** Reads `name:key` or `name:key:scope+scope`, comma-separated. Of the keys themselves only the hashes are kept. */
export function parseApiKeys(text: string, production: boolean): ParsedApiKeys {
  const parts = text.trim() === '' ? [] : text.split(',');
  if (parts.length === 0)
    return { keys: [], faults: production ? ['API_KEYS must hold at least one key in production'] : [] };
  const entries = parts.map((part) => parseEntry(part, production));
  const faults = entries.flatMap((entry, index) =>
    [...entry.faults, ...clashes(entry.apiKey, index, entries)].map(
      (fault) => `API_KEYS: entry ${index + 1} ${fault}`,
    ),
  );
  return { keys: entries.map(({ apiKey }) => apiKey), faults };
}

/** The form in which keys are kept and compared. */
export function hashApiKey(key: string): Buffer {
  return digest('sha256', key, 'buffer');
}

interface Entry {
  readonly apiKey: ApiKey;
  readonly faults: readonly string[];
}

function parseEntry(part: string, production: boolean): Entry {
  const [name = '', key = '', scopes, ...rest] = part.split(':').map((field) => field.trim());
  const faults: string[] = [];
  if (!NAME.test(name)) faults.push('must have a name of 1-64 letters, digits, dots, underscores or hyphens');
  if (rest.length > 0) faults.push('must be name:key or name:key:scope+scope (a key holds no colon)');
  faults.push(...keyFaults(key, production));
  const granted = scopes === undefined ? DEFAULT_SCOPES : scopes.split('+');
  if (!granted.every(isScope)) faults.push(`has an unknown scope (known: ${SCOPES.join(', ')})`);
  return { apiKey: { name, hash: hashApiKey(key), scopes: granted.filter(isScope) }, faults };
}

function keyFaults(key: string, production: boolean): string[] {
  if (key === '') return ['has no key'];
  if (!KEY.test(key)) return ['must have a key of printable ASCII characters without spaces'];
  if (!production) return [];
  if (key === EXAMPLE_API_KEY) return ['is the example key, which everybody knows'];
  return key.length < SHORTEST_PRODUCTION_KEY
    ? [`must have a key of at least ${SHORTEST_PRODUCTION_KEY} characters in production`]
    : [];
}

function clashes(apiKey: ApiKey, index: number, entries: readonly Entry[]): string[] {
  const earlier = entries.slice(0, index).map((entry) => entry.apiKey);
  const sameName = earlier.findIndex(({ name }) => name === apiKey.name);
  const sameKey = earlier.findIndex(({ hash }) => Buffer.compare(hash, apiKey.hash) === 0);
  return [
    ...(sameName >= 0 ? [`has the name of entry ${sameName + 1}`] : []),
    ...(sameKey >= 0 ? [`has the key of entry ${sameKey + 1}`] : []),
  ];
}

function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}

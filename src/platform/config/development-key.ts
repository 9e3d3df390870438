import { randomBytes } from 'node:crypto';
import { SCOPES, type ApiKey } from '../../domain/api-keys/api-key';
import { hashApiKey } from './parse-api-keys';

/** A key for one run outside production, when none is configured; `text` is what the caller prints once. */
export function createDevelopmentKey(): { readonly apiKey: ApiKey; readonly text: string } {
  const text = `dev-${randomBytes(18).toString('base64url')}`;
  return { text, apiKey: { name: 'development', hash: hashApiKey(text), scopes: SCOPES } };
}

export type GrantType = 'refresh_token' | 'client_credentials';

/** An application registered in the identity domain. */
export interface FakeClient {
  readonly id: string;
  /** `null` = public ("mobile") client: it has no secret, and only names itself in the form. */
  readonly secret: string | null;
  /** Default both for a confidential client, `refresh_token` for a public one. */
  readonly grants?: readonly GrantType[];
  /** The scopes of the resources added to the application; default `urn:opc:epm`. */
  readonly scopes?: readonly string[];
}

export const DEFAULT_SCOPE = 'urn:opc:epm';

export const DEFAULT_CLIENTS: readonly FakeClient[] = [
  { id: 'vesper', secret: 'vesper-secret' },
  { id: 'vesper-mobile', secret: null },
];

export function grantsOf(client: FakeClient): readonly GrantType[] {
  return (
    client.grants ?? (client.secret === null ? ['refresh_token'] : ['refresh_token', 'client_credentials'])
  );
}

export function scopesOf(client: FakeClient): readonly string[] {
  return client.scopes ?? [DEFAULT_SCOPE];
}

/**
 * The client a token request comes from, `null` = `invalid_client`. A confidential client proves itself in an HTTP
 * Basic header and nowhere else, a public one has no header and stands in the form: the stricter reading of each.
 */
export function identifyClient(
  clients: readonly FakeClient[],
  authorization: string | undefined,
  form: URLSearchParams,
): FakeClient | null {
  if (form.has('client_secret')) return null;
  const named = form.get('client_id');
  if (authorization === undefined) return find(clients, named, null);
  const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(authorization)?.[1];
  if (encoded === undefined) return null;
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(/:(.*)/s, 2);
  return named === null || named === id ? find(clients, id, secret) : null;
}

function find(clients: readonly FakeClient[], id: string | null, secret: string | null): FakeClient | null {
  return clients.find((client) => client.id === id && client.secret === secret) ?? null;
}

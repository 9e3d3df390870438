import type { FakeEpm } from '../fake-epm';

export interface EpmReply {
  readonly status: number;
  readonly contentType: string | null;
  /** The parsed body of a JSON answer, the text of any other. */
  readonly body: unknown;
}

export const BASIC = basic('epm_robot', 'epm-password');

export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** A request to a pod as a plain client sends it; by default as the known user. Redirects are not followed. */
export async function get(
  fake: FakeEpm,
  pod: string,
  path: string,
  { authorization = BASIC, ...init }: RequestInit & { authorization?: string | null } = {},
): Promise<EpmReply> {
  const response = await fetch(`${fake.baseUrl(pod)}${path}`, {
    redirect: 'manual',
    ...init,
    headers: authorization === null ? {} : { authorization },
  });
  return read(response);
}

/** A token request; `secret` goes where a confidential client has it. */
export async function askToken(
  fake: FakeEpm,
  form: Readonly<Record<string, string>>,
  authorization?: string,
): Promise<EpmReply> {
  const response = await fetch(fake.tokenUrl, {
    method: 'POST',
    body: new URLSearchParams(form),
    headers: authorization === undefined ? {} : { authorization },
  });
  return read(response);
}

/** The fields of a JSON answer. */
export function fieldsOf({ body }: EpmReply): Record<string, unknown> {
  if (typeof body !== 'object' || body === null) throw new Error(`not an object: ${String(body)}`);
  return body as Record<string, unknown>;
}

async function read(response: Response): Promise<EpmReply> {
  const contentType = response.headers.get('content-type');
  const text = await response.text();
  const body: unknown = contentType?.startsWith('application/json') ? JSON.parse(text) : text;
  return { status: response.status, contentType, body };
}

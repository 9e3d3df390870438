import { IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import { DtoReader } from '../validation/dto-reader';
import type { EpmAuthConfig } from './config';
import { addressFault } from './epm-address';
import type { FilePart } from './file-part';
import { isJsonObject } from './json-text';
import { Secret } from './secret';

/** Names the sign-in of `epm.auth`. */
export const SHARED_CONNECTION = 'shared';

type OAuth = Extract<EpmAuthConfig, { type: 'oauth' }>;

const GRANTS: readonly OAuth['grant'][] = ['client_credentials', 'refresh_token'];
const LONGEST_CREDENTIAL = 4_096;
/** What goes through a form or a header unchanged. */
const PRINTABLE_ASCII = /^[ -~]+$/;
const printable = { message: '$property must be printable ASCII' };
const CONTROL_FREE = /^\P{Cc}+$/u;

/** `auth` of type `basic` as the file writes it. */
export class BasicEntry {
  @IsIn(['basic'])
  type!: string;

  /** HTTP's own rule: the first colon ends the user's name. */
  @Matches(/^[^:\p{Cc}]+$/u, { message: '$property must be a text without colons and control characters' })
  @Length(1, LONGEST_CREDENTIAL)
  username!: string;

  @Matches(CONTROL_FREE, { message: '$property must be a text without control characters' })
  @Length(1, LONGEST_CREDENTIAL)
  password!: string;
}

/** `auth` of type `oauth` as the file writes it. */
export class OAuthEntry {
  @IsIn(['oauth'])
  type!: string;

  @IsString()
  token_url!: string;

  @Matches(PRINTABLE_ASCII, printable)
  @Length(1, LONGEST_CREDENTIAL)
  client_id!: string;

  @IsOptional()
  @Matches(PRINTABLE_ASCII, printable)
  @Length(1, LONGEST_CREDENTIAL)
  client_secret?: string | null;

  @IsOptional()
  @Matches(PRINTABLE_ASCII, printable)
  @Length(1, LONGEST_CREDENTIAL)
  scope?: string | null;

  @IsOptional()
  @IsIn(GRANTS)
  grant?: OAuth['grant'] | null;

  /** Those of Oracle's identity domains are JSON web tokens or opaque texts of up to a few thousand characters. */
  @IsOptional()
  @Matches(PRINTABLE_ASCII, printable)
  @Length(1, 4 * LONGEST_CREDENTIAL)
  refresh_token?: string | null;
}

const basicReader = new DtoReader(BasicEntry);
const oauthReader = new DtoReader(OAuthEntry);

/** @returns `null` when it is wrong, which is said; or no object at all, which is for the reader of the whole to say */
export function readEpmAuth(part: FilePart, connection: string, production: boolean): EpmAuthConfig | null {
  if (!isJsonObject(part.value)) return null;
  const type = part.member('type').value;
  if (type === 'basic') return readBasic(part);
  if (type === 'oauth') return readOAuth(part, connection, production);
  part.member('type').refuse('must be basic or oauth');
  return null;
}

function readBasic(part: FilePart): EpmAuthConfig | null {
  const entry = part.read(basicReader);
  if (entry === null) return null;
  return { type: 'basic', username: entry.username, password: new Secret(entry.password) };
}

function readOAuth(part: FilePart, connection: string, production: boolean): OAuth | null {
  const tokenUrl = readTokenUrl(part.member('token_url'), production);
  const entry = part.read(oauthReader);
  if (entry === null) return null;
  const grant = entry.grant ?? (entry.refresh_token == null ? 'client_credentials' : 'refresh_token');
  for (const fault of grantFaults(entry, grant)) part.refuse(fault);
  if (tokenUrl === null) return null;
  return {
    type: 'oauth',
    connection,
    tokenUrl,
    clientId: entry.client_id,
    clientSecret: entry.client_secret == null ? null : new Secret(entry.client_secret),
    scope: entry.scope ?? null,
    grant,
    refreshToken: entry.refresh_token == null ? null : new Secret(entry.refresh_token),
  };
}

function readTokenUrl(part: FilePart, production: boolean): string | null {
  if (typeof part.value !== 'string') return null;
  const fault = addressFault(part.value, production);
  if (fault !== null) part.refuse(fault);
  return fault === null ? new URL(part.value).href : null;
}

function grantFaults(entry: OAuthEntry, grant: OAuth['grant']): string[] {
  const hasToken = entry.refresh_token != null;
  if (grant === 'refresh_token')
    return hasToken ? [] : ['refresh_token must be set for the grant refresh_token'];
  if (hasToken) return ['refresh_token is not used by the grant client_credentials'];
  if (entry.client_secret != null) return [];
  return entry.grant == null
    ? ['must have a refresh_token (grant refresh_token) or a client_secret (grant client_credentials)']
    : ['client_secret must be set for the grant client_credentials'];
}

/** Whether two sign in as the same user in the same way. The grant follows from the secrets. */
export function isSameSignIn(a: EpmAuthConfig, b: EpmAuthConfig): boolean {
  if (a.type === 'basic' || b.type === 'basic') {
    if (a.type !== 'basic' || b.type !== 'basic') return false;
    return a.username === b.username && a.password.reveal() === b.password.reveal();
  }
  return (
    a.tokenUrl === b.tokenUrl &&
    a.clientId === b.clientId &&
    a.scope === b.scope &&
    isSameSecret(a.clientSecret, b.clientSecret) &&
    isSameSecret(a.refreshToken, b.refreshToken)
  );
}

/** A refresh token is used once: whichever of two connections came second would be locked out. */
export function sharesRefreshToken(a: EpmAuthConfig, b: EpmAuthConfig): boolean {
  if (a.type !== 'oauth' || b.type !== 'oauth' || a.connection === b.connection) return false;
  return a.refreshToken !== null && isSameSecret(a.refreshToken, b.refreshToken);
}

function isSameSecret(a: Secret | null, b: Secret | null): boolean {
  return a?.reveal() === b?.reveal();
}

import { IsIn, IsObject, IsOptional, IsString } from 'class-validator';
import { DtoReader } from '../validation/dto-reader';
import { IsName } from './board-rules';
import { EPM_FAMILIES, type EpmAuthConfig, type EpmFamily, type EpmServerConfig } from './config';
import { baseAddressFault } from './epm-address';
import { SHARED_CONNECTION, isSameSignIn, readEpmAuth, sharesRefreshToken } from './epm-auth';
import type { FilePart } from './file-part';

/** `epm` as the file writes it. */
class EpmEntry {
  @IsOptional()
  @IsObject()
  auth?: object | null;

  @IsOptional()
  @IsObject()
  servers?: object | null;
}

/** One of `epm.servers` as the file writes it. */
export class ServerEntry {
  @IsOptional()
  @IsName()
  name?: string | null;

  @IsString()
  base_url!: string;

  @IsIn(EPM_FAMILIES)
  family!: EpmFamily;

  @IsOptional()
  @IsName()
  application?: string | null;

  @IsOptional()
  @IsObject()
  auth?: object | null;
}

const SERVER_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$/;
const MOST_SERVERS = 20;

const epmReader = new DtoReader(EpmEntry);
const serverReader = new DtoReader(ServerEntry);

export interface ReadServer {
  readonly part: FilePart;
  /** Neither it nor `epm` says how to sign in. */
  readonly lacksAuth: boolean;
  /** `null` when it cannot be asked: it lacks auth, or is wrong, which was said. */
  readonly server: EpmServerConfig | null;
}

/** By id, in the order of the file; what is wrong is said. */
export function readEpmSection(part: FilePart, production: boolean): ReadonlyMap<string, ReadServer> {
  if (!part.isAbsent) part.read(epmReader);
  const sharedPart = part.member('auth');
  const shared = readEpmAuth(sharedPart, SHARED_CONNECTION, production);
  const servers = new Map<string, ReadServer>();
  for (const [id, serverPart] of part.member('servers').members()) {
    if (!SERVER_ID.test(id) || id === SHARED_CONNECTION)
      serverPart.refuse(
        `its id must be 1-50 letters, digits and . _ -, beginning with a letter or digit, and not ${SHARED_CONNECTION}`,
      );
    const ownPart = serverPart.member('auth');
    const lacksAuth = ownPart.isAbsent && sharedPart.isAbsent;
    const auth = ownPart.isAbsent ? shared : readEpmAuth(ownPart, id, production);
    servers.set(id, { part: serverPart, lacksAuth, server: readServer(serverPart, id, auth, production) });
  }
  if (servers.size > MOST_SERVERS) part.member('servers').refuse(`must hold at most ${MOST_SERVERS} servers`);
  checkSignIns([...servers.values()], shared);
  return servers;
}

function readServer(
  part: FilePart,
  id: string,
  auth: EpmAuthConfig | null,
  production: boolean,
): EpmServerConfig | null {
  const baseUrl = readBaseUrl(part.member('base_url'), production);
  const entry = part.read(serverReader);
  if (entry === null) return null;
  const { family } = entry;
  const application = entry.application ?? null;
  if (family === 'planning' && application === null)
    part.refuse('application must be set for the family planning: its paths hold it');
  if (family !== 'planning' && application !== null)
    part.refuse(`application is not used by the family ${family}`);
  if (baseUrl === null || auth === null) return null;
  return { id, name: entry.name ?? id, baseUrl, family, application, auth };
}

function readBaseUrl(part: FilePart, production: boolean): string | null {
  if (typeof part.value !== 'string') return null;
  const fault = baseAddressFault(part.value, production);
  if (fault !== null) part.refuse(fault);
  return fault === null ? new URL(part.value).origin : null;
}

/** Two ways to sign in to the same API of the same pod are a mistake; two connections with the same refresh token would lock each other out. */
function checkSignIns(servers: readonly ReadServer[], shared: EpmAuthConfig | null): void {
  for (const [index, { part, server }] of servers.entries()) {
    if (server === null) continue;
    if (shared !== null && sharesRefreshToken(server.auth, shared))
      part.member('auth').refuse('refresh_token is that of epm.auth, and can be used once only');
    for (const { part: otherPart, server: other } of servers.slice(0, index)) {
      if (other === null) continue;
      if (sharesRefreshToken(server.auth, other.auth) && other.auth !== shared && server.auth !== shared)
        part.member('auth').refuse(`refresh_token is that of ${otherPart.place}, and can be used once only`);
      const fault = twinFault(server, other);
      if (fault !== null) part.refuse(`${fault} ${otherPart.place}`);
    }
  }
}

function twinFault(server: EpmServerConfig, other: EpmServerConfig): string | null {
  if (server.baseUrl !== other.baseUrl || server.family !== other.family) return null;
  if (!isSameSignIn(server.auth, other.auth))
    return 'must sign in to its address and family in the same way as';
  return server.application === other.application ? 'is the same server as' : null;
}

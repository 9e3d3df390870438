import { IsBoolean, IsNumber, IsObject, IsOptional, Max, Min } from 'class-validator';
import type { Board, BoardApp } from '../../domain/board/board';
import { DtoReader } from '../validation/dto-reader';
import { readApps, readChannels } from './board-section';
import type { EpmConfig } from './config';
import { readEpmSection, type ReadServer } from './epm-section';
import { FilePart } from './file-part';
import { parseJsonText } from './json-text';
import { fillInPlaceholders } from './placeholders';

const POLL_INTERVAL_SECONDS = 30;
const LONGEST_POLL_MINUTES = 60;

/** The file as it is written. */
export class AppsFile {
  @IsOptional()
  @IsObject()
  epm?: object | null;

  @IsOptional()
  @IsObject()
  pull_mode?: object | null;

  @IsObject()
  apps!: object;

  @IsOptional()
  @IsObject()
  channels?: object | null;
}

/** `pull_mode` as the file writes it. */
export class PullModeEntry {
  @IsBoolean()
  enabled!: boolean;

  @IsOptional()
  @IsNumber()
  @Min(0.001)
  @Max(3_600)
  poll_interval_seconds?: number | null;

  @IsOptional()
  @IsNumber()
  @Min(0.001)
  @Max(7 * 24 * 60)
  max_poll_duration_minutes?: number | null;
}

const fileReader = new DtoReader(AppsFile);
const pullModeReader = new DtoReader(PullModeEntry);

export interface AppsFileSources {
  /** Fills in `${NAME}`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether the strict checks are on. */
  readonly production: boolean;
}

export interface ParsedApps {
  readonly board: Pick<Board, 'apps' | 'channels'>;
  readonly epm: Omit<EpmConfig, 'tokenKey'>;
  /** Each begins with the place in the file. */
  readonly faults: readonly string[];
}

/** What there is without the file: the board is switched off. */
export const NO_APPS: ParsedApps = {
  board: { apps: [], channels: [] },
  epm: { servers: [], ...toPullMode(null) },
  faults: [],
};

/** Reads config/apps.json (spec 20, "Configuration"); every fault of the file is listed. */
export function parseAppsFile(text: string, { environment, production }: AppsFileSources): ParsedApps {
  const { document, faults: jsonFaults } = parseJsonText(text);
  if (document === null)
    return { ...NO_APPS, faults: jsonFaults.length > 0 ? jsonFaults : ['must be an object'] };
  const filledIn = fillInPlaceholders(document, environment);
  const faults = [...jsonFaults, ...filledIn.faults];
  const file = FilePart.whole(filledIn.document, faults, filledIn.unresolved);
  file.read(fileReader);
  const servers = readEpmSection(file.member('epm'), production);
  const pullModePart = file.member('pull_mode');
  const pullMode = toPullMode(pullModePart.isAbsent ? null : pullModePart.read(pullModeReader));
  const channels = file.member('channels');
  const apps = readApps(file.member('apps'), {
    servers: new Set(servers.keys()),
    channels: new Set(channels.members().map(([id]) => id)),
  });
  if (pullMode.enabled) refuseLackOfAuth(apps, servers);
  return {
    board: { apps: apps.map((app) => withAskableServer(app, servers)), channels: readChannels(channels) },
    epm: { servers: [...servers.values()].flatMap(({ server }) => server ?? []), ...pullMode },
    faults,
  };
}

function toPullMode(entry: PullModeEntry | null): Omit<EpmConfig, 'servers' | 'tokenKey'> {
  return {
    enabled: entry?.enabled ?? false,
    pollIntervalMs: (entry?.poll_interval_seconds ?? POLL_INTERVAL_SECONDS) * 1_000,
    longestPollMs: (entry?.max_poll_duration_minutes ?? LONGEST_POLL_MINUTES) * 60_000,
  };
}

function refuseLackOfAuth(apps: readonly BoardApp[], servers: ReadonlyMap<string, ReadServer>): void {
  const used = new Set(apps.map(({ server }) => server));
  for (const [id, { part, lacksAuth }] of servers) {
    if (lacksAuth && used.has(id))
      part.refuse('auth must be set, here or as epm.auth: pull_mode is enabled and apps name this server');
  }
}

/** A server to which nobody can sign in is as good as none. */
function withAskableServer(app: BoardApp, servers: ReadonlyMap<string, ReadServer>): BoardApp {
  const server = app.server === null ? null : (servers.get(app.server)?.server?.id ?? null);
  return { ...app, server };
}

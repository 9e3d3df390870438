import { IsArray, IsOptional, IsString } from 'class-validator';
import {
  MOST_APPS,
  MOST_DOMAINS,
  MOST_DOMAINS_OF_AN_APP,
  type BoardApp,
  type BoardChannel,
} from '../../domain/board/board';
import { DtoReader } from '../validation/dto-reader';
import { IsCanvasId, IsName, LONGEST_NAME, findRepeated, isName, nameRule } from './board-rules';
import { SLACK_CHANNEL_ID } from './config.schema';
import type { FilePart } from './file-part';
import { isJsonObject } from './json-text';

const MOST_CHANNELS = 50;
/** Slack's own limit. */
const LONGEST_CHANNEL_NAME = 80;

/** One of `apps` as the file writes it. */
export class AppEntry {
  @IsOptional()
  @IsName()
  display_name?: string | null;

  @IsArray()
  domains!: string[];

  @IsOptional()
  @IsString()
  server?: string | null;

  @IsOptional()
  @IsArray()
  channels?: string[] | null;
}

/** One of `channels` as the file writes it. */
export class ChannelEntry {
  @IsOptional()
  @IsName(LONGEST_CHANNEL_NAME)
  name?: string | null;

  @IsOptional()
  @IsCanvasId()
  canvas_id?: string | null;
}

const appReader = new DtoReader(AppEntry);
const channelReader = new DtoReader(ChannelEntry);

/** Those without a fault, in the order of the file; what is wrong is said. */
export function readChannels(part: FilePart): readonly BoardChannel[] {
  const members = part.members();
  if (members.length > MOST_CHANNELS) part.refuse(`must hold at most ${MOST_CHANNELS} channels`);
  const channels = members.flatMap(([id, channel]) => readChannel(id, channel) ?? []);
  const withCanvas = channels.filter(({ canvasId }) => canvasId !== null);
  for (const [index, earlier] of findRepeated(withCanvas.map(({ canvasId }) => canvasId ?? '')))
    part
      .member(withCanvas[index]?.id ?? '')
      .refuse(`canvas_id is that of ${part.member(withCanvas[earlier]?.id ?? '').place}`);
  return channels;
}

function readChannel(id: string, part: FilePart): BoardChannel | null {
  if (!SLACK_CHANNEL_ID.test(id)) part.refuse('its id must be a Slack channel id such as C0123456789');
  const entry = part.read(channelReader);
  return entry === null ? null : { id, name: entry.name ?? id, canvasId: entry.canvas_id ?? null };
}

/** What apps may refer to. */
export interface Referable {
  readonly servers: ReadonlySet<string>;
  readonly channels: ReadonlySet<string>;
}

/** Those without a fault, in the order of the file; what is wrong is said. */
export function readApps(part: FilePart, known: Referable): readonly BoardApp[] {
  const members = part.members();
  if (isJsonObject(part.value) && members.length === 0) part.refuse('must hold at least one app');
  if (members.length > MOST_APPS) part.refuse(`must hold at most ${MOST_APPS} apps`);
  const repeated = findRepeated(members.map(([name]) => name));
  const domains = members.reduce((sum, [, app]) => sum + app.member('domains').items().length, 0);
  if (domains > MOST_DOMAINS) part.refuse(`must hold at most ${MOST_DOMAINS} domains in all`);
  return members.flatMap(([name, app], index) => {
    const earlier = members[repeated.get(index) ?? -1]?.[1];
    if (earlier !== undefined)
      app.refuse(`its name differs from that of ${earlier.place} in capital letters only`);
    return readApp(name, app, known) ?? [];
  });
}

function readApp(name: string, part: FilePart, known: Referable): BoardApp | null {
  if (!isName(name)) part.refuse(`its name ${nameRule(LONGEST_NAME)}`);
  const entry = part.read(appReader);
  const domains = readDomains(part.member('domains'));
  const channelIds = readReferences(part.member('channels'), known.channels);
  const server = part.member('server');
  if (typeof server.value === 'string' && !known.servers.has(server.value))
    server.refuse('must be the id of one of epm.servers');
  if (entry === null) return null;
  return { name, displayName: entry.display_name ?? name, domains, server: entry.server ?? null, channelIds };
}

function readDomains(part: FilePart): readonly string[] {
  const items = part.items();
  if (Array.isArray(part.value) && (items.length === 0 || items.length > MOST_DOMAINS_OF_AN_APP))
    part.refuse(`must hold 1-${MOST_DOMAINS_OF_AN_APP} domains`);
  for (const item of items) if (!isName(item.value)) item.refuse(nameRule(LONGEST_NAME));
  refuseRepeated(items);
  return items.map(({ value }) => value).filter((value) => isName(value));
}

function readReferences(part: FilePart, known: ReadonlySet<string>): readonly string[] {
  const items = part.items();
  const isKnown = (value: unknown): value is string => typeof value === 'string' && known.has(value);
  for (const item of items) if (!isKnown(item.value)) item.refuse('must be the id of one of channels');
  refuseRepeated(items);
  return items.map(({ value }) => value).filter(isKnown);
}

function refuseRepeated(items: readonly FilePart[]): void {
  const texts = items.map(({ value }, index) => (typeof value === 'string' ? value : String(index)));
  for (const [index, earlier] of findRepeated(texts))
    items[index]?.refuse(`is the same as ${items[earlier]?.place}`);
}

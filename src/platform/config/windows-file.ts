import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsNumber,
  IsOptional,
  Length,
  Matches,
  Max,
  Min,
} from 'class-validator';
import type { EodWindow } from '../../domain/windows/eod-window';
import { DtoReader } from '../validation/dto-reader';
import { SLACK_CHANNEL_ID } from './config.schema';
import { IsTimeOfDay, IsTimeZone, toTimeOfDay } from './window-rules';

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const LONGEST_NAME = 50;

/** One window as the file writes it. */
class WindowEntry {
  @Matches(/^[A-Za-z0-9][A-Za-z0-9 ._-]*$/)
  @Length(1, LONGEST_NAME)
  name!: string;

  @IsOptional()
  @IsTimeZone()
  time_zone?: string;

  @IsTimeOfDay()
  start!: string;

  @IsTimeOfDay()
  end!: string;

  @IsOptional()
  @IsNumber()
  @Min(0.001)
  @Max(24 * 60)
  interval_minutes?: number;

  @IsOptional()
  @Matches(SLACK_CHANNEL_ID, { message: '$property must be a Slack channel id such as C0123456789' })
  channel_id?: string | null;

  @IsOptional()
  @IsArray()
  @ArrayUnique()
  @IsIn(WEEKDAYS, { each: true })
  days_of_week?: string[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @Length(1, 50, { each: true })
  tags?: string[];
}

/** What a window takes from the default one when the file does not say it. */
export type WindowDefaults = Pick<EodWindow, 'timeZone' | 'intervalMinutes'>;

export interface ParsedWindows {
  readonly windows: readonly EodWindow[];
  /** Each begins with the place in the file. */
  readonly faults: readonly string[];
}

const reader = new DtoReader(WindowEntry);

/** Reads `{ "windows": [ … ] }`; every fault of the file is listed. */
export function parseWindowsFile(text: string, defaults: WindowDefaults): ParsedWindows {
  const { document, fault } = parseJson(text);
  if (fault !== null) return { windows: [], faults: [fault] };
  if (!isObject(document)) return { windows: [], faults: ['must be a JSON object { "windows": [ … ] }'] };
  const { windows: entries, ...others } = document;
  const faults = Object.keys(others).map((name) => `${name} is not a known field`);
  if (!Array.isArray(entries) || entries.length === 0) {
    return { windows: [], faults: [...faults, 'windows must be an array of at least one window'] };
  }
  const windows: EodWindow[] = [];
  for (const [index, entry] of entries.entries()) {
    const { window, faults: found } = readEntry(entry, windows, defaults);
    faults.push(...found.map((fault) => `windows[${index}]: ${fault}`));
    if (window !== null) windows.push(window);
  }
  return { windows, faults };
}

function readEntry(
  entry: unknown,
  before: readonly EodWindow[],
  defaults: WindowDefaults,
): { readonly window: EodWindow | null; readonly faults: readonly string[] } {
  if (!isObject(entry)) return { window: null, faults: ['must be an object'] };
  const reading = reader.read(entry);
  if (!reading.ok) return { window: null, faults: reading.violations };
  return { window: toWindow(reading.dto, defaults), faults: oddities(reading.dto, before) };
}

function oddities(entry: WindowEntry, before: readonly EodWindow[]): string[] {
  const found: string[] = [];
  if (before.some((other) => other.name === entry.name)) found.push(`name "${entry.name}" is taken already`);
  if (entry.start === entry.end) found.push('end must differ from start');
  return found;
}

function toWindow(entry: WindowEntry, defaults: WindowDefaults): EodWindow {
  return {
    name: entry.name,
    timeZone: entry.time_zone ?? defaults.timeZone,
    start: toTimeOfDay(entry.start),
    end: toTimeOfDay(entry.end),
    intervalMinutes: entry.interval_minutes ?? defaults.intervalMinutes,
    channelId: entry.channel_id ?? null,
    daysOfWeek: (entry.days_of_week ?? []).map((day) => WEEKDAYS.indexOf(day) + 1).sort((a, b) => a - b),
    tags: entry.tags ?? [],
  };
}

function parseJson(text: string): { readonly document: unknown; readonly fault: string | null } {
  try {
    return { document: JSON.parse(text), fault: null };
  } catch (error) {
    return { document: null, fault: `is not JSON: ${(error as SyntaxError).message}` };
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

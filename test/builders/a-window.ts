import type { EodWindow, TimeOfDay } from '../../src/domain/windows/eod-window';

/** The window of a plain installation, 00:00 to 06:00 in Jakarta; times are `HH:MM`. */
export function aWindow(
  fields: Partial<Omit<EodWindow, 'start' | 'end'>> & { start?: string; end?: string } = {},
): EodWindow {
  const { start = '00:00', end = '06:00', ...rest } = fields;
  return {
    name: 'eod',
    timeZone: 'Asia/Jakarta',
    start: timeOfDay(start),
    end: timeOfDay(end),
    intervalMinutes: 60,
    channelId: null,
    daysOfWeek: [],
    tags: [],
    ...rest,
  };
}

function timeOfDay(text: string): TimeOfDay {
  const [hour, minute] = text.split(':').map(Number);
  if (hour === undefined || minute === undefined) throw new Error(`not HH:MM: ${text}`);
  return { hour, minute };
}

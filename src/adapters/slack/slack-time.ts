/** Locales that know the short names people use in their zones (WIB, CET, IST …); the first that has a name decides. */
const NAMING_LOCALES = ['en-US', 'en-GB', 'en-AU', 'en-CA', 'en-NZ', 'en-IN', 'en-ZA', 'id-ID', 'ja-JP'];
const IS_NAME = /^[A-Z]{2,5}$/;

const knownZones = new Map<string, string>();
const formatters = new Map<string, Intl.DateTimeFormat>();

/** `2026-03-03 00:41 WIB` */
export function formatInstant(at: Date, timeZone: string): string {
  const { date, time } = wallClock(at, timeZone);
  return `${date} ${time} ${zoneName(at, timeZone)}`;
}

/** `00:41 WIB` */
export function formatTime(at: Date, timeZone: string): string {
  return `${wallClock(at, timeZone).time} ${zoneName(at, timeZone)}`;
}

/** `00:00–06:00 WIB` */
export function formatSpan(from: Date, to: Date, timeZone: string): string {
  return `${wallClock(from, timeZone).time}–${formatTime(to, timeZone)}`;
}

/** `00:41`, or `4 Mar 00:41` when it is not that local date (`YYYY-MM-DD`). */
export function formatTimeNear(at: Date, timeZone: string, date: string): string {
  const wall = wallClock(at, timeZone);
  return wall.date === date ? wall.time : formatDay(at, timeZone);
}

/** `4 Mar 00:41` */
export function formatDay(at: Date, timeZone: string): string {
  const { date, time } = wallClock(at, timeZone);
  return `${shortDate(date)} ${time}`;
}

/** `Tue 2026-03-03` */
export function formatDate(date: string): string {
  const weekday = formatter('weekday UTC', 'en-US', { timeZone: 'UTC', weekday: 'short' });
  return `${weekday.format(midnight(date))} ${date}`;
}

/** `350 ms`, `15.0 s`, `2 m 05 s`, `1 h 12 m`, `3 d 04 h` */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  const tenths = Math.round(ms / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ${twoDigits(seconds % 60)} s`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} m`;
  const hours = Math.round(ms / 3_600_000);
  return `${Math.floor(hours / 24)} d ${twoDigits(hours % 24)} h`;
}

function wallClock(at: Date, timeZone: string): { readonly date: string; readonly time: string } {
  const clock = formatter(`clock ${timeZone}`, 'en-US', {
    timeZone: known(timeZone),
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = new Map(clock.formatToParts(at).map(({ type, value }) => [type, value]));
  return {
    date: `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`,
    time: `${parts.get('hour')}:${parts.get('minute')}`,
  };
}

/** The zone's short name at that instant, else its offset: `WIB`, `CEST`, `UTC+5:45`. */
function zoneName(at: Date, timeZone: string): string {
  let offset = '';
  for (const locale of NAMING_LOCALES) {
    const options: Intl.DateTimeFormatOptions = { timeZone: known(timeZone), timeZoneName: 'short' };
    const parts = formatter(`name ${locale} ${timeZone}`, locale, options).formatToParts(at);
    const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
    if (IS_NAME.test(name)) return name;
    offset ||= name.replace('GMT', 'UTC');
  }
  return offset;
}

/** `4 Mar` */
function shortDate(date: string): string {
  const month = formatter('month UTC', 'en-US', { timeZone: 'UTC', month: 'short' }).format(midnight(date));
  return `${Number(date.slice(-2))} ${month}`;
}

function midnight(date: string): Date {
  return new Date(`${date}T00:00:00Z`);
}

/** Making a formatter costs some 50 µs, using one about 2. */
function formatter(key: string, locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const made = formatters.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formatters.set(key, made);
  return made;
}

/** An alert stored by a newer system may name a zone that this one's tables lack: better UTC than no alert. */
function known(timeZone: string): string {
  const seen = knownZones.get(timeZone);
  if (seen !== undefined) return seen;
  const usable = isZone(timeZone) ? timeZone : 'UTC';
  knownZones.set(timeZone, usable);
  return usable;
}

function isZone(timeZone: string): boolean {
  try {
    Intl.DateTimeFormat('en-US', { timeZone });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

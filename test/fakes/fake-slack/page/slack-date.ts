const FORMATS: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  date: { month: 'long', day: 'numeric', year: 'numeric' },
  date_pretty: { month: 'long', day: 'numeric', year: 'numeric' },
  date_short: { month: 'short', day: 'numeric', year: 'numeric' },
  date_short_pretty: { month: 'short', day: 'numeric', year: 'numeric' },
  date_long: { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' },
  date_long_pretty: { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' },
  time: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  time_secs: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
};

export interface SlackDate {
  readonly seconds: number;
  readonly format: string;
  readonly fallback: string;
}

/** Takes `!date^1700000000^{date} {time}^link|fallback` apart; `null` if it is something else. */
export function parseSlackDate(inner: string): SlackDate | null {
  const match = /^!date\^(\d+)\^([^^|]+)(?:\^[^|]*)?\|([\s\S]*)$/.exec(inner);
  if (!match?.[1] || !match[2] || match[3] === undefined) return null;
  return { seconds: Number(match[1]), format: match[2], fallback: match[3] };
}

/** The date as Slack shows it in the reader's time zone; the fallback if a token is unknown. */
export function formatSlackDate(date: SlackDate, timeZone: string): string {
  const at = new Date(date.seconds * 1000);
  let isKnown = !Number.isNaN(at.getTime());
  const text = date.format.replace(/\{([a-z_]+)\}/g, (token, name: string) => {
    if (!isKnown) return token;
    if (name === 'date_num') return formatParts(at, timeZone);
    const options = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
    if (options) return new Intl.DateTimeFormat('en-US', { ...options, timeZone }).format(at);
    isKnown = false;
    return token;
  });
  return isKnown ? text : date.fallback;
}

/** `2026-11-21`. */
function formatParts(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    timeZone,
  }).format(at);
}

/** `21 Nov 06:02:11`, for a message's own time. */
export function formatStamp(epochMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    day: '2-digit',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZone,
  })
    .format(epochMs)
    .replace(',', '');
}

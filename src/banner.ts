import { appsOf } from './domain/board/board';
import { nextOccurrence, openOccurrence } from './domain/windows/occurrence';
import type { Config } from './platform/config/config';
import { DEFAULT_APPS_FILE } from './platform/config/config.schema';

/** What an operator wants to know of a start, in one readable block. */
export function banner(config: Config, port: number, developmentKey: string | null, now: Date): string {
  const address = `http://${['0.0.0.0', '::'].includes(config.http.host) ? 'localhost' : config.http.host}:${port}`;
  const lines: [string, string][] = [
    ['API', `${address}/api/v1`],
    ['Docs', `${address}/api/docs`],
    ['Storage', storageLine(config)],
    ['Queue', config.queue === null ? 'off (status updates are applied at once)' : config.queue.url],
    [
      'Slack',
      config.slack === null ? 'disabled (no SLACK_BOT_TOKEN)' : `on, channel ${config.slack.channelId}`,
    ],
    ['Board', boardLine(config)],
    ...config.windows.map((window): [string, string] => [`Window ${window.name}`, windowLine(window, now)]),
    ['Workers', config.workers.length === 0 ? 'none' : config.workers.join(', ')],
  ];
  if (developmentKey !== null)
    lines.push(['API key', `${developmentKey} (for this run only; set API_KEYS for keys of your own)`]);
  const width = Math.max(...lines.map(([name]) => name.length));
  return ['', 'Vesper is up.', ...lines.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`), ''].join(
    '\n',
  );
}

function storageLine({ storage }: Config): string {
  if (storage.driver === 'json') return `JSON files in ${storage.dataDir}`;
  return `DynamoDB, tables ${storage.tablePrefix}*${storage.endpoint === null ? '' : ` at ${storage.endpoint}`}`;
}

function boardLine({ board, appsFile, epm }: Config): string {
  if (appsFile === null) return `off (no ${DEFAULT_APPS_FILE})`;
  const canvases = board.channels.filter(({ id }) => appsOf(board, id).length > 0).length;
  const polled = epm.servers.filter(({ id }) => board.apps.some(({ server }) => server === id)).length;
  const polling = epm.enabled ? `EPM polling on (${counted(polled, 'server')})` : 'EPM polling off';
  return `${counted(board.apps.length, 'app')} on ${counted(canvases, 'canvas', 'canvases')}; ${polling}`;
}

function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}

function windowLine(window: Config['windows'][number], now: Date): string {
  const clockTime = ({ hour, minute }: { hour: number; minute: number }) =>
    `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
  const open = openOccurrence(window, now);
  const next = nextOccurrence(window, now);
  const when =
    open === null
      ? `next ${next?.startsAt.toISOString() ?? 'never'}`
      : `open until ${open.endsAt.toISOString()}`;
  return `${clockTime(window.start)}-${clockTime(window.end)} ${window.timeZone}, ${when}`;
}

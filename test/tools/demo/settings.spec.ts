import { WORKER_NAMES } from '../../../src/app.module';
import { nextOccurrence, openOccurrence } from '../../../src/domain/windows/occurrence';
import { loadConfig } from '../../../src/platform/config/load-config';
import { APPS, CELLS, CLOSE_CHANNEL, RECON_CHANNEL, SERVICE_KEYS } from './cast';
import { appsFile, makeSecrets, vesperEnvironment, type Addresses } from './settings';

const ADDRESSES: Addresses = {
  port: 3_000,
  slackApiUrl: 'http://127.0.0.1:3999/api/',
  epmTokenUrl: 'http://127.0.0.1:4101/oauth2/v1/token',
  pods: Object.fromEntries(APPS.map(({ pod }, index) => [pod, `http://127.0.0.1:${4_102 + index}`])),
};
const CANVAS = 'F09KT000001';
const HOUR_MS = 3_600_000;

function configAt(now: Date, zone: string) {
  let drawn = 0;
  const secrets = makeSecrets('refresh-token', () => `a-secret-of-24-letters-${(drawn += 1)}`);
  const files: Readonly<Record<string, string>> = { 'apps.json': appsFile(ADDRESSES, CANVAS) };
  return loadConfig({
    environment: vesperEnvironment(ADDRESSES, secrets, now, zone),
    readFile: (path) => files[path] ?? null,
    workerNames: WORKER_NAMES,
  });
}

describe('the settings of the demo', () => {
  it('are those of a Vesper with both faces, which nobody from outside reaches', () => {
    const config = configAt(new Date('2026-03-02T17:20:00.000Z'), 'Europe/Berlin');
    expect(config.http).toMatchObject({ host: '127.0.0.1', port: 3_000, rateLimitPerMinute: 100 });
    expect(config.apiKeys.map(({ name, scopes }) => [name, [...scopes]])).toEqual([
      ...SERVICE_KEYS.map((name) => [name, ['schedulers']]),
      ['epm', ['board']],
      ['demo', ['admin']],
    ]);
    expect(config.workers).toEqual(WORKER_NAMES);
    expect(config.slack).toMatchObject({ channelId: CLOSE_CHANNEL.id });
    expect(config.epm).toMatchObject({ enabled: true });
    expect(config.epm.servers.map(({ family, auth }) => [family, auth])).toEqual(
      APPS.map(({ family }) => [
        family,
        expect.objectContaining({ type: 'oauth', grant: 'refresh_token', clientId: 'vesper' }),
      ]),
    );
  });

  it('show all cells on two canvases, one of which is there already', () => {
    const { board } = configAt(new Date('2026-03-02T17:20:00.000Z'), 'UTC');
    expect(board.apps.flatMap(({ name, domains }) => domains.map((domain) => [name, domain]))).toEqual(
      CELLS.map(({ app, domain }) => [app, domain]),
    );
    expect(board.channels).toMatchObject([
      { id: CLOSE_CHANNEL.id, canvasId: CANVAS },
      { id: RECON_CHANNEL.id, canvasId: null },
    ]);
  });

  it.each([
    ['2026-03-02T17:20:00.000Z', 'Asia/Jakarta'],
    ['2026-03-02T23:59:59.999Z', 'UTC'],
    ['2026-03-02T00:00:00.000Z', 'UTC'],
    ['2026-03-02T17:20:00.000Z', 'Asia/Kathmandu'],
    ['2026-03-29T00:59:00.000Z', 'Europe/Berlin'],
    ['2026-10-25T00:30:00.000Z', 'Europe/Berlin'],
    ['2026-10-25T01:30:00.000Z', 'Europe/Berlin'],
  ])('have a window that is open at %s in %s, and for hours', (instant, zone) => {
    const now = new Date(instant);
    const [window, ...others] = configAt(now, zone).windows;
    expect(others).toEqual([]);
    if (window === undefined) throw new TypeError('no window');
    expect(window).toMatchObject({ timeZone: zone, intervalMinutes: 0.5 });
    const open = openOccurrence(window, now);
    expect(open).not.toBeNull();
    expect((open?.endsAt.getTime() ?? 0) - now.getTime()).toBeGreaterThan(9 * HOUR_MS);
    expect(nextOccurrence(window, now)).not.toBeNull();
  });

  it('are in UTC on a machine whose zone nobody knows', () => {
    expect(configAt(new Date('2026-03-02T17:20:00.000Z'), 'Mars/Olympus').windows).toMatchObject([
      { timeZone: 'UTC' },
    ]);
  });
});

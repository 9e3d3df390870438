import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WORKER_NAMES } from '../../src/app.module';
import { AppsFile, PullModeEntry, parseAppsFile } from '../../src/platform/config/apps-file';
import { AppEntry, ChannelEntry } from '../../src/platform/config/board-section';
import { Environment } from '../../src/platform/config/config.schema';
import { BasicEntry, OAuthEntry } from '../../src/platform/config/epm-auth';
import { ServerEntry } from '../../src/platform/config/epm-section';
import { loadConfig } from '../../src/platform/config/load-config';
import { EXAMPLE_API_KEY } from '../../src/platform/config/parse-api-keys';
import { settingsOf } from '../../src/platform/config/setting.decorator';
import { parseWindowsFile } from '../../src/platform/config/windows-file';
import { CompiledRules, type DtoClass } from '../../src/platform/validation/compiled-rules';

const root = join(__dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const settings = settingsOf(Environment.prototype);

interface Line {
  readonly name: string;
  readonly value: string;
  readonly comment: string;
}

/** Paragraphs of one comment line and one assignment, as .env.example is written. */
function parseEnvExample(text: string): Line[] {
  return [...text.matchAll(/^# (?<comment>.*)\n(?<name>[A-Z][A-Z0-9_]*)=(?<value>.*)$/gm)].map(
    ({ groups = {} }) => ({
      name: groups['name'] ?? '',
      value: groups['value'] ?? '',
      comment: groups['comment'] ?? '',
    }),
  );
}

it('.env.example says of each variable what the schema says, and nothing else', () => {
  const text = read('.env.example');
  const expected = settings.map(({ name, default: value, about, unit }) => ({
    name,
    value: name === 'API_KEYS' ? `example:${EXAMPLE_API_KEY}` : value,
    comment: `${about}${unit === null ? '' : ` Unit: ${unit}.`}`.replaceAll('`', ''),
  }));
  expect(parseEnvExample(text)).toEqual(expected);
  expect(text.match(/^[A-Z][A-Z0-9_]*=/gm)).toHaveLength(settings.length);
});

it('docs/CONFIGURATION.md says of each variable what the schema says, and nothing else', () => {
  const rows = read('docs/CONFIGURATION.md')
    .split('\n')
    .filter((line) => /^\| `[A-Z][A-Z0-9_]*` \|/.test(line));
  expect(rows).toEqual(
    settings.map(
      ({ name, default: value, unit, secret, about }) =>
        `| \`${name}\` | ${value === '' ? '–' : `\`${value}\``} | ${unit ?? '–'} | ${secret ? 'yes' : 'no'} | ${about} |`,
    ),
  );
});

it('docs/CONFIGURATION.md names every background job', () => {
  const section = /^## Background jobs$([^]*?)^## /m.exec(read('docs/CONFIGURATION.md'))?.[1] ?? '';
  const named = [...section.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g)].map(([, name]) => name);
  expect(named).toEqual([...WORKER_NAMES]);
});

it('a copy of .env.example starts, though not in production', () => {
  const environment = Object.fromEntries(
    parseEnvExample(read('.env.example')).map(({ name, value }) => [name, value]),
  );
  const sources = { environment, readFile: () => null, workerNames: [] };
  expect(loadConfig(sources)).toEqual({
    ...loadConfig({ ...sources, environment: {} }),
    apiKeys: expect.anything(),
  });
  expect(() => loadConfig({ ...sources, environment: { ...environment, NODE_ENV: 'production' } })).toThrow(
    'API_KEYS: entry 1 is the example key, which everybody knows',
  );
});

it('config/windows.example.json is valid', () => {
  const defaults = { timeZone: 'Asia/Jakarta', intervalMinutes: 60 };
  const { windows, faults } = parseWindowsFile(read('config/windows.example.json'), defaults);
  expect(faults).toEqual([]);
  expect(windows.map(({ name }) => name)).toEqual(['eod', 'frankfurt-close']);
});

describe('config/apps.example.json', () => {
  const example = read('config/apps.example.json');

  it('is valid in production, told the variables that it names', () => {
    const named = [...example.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
    const environment = Object.fromEntries(named.map((name) => [name, 'https://idcs.example.com/token']));
    const { board, epm, faults } = parseAppsFile(example, { environment, production: true });
    expect(faults).toEqual([]);
    expect(board.apps.map(({ name }) => name)).toEqual(['Planning', 'FCCS', 'ARCS']);
    expect(epm).toMatchObject({ enabled: true, servers: [{ id: 'planning' }, { id: 'arcs' }] });
    expect(parseAppsFile(example, { environment: {}, production: true }).faults).toEqual(
      ['token_url', 'client_id', 'client_secret'].map(
        (field, index) => `epm.auth.${field}: the environment variable ${named[index]} is not set`,
      ),
    );
  });

  it('is what docs/CONFIGURATION.md shows', () => {
    const shown = /^```json\n([^]*?)^```$/m.exec(read('docs/CONFIGURATION.md'))?.[1] ?? '';
    expect(shown).toBe(example);
  });
});

it.each<[string, DtoClass<object>]>([
  ['### apps', AppEntry],
  ['### channels', ChannelEntry],
  ['### pull_mode', PullModeEntry],
  ['### epm.servers', ServerEntry],
  ['### epm.auth', OAuthEntry],
])('docs/CONFIGURATION.md says of each field below "%s" what it is', (heading, entry) => {
  const [, after = ''] = read('docs/CONFIGURATION.md').split(`\n${heading}`);
  const section = after.split('\n#')[0] ?? '';
  const fields = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(new Set(fields)).toEqual(
    new Set([...CompiledRules.of(entry).names].filter((name) => name !== 'type')),
  );
});

it('docs/CONFIGURATION.md has a section on each part of apps.json, and shows the basic sign-in with its fields', () => {
  const text = read('docs/CONFIGURATION.md');
  for (const part of CompiledRules.of(AppsFile).names)
    expect(text).toMatch(new RegExp(`^### ${part}\\b`, 'm'));
  const basic = /`(\{ "type": "basic".*?\})`/.exec(text)?.[1] ?? '{}';
  expect(new Set(Object.keys(JSON.parse(basic) as object))).toEqual(CompiledRules.of(BasicEntry).names);
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import {
  DEFAULT_APPS_FILE,
  DEFAULT_WINDOWS_FILE,
  Environment,
} from '../../src/platform/config/config.schema';
import { Metrics } from '../../src/platform/metrics/metrics';
import { settingsOf } from '../../src/platform/config/setting.decorator';
import { documentAt, documents, PROJECT } from './documents';

const LINK = /\]\(([^)\s]+)\)/g;
const PATH = /`((?:src|test|docs|config|\.ci)\/[\w./-]+)`/g;
/** May be there or not. */
const OPTIONAL_FILES = new Set([DEFAULT_WINDOWS_FILE, DEFAULT_APPS_FILE]);
const NPM_SCRIPT = /\bnpm (?:run (?:--silent )?)?([a-z][\w:-]*)/g;
const BUILT_IN = new Set(['ci', 'install', 'registry']);
/** Named for whoever deploys Vesper, and read by others than Vesper: the shell, the AWS SDK, this document. */
const FOREIGN_VARIABLES = /^(?:BACKUP_DIR|VESPER_\w+|FAKE_SLACK_PORT|AWS_\w+)$/;
const VARIABLE = /(?<![\w./-])([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?![\w.-])/g;
const MESSAGE = /(?:Log|Says): `([^`]+)`/g;
const METRIC = /\b(vesper_[a-z_]+)\b/g;

const all = documents().map((document) => [document.path, document] as const);

describe.each(all)('%s', (path, { text, prose }) => {
  it('links only to what is there', () => {
    const broken = matches(prose, LINK)
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => !leadsSomewhere(path, target));
    expect(broken).toEqual([]);
  });

  it('names only files that are there', () => {
    const missing = matches(text, PATH).filter(
      (file) => !OPTIONAL_FILES.has(file) && !existsSync(join(PROJECT, file)),
    );
    expect(missing).toEqual([]);
  });

  it('names only commands that package.json has', () => {
    const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const unknown = matches(text, NPM_SCRIPT).filter((name) => !BUILT_IN.has(name) && !(name in scripts));
    expect(unknown).toEqual([]);
  });
});

describe.each(['README.md', 'docs/RUNBOOK.md', 'docs/ARCHITECTURE.md', 'docs/API_USAGE.md'])('%s', (path) => {
  it('names only variables that Vesper reads', () => {
    const known = new Set(settingsOf(Environment.prototype).map(({ name }) => name));
    const unknown = matches(documentAt(path).prose, VARIABLE)
      .filter((name) => !known.has(name) && !FOREIGN_VARIABLES.test(name))
      .filter((name) => !sources.includes(`'${name}'`));
    expect(unknown).toEqual([]);
  });
});

describe('docs/RUNBOOK.md', () => {
  const { text } = documentAt('docs/RUNBOOK.md');

  it('quotes log messages and refusals as the code says them', () => {
    const quoted = matches(text, MESSAGE);
    expect(quoted.length).toBeGreaterThan(20);
    const unsaid = quoted.filter((message) =>
      message
        .split('…')
        .map((part) => part.trim())
        .some((part) => !sources.includes(part)),
    );
    expect(unsaid).toEqual([]);
  });

  it('names only metrics that there are', async () => {
    const known = (await new Metrics().registry.getMetricsAsJSON()).map(({ name }) => name);
    expect(matches(text, METRIC).filter((name) => !known.includes(name))).toEqual([]);
  });
});

/** What the code says, with texts that are put together over several lines read as one. */
const sources = readdirSync(join(PROJECT, 'src'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.spec.ts'))
  .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
  .join('\n')
  .replaceAll(/['`] \+\s*['`]/g, '');

function matches(text: string, pattern: RegExp): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''))];
}

function leadsSomewhere(from: string, target: string): boolean {
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? from : normalize(join(dirname(from), file));
  if (!existsSync(join(PROJECT, path))) return false;
  return anchor === undefined || anchorsOf(documentAt(path).prose).includes(anchor);
}

/** As code hosts make them from headings. */
function anchorsOf(prose: string): readonly string[] {
  return matches(prose, /^#+ (.+)$/gm).map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );
}

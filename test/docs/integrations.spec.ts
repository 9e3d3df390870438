import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAMILIES } from '../../src/adapters/oracle-epm/families/families';
import type { CellView } from '../../src/features/board/board.view';
import { documentAt, fencedBlocks, PROJECT, section } from './documents';
import { endAllPrograms, needs, run, type Ended } from './example-programs';
import { startDocumentedBoard, type DocumentedBoard } from './integrations/board-of-documents';
import { KEY } from './running-vesper';

/** For a machine that has much else to do; no test waits on purpose. */
const PATIENCE_MS = 120_000;
const README = documentAt('docs/integrations/README.md').text;
const RULE = readFileSync(join(PROJECT, 'docs/integrations/groovy/vesper_status.groovy'), 'utf8');
const CLIENT = join(PROJECT, 'docs/integrations/python/vesper_epm_client.py');
/** Spec 20, "API". */
const CODES_OF_THE_BOARD = [
  ...['MISSING_AUTH', 'INVALID_KEY', 'INVALID_REQUEST', 'INVALID_STATUS', 'INVALID_APP'],
  ...['INVALID_DOMAIN', 'APP_NOT_FOUND', 'RATE_LIMITED', 'STATE_ERROR', 'SLACK_ERROR'],
];

let board: DocumentedBoard;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vesper-integrations-'));
  board = await startDocumentedBoard();
});
afterEach(async () => {
  await board.stop();
  rmSync(folder, { recursive: true });
});
afterAll(endAllPrograms);

describe('the commands with curl', () => {
  const commandOf = (heading: string) => blockOf(section(README, heading), 'bash');
  const answerTo = async (heading: string) => {
    const { exitCode, stdout } = await run(['bash', '-c', commandOf(heading)], board.vesper.url);
    expect(exitCode).toBe(0);
    return JSON.parse(stdout) as Record<string, unknown>;
  };

  withTools('curl', needs('bash', ['--version']) ?? needs('curl', ['--version']))(
    'do what they say, one after the other',
    async () => {
      const pushed = await answerTo('### Push');
      expect(shapeOf(pushed)).toEqual(shapeOf(JSON.parse(blockOf(section(README, '### Push'), 'json'))));
      expect(pushed).toMatchObject({ updated: { status: 'Loading' }, canvas_updated: true });
      expect(await answerTo('### Batch')).toMatchObject({ success: true, updated_count: 2 });
      expect(await answerTo('### Board')).toMatchObject({
        apps: { Planning: { Actual: { status: 'OK', duration_sec: expect.any(Number) as number } } },
        recent_jobs: [{ job_id: 'LOAD_20260216_001', apps: ['Planning', 'FCCS'], status: 'Warning' }],
      });
      expect(await answerTo('### One app')).toMatchObject({ app: 'Planning' });
      const { entries } = await answerTo('### Audit');
      expect(entries).toMatchObject([{ new_status: 'OK' }, { new_status: 'Loading', message: 'February' }]);
      const { markdown } = await answerTo('### Canvas preview');
      expect(markdown).toContain('Two entities are out of balance');
      const { canvas_id: canvasId } = await answerTo('### Canvas sync');
      expect(board.slack.canvas(String(canvasId))?.markdown).toContain('Two entities are out of balance');
    },
    PATIENCE_MS,
  );
});

describe('the Python client', () => {
  const missing = needs('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))']);
  const withPython = withTools('The Python client', missing);
  const quietly = { PYTHONDONTWRITEBYTECODE: '1' };
  let program: string;
  let whileAway: Promise<Ended> | null = null;
  const load = (file: string, url = board.vesper.url) =>
    run(['python3', join(program, 'load.py'), join(program, file)], url, quietly);

  beforeAll(() => {
    program = mkdtempSync(join(tmpdir(), 'vesper-integrations-'));
    cpSync(CLIENT, join(program, 'vesper_epm_client.py'));
    writeFileSync(join(program, 'load.py'), exampleOf('load.py'));
    writeFileSync(join(program, 'rows.csv'), 'a\nb\nc\n');
    // It spends its time waiting between tries: beside the other tests instead of after them.
    if (missing === null) whileAway = load('rows.csv', 'http://127.0.0.1:1');
  });
  afterAll(() => rmSync(program, { recursive: true }));

  withPython(
    'keeps its promises, on a started Vesper and on bad days',
    async () => {
      const tests = ['python3', '-W', 'error', 'test/docs/integrations/vesper_epm_client_test.py'];
      const ended = await run(tests, board.vesper.url, quietly);
      const summary = expect.stringMatching(/^Ran [2-9]\d tests in .*\n\nOK$/m) as string;
      expect(ended).toMatchObject({ exitCode: 0, stderr: summary });
    },
    PATIENCE_MS,
  );

  withPython(
    'is used by the program in the README, which ends as it would without Vesper',
    async () => {
      expect(await load('rows.csv')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
      expect(await cell('Budget')).toMatchObject({ status: 'OK', message: '3 rows' });

      const failed = await load('no-such-file');
      expect(failed).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('no-such-file') as string,
      });
      const message = expect.stringContaining('no-such-file') as string;
      expect(await cell('Actual')).toMatchObject({ status: 'Warning', message });

      expect(await whileAway).toMatchObject({
        exitCode: 0,
        stderr: expect.stringMatching(/^vesper: not told: /) as string,
      });
    },
    PATIENCE_MS,
  );

  withPython(
    'is run by the step of ODI in the README',
    async () => {
      writeFileSync(join(folder, 'key'), `${KEY}\n`);
      const command = exampleOf('odi-start.sh')
        .replace('/opt/vesper/vesper_epm_client.py', CLIENT)
        .replace('/opt/vesper/key', join(folder, 'key'))
        .replace('https://vesper.example.com', board.vesper.url)
        .replace('<%=odiRef.getSession("SESS_NO")%>', '4711');
      const told = await run(['bash', '-c', command], '', { VESPER_API_KEY: '', ...quietly });
      expect(told).toEqual({ exitCode: 0, stdout: '', stderr: '' });
      expect(await cell('Actual')).toMatchObject({ status: 'Loading', job_id: 'ODI-4711' });
    },
    PATIENCE_MS,
  );
});

describe('the Groovy rule', () => {
  const withGroovy = withTools('The Groovy rule', needs('groovy', ['--version']));
  const OWN_PART = /\n\/\/ ---- Your rule[^]*$/;

  it('sends what Vesper takes', async () => {
    const sample = JSON.parse(exampleOf('update.json')) as Record<string, string>;
    expect([...RULE.matchAll(/'"(\w+)":'/g)].map((match) => match[1])).toEqual([
      'app',
      'status',
      'domain',
      'job_id',
      'message',
    ]);
    expect(Object.keys(sample)).toEqual(['app', 'status', 'domain', 'job_id', 'message']);
    const response = await fetch(`${board.vesper.url}/api/v1/status`, {
      method: 'POST',
      headers: { 'x-api-key': KEY, 'content-type': 'application/json' },
      body: JSON.stringify(sample),
    });
    expect([response.status, await response.json()]).toMatchObject([200, { updated: { status: 'Loading' } }]);
  });

  it('uses nothing that a rule of EPM may not have, and holds no key', () => {
    const code = RULE.replaceAll(/\/\*[^]*?\*\/|\/\/.*$/gm, '');
    expect(code).not.toMatch(/\bimport\b|\bjava\.|\bgroovy\.|\bURL\b|\bThread\b|\bSystem\b|@\w/);
    expect(code).not.toMatch(/x-api-key|authorization/i);
    expect(code).not.toMatch(/^\s*def\b/m);
    expect(code).toMatch(/RETRIES = 3\b[^]*PAUSE_MS = 5000\b/);
  });

  interface Outcome {
    readonly posted: readonly string[];
    readonly pauses: readonly number[];
    readonly thrown: string | null;
  }

  /** Runs the rule by the clock of the stub, with another last part if one is given. */
  const runRule = async (faults: readonly string[], ownPart: string | null = null) => {
    const file = join(folder, 'rule.groovy');
    const rule = ownPart === null ? RULE : RULE.replace(OWN_PART, () => `\n${ownPart}`);
    writeFileSync(file, rule.replaceAll('new Date().time', 'clockMs()'));
    const stub = join(PROJECT, 'test/docs/integrations/epm_stub.groovy');
    const ended: Ended = await run(['groovy', stub, file, ...faults], board.vesper.url);
    const lines = ended.stdout.trim().split('\n');
    expect(ended).toMatchObject({ exitCode: 0 });
    return { ...(JSON.parse(lines.at(-1) ?? '') as Outcome), printed: lines.slice(0, -1) };
  };

  withGroovy(
    'tells of the begin and of the end of its work',
    async () => {
      const { thrown, pauses, printed } = await runRule([]);
      expect({ thrown, pauses, printed }).toEqual({
        thrown: null,
        pauses: [],
        printed: ['The work of this rule goes here.'],
      });
      expect(await cell('Actual')).toMatchObject({
        status: 'OK',
        job_id: expect.stringMatching(/^RULE-\d+$/) as string,
        message: 'Actuals are up to date',
        duration_sec: expect.any(Number) as number,
      });
    },
    PATIENCE_MS,
  );

  withGroovy(
    'tells why the work failed, in any characters, and lets it fail',
    async () => {
      const reason = '"quoted" \\\\ back, Zürich ✓ 🎉\\nnext line ';
      const work = `throw new IllegalStateException('${reason}' + 'x' * 300)`;
      const { thrown } = await runRule([], `vesperRun('Planning', 'Actual') { ${work} }`);
      const shown = '"quoted" \\ back, Zürich ✓ 🎉\nnext line xxx';
      expect(thrown).toMatch(/^"quoted".*\n.*x{300}$/);
      const { status, message } = await cell('Actual');
      expect(status).toBe('Warning');
      expect(message?.startsWith(shown)).toBe(true);
      expect(message).toHaveLength(200);
    },
    PATIENCE_MS,
  );

  withGroovy.each([
    ['passes', ['throw', '503', 'lost'], 5, 3, 'OK', []],
    ['takes long', Array<string>(9).fill('slow'), 4, 2, 'Blank', ['Loading', 'OK']],
    ['lasts', Array<string>(9).fill('throw'), 8, 6, 'Blank', ['Loading', 'OK']],
    ['will not pass', ['400', '200'], 2, 0, 'Blank', ['Loading', 'OK']],
    ['is a missing connection', ['no-connection'], 0, 0, 'Blank', ['Loading', 'OK']],
  ] as const)(
    'does its work when a fault %s',
    async (_, faults, posts, waits, status, untold) => {
      const { posted, pauses, thrown, printed } = await runRule(faults);
      expect(thrown).toBeNull();
      expect(printed).toContain('The work of this rule goes here.');
      expect(posted).toHaveLength(posts);
      expect(pauses).toEqual(Array<number>(waits).fill(5000));
      expect(printed.filter((line) => line.startsWith('vesper: '))).toEqual(
        untold.map((one) => expect.stringContaining(`${one} of Planning was not told: `) as string),
      );
      expect(await cell('Actual')).toMatchObject({ status });
    },
    PATIENCE_MS,
  );

  withGroovy(
    'starts another job and pushes the id that EPM can be asked about',
    async () => {
      expect(await runRule([], exampleOf('launch.groovy'))).toMatchObject({ thrown: null, printed: [] });
      expect(await cell('Actual')).toMatchObject({ status: 'Loading', job_id: '224' });
    },
    PATIENCE_MS,
  );

  withGroovy(
    'is a step of a ruleset or a pipeline',
    async () => {
      expect(await runRule([], exampleOf('step.groovy'))).toMatchObject({ thrown: null, printed: [] });
      expect(await cell('Budget')).toMatchObject({ status: 'Loading', job_id: null });
    },
    PATIENCE_MS,
  );
});

describe('what the README says', () => {
  const rowsUnder = (heading: string) =>
    section(README, heading)
      .split('\n')
      .filter((line) => line.startsWith('| `') || line.startsWith('| any'))
      .map((line) => line.split(/(?<!\\)\|/).map((column) => column.trim()));
  const literals = (text: string | undefined) =>
    [...(text ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');

  it('has an id of each family that its polling knows, and one that none asks about', () => {
    const rows = rowsUnder('## Which job id');
    const examples = new Map(
      rows.map((row) => [literals(row[1])[0] ?? 'any', literals(row.at(-2))[0] ?? '']),
    );
    expect([...examples.keys()].sort()).toEqual([...Object.keys(FAMILIES), 'any'].sort());
    for (const [name, family] of Object.entries(FAMILIES)) {
      expect(family.knowsId(examples.get(name) ?? '')).toBe(true);
      expect(family.knowsId(examples.get('any') ?? '')).toBe(false);
    }
  });

  it('knows the codes of the board and of the client, and no others', () => {
    const client = readFileSync(CLIENT, 'utf8');
    const own = [...client.matchAll(/VesperError\(\s*"([A-Z_]+)"/g)].map((match) => match[1] ?? '');
    const documented = rowsUnder('## Troubleshooting')
      .flatMap((row) => literals(row[1]))
      .filter((code) => /^[A-Z_]+$/.test(code));
    expect(documented).toEqual(expect.arrayContaining([...CODES_OF_THE_BOARD, ...own]));
    const known = [
      ...CODES_OF_THE_BOARD,
      ...own,
      'SCOPE_MISSING',
      'ROUTE_NOT_FOUND',
      'UNSUPPORTED_MEDIA_TYPE',
    ];
    expect(documented.filter((code) => !known.includes(code))).toEqual([]);
  });
});

async function cell(domain: string): Promise<CellView> {
  const { domains } = await board.vesper.get<{ domains: Record<string, CellView> }>('/status/Planning');
  return domains[domain] as CellView;
}

function exampleOf(fileName: string): string {
  const block = fencedBlocks(README).find((candidate) => candidate.fileName === fileName);
  if (block === undefined) throw new Error(`the README has no example ${fileName}`);
  return block.text;
}

function blockOf(text: string, language: string): string {
  return fencedBlocks(text).find((block) => block.language === language)?.text ?? '';
}

/** Names of the fields, at any depth. */
function shapeOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return null;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]));
}

/** Nobody shall believe that something was tried which was not. */
function withTools(what: string, missing: string | null): typeof it {
  if (missing === null) return it;
  process.stderr.write(`${what} is not run: ${missing}\n`);
  return it.skip;
}

import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '../..');
const config = join(__dirname, 'boundaries.cjs');
const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

async function cruise(folder: string): Promise<readonly Violation[]> {
  const args = [cruiser, '--config', config, '--output-type', 'json', 'src'];
  const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 };
  // It exits with the number of errors, after it has written what they are.
  const { stdout } = await promisify(execFile)(process.execPath, args, options).catch(
    (error: { stdout: string; stderr: string }) => {
      if (error.stdout.startsWith('{')) return error;
      throw new Error(error.stderr);
    },
  );
  return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
}

const named = ({ from, rule }: Violation) => `${rule.name}: ${from}`;

it('every rule catches the violation that is planted for it, and nothing that is allowed', async () => {
  const { forbidden } = require('./boundaries.cjs') as { forbidden: { name: string }[] };
  const found = await cruise(join(__dirname, 'violations'));
  const fixture = ({ from, rule }: Violation) => basename(from, '.ts') === rule.name;
  // The file at the other end of the circle is caught with it.
  const strangers = found.filter(
    (violation) => !fixture(violation) && basename(violation.from) !== 'other.ts',
  );
  expect(strangers.map(named)).toEqual([]);
  expect(new Set(found.filter(fixture).map(({ rule }) => rule.name))).toEqual(
    new Set(forbidden.map(({ name }) => name)),
  );
}, 60_000);

it('nothing in src breaks a rule', async () => {
  expect((await cruise(root)).map(named)).toEqual([]);
}, 60_000);

describe('.oxlintrc.json, for the editor', () => {
  interface Finding {
    readonly code: string;
    readonly filename: string;
  }

  /** Lints the planted violations where its globs, which are relative to the file, see them as src. */
  async function lintViolations(): Promise<readonly string[]> {
    const folder = await mkdtemp(join(tmpdir(), 'vesper-lint-'));
    try {
      await cp(join(__dirname, 'violations'), folder, { recursive: true });
      await cp(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
      const args = [join(root, 'node_modules/oxlint/bin/oxlint'), '--format', 'json', 'src'];
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder }).catch(
        (error: { stdout: string }) => error,
      );
      const { diagnostics } = JSON.parse(stdout) as { diagnostics: Finding[] };
      return diagnostics.map(({ code, filename }) => `${code} ${filename}`);
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  it('catches the plainest of them', async () => {
    const imports = (path: string) => `eslint(no-restricted-imports) src/${path}`;
    expect(await lintViolations()).toEqual(
      expect.arrayContaining([
        imports('domain/schedulers/domain-knows-only-itself.ts'),
        imports('domain/schedulers/domain-uses-no-library.ts'),
        imports('domain/schedulers/domain-does-no-io.ts'),
        imports('domain/windows/domain-windows-uses-only-its-zone-library.ts'),
        imports('platform/http/platform-knows-only-the-domain.ts'),
        imports('features/alpha/features-know-no-adapter.ts'),
        imports('features/alpha/features-use-only-nest-and-class-validator.ts'),
        imports('features/alpha/features-do-no-io.ts'),
        imports('adapters/system/adapters-know-no-feature.ts'),
        'node(no-process-env) src/features/alpha/reads-the-environment.ts',
        'eslint(no-console) src/features/alpha/reads-the-environment.ts',
      ]),
    );
  }, 30_000);
});

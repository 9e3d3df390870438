import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '../../..');

/** A built Vesper somewhere. */
export interface Build {
  /** What it was built from. */
  readonly name: string;
  readonly main: string;
  /** Whether it goes on serving for a while when it is told to stop; one that does not has to be taken out of the balancer first. */
  readonly drains: boolean;
}

export const newBuild = (): Build => buildAt('the working tree', join(ROOT, 'dist/vesper.js'));

/**
 * Builds what ran before, with the libraries of today. Without history, as in a copy without `.git`, it is the same version again, which still drills
 * the replacing.
 * @param revision of git; `null`: the newest tag, else the commit before the last that changed `src`
 */
export function buildOld(revision: string | null, folder: string, say: (text: string) => void): Build {
  const chosen = revision ?? lastRelease() ?? beforeLastChange();
  if (chosen === null) {
    say('there is no history to build an older version from: old and new are the SAME version');
    return { ...newBuild(), name: 'the same version: there is no history' };
  }
  const commit = git('rev-parse', '--verify', '--short', `${chosen}^{commit}`);
  if (commit === null) throw new Error(`git knows no revision ${chosen}`);
  const root = join(folder, 'old');
  mkdirSync(root, { recursive: true });
  const archive = execFileSync('git', ['archive', commit], { cwd: ROOT, maxBuffer: 256 * 1_024 * 1_024 });
  execFileSync('tar', ['-x', '-C', root], { input: archive });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'), 'dir');
  say(`building ${chosen} (${commit})`);
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  return buildAt(`${chosen} (${commit})`, join(root, 'dist/main.js'));
}

/** A copy of the new build with one text of its code replaced, as a mistake would. */
export function buildMistaken(
  { file, from, to }: { readonly file: string; readonly from: string; readonly to: string },
  folder: string,
): Build {
  const root = join(folder, 'mistaken');
  cpSync(join(ROOT, 'dist'), join(root, 'dist'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(root, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'), 'dir');
  const path = join(root, 'dist', file);
  const code = readFileSync(path, 'utf8');
  if (!code.includes(from)) throw new Error(`${file} has no ${from} to replace`);
  writeFileSync(path, code.replaceAll(from, to));
  return buildAt(`the working tree, with ${to} for ${from}`, join(root, 'dist/main.js'));
}

function buildAt(name: string, main: string): Build {
  const schema = readFileSync(join(dirname(main), 'platform/config/config.schema.js'), 'utf8');
  return { name, main, drains: schema.includes('SHUTDOWN_DRAIN_SECONDS') };
}

function lastRelease(): string | null {
  return git('describe', '--tags', '--abbrev=0');
}

function beforeLastChange(): string | null {
  const changed = git('rev-list', '-1', 'HEAD', '--', 'src');
  return changed === null ? null : git('rev-parse', '--verify', '--short', `${changed}^`);
}

function git(...args: readonly string[]): string | null {
  if (!existsSync(join(ROOT, '.git'))) return null;
  try {
    const answer = execFileSync('git', [...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] });
    return answer.toString().trim() || null;
  } catch {
    // No tag, no such commit, no git: each means that there is none.
    return null;
  }
}

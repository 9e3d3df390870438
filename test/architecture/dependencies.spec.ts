import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly deprecated?: string;
  readonly resolved?: string;
}

interface Manifest {
  readonly license?: string | { readonly type: string };
  readonly licenses?: readonly { readonly type: string }[];
}

const root = join(__dirname, '../..');
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};
const packages = Object.entries(lock.packages).filter(([path]) => path !== '');

/** Licences that ask for no more than to be named. */
const PERMISSIVE = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'MIT-0',
  'CC0-1.0',
  'Unlicense',
  'Python-2.0',
  '(MIT OR Apache-2.0)',
  '(MIT AND Zlib)',
]);

describe('dependencies', () => {
  it('that run in production are under permissive licences', () => {
    const others = packages
      .filter(
        ([path, { dev, devOptional }]) =>
          !dev && !devOptional && existsSync(join(root, path, 'package.json')),
      )
      .map(([path]) => `${path}: ${licenceOf(path)}`)
      .filter((line) => !PERMISSIVE.has(line.slice(line.indexOf(': ') + 2)));
    expect(others).toEqual([]);
  });

  it('are none of those that their authors gave up', () => {
    const deprecated = packages
      .filter(([, entry]) => entry.deprecated !== undefined)
      .map(([path, entry]) => `${path}: ${entry.deprecated}`);
    expect(deprecated).toEqual([]);
  });

  it('are pinned to exact versions', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    const ranges = ['dependencies', 'devDependencies', 'optionalDependencies']
      .flatMap((kind) => Object.entries(manifest[kind] ?? {}))
      .filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
    expect(ranges).toEqual([]);
  });

  it('come from whatever registry npm is set to', () => {
    expect(packages.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
  });
});

function licenceOf(path: string): string {
  const { license, licenses } = JSON.parse(
    readFileSync(join(root, path, 'package.json'), 'utf8'),
  ) as Manifest;
  if (typeof license === 'string') return license;
  return license?.type ?? licenses?.map(({ type }) => type).join(' OR ') ?? 'none named';
}

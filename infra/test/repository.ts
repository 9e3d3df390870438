import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the whole project, from where this file is after the build. */
export const ROOT = join(__dirname, '../../../..');

export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Names of the source files of a folder, without its specs. */
export function sourcesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .map((name) => join(folder, name));
}

/** Every variable that Vesper reads; a test of the service keeps .env.example equal to its schema. */
export function variablesOfVesper(): Set<string> {
  return new Set([...read('.env.example').matchAll(/^([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name ?? ''));
}

/** Those of them that CONFIGURATION.md calls secret, which the same test keeps equal to the schema. */
export function secretsOfVesper(): Set<string> {
  const rows = read('docs/CONFIGURATION.md').matchAll(/^\| `([A-Z][A-Z0-9_]*)` \|[^|]*\|[^|]*\| yes \|/gm);
  return new Set([...rows].map(([, name]) => name ?? ''));
}

/** Anchors of the headings of a document, as they are linked to. */
export function anchorsOf(path: string): Set<string> {
  return new Set(
    [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

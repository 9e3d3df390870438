import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

export const PROJECT = join(__dirname, '..', '..');

/** One Markdown file of the project. */
export interface Document {
  /** From the project's root, with slashes. */
  readonly path: string;
  readonly text: string;
  /** Without its fenced blocks. */
  readonly prose: string;
}

export interface FencedBlock {
  readonly language: string;
  readonly text: string;
  /** From a comment `<!-- example: <language> <file name> -->` above it; `null` without one. */
  readonly fileName: string | null;
}

const FENCE = /^```(\w*)\n([^]*?)\n```$/gm;
const EXAMPLE = /<!-- example: (\w+) (\S+) -->\s*$/;

/** README.md and everything in docs/. */
export function documents(): readonly Document[] {
  const found = readdirSync(join(PROJECT, 'docs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath, entry.name));
  return [join(PROJECT, 'README.md'), ...found].map(readDocument);
}

export function documentAt(path: string): Document {
  return readDocument(join(PROJECT, path));
}

export function fencedBlocks(text: string): readonly FencedBlock[] {
  return [...text.matchAll(FENCE)].map((match) => ({
    language: match[1] ?? '',
    text: `${match[2] ?? ''}\n`,
    fileName: EXAMPLE.exec(text.slice(0, match.index))?.[2] ?? null,
  }));
}

/** The part under a heading, without the headings below it of the same or a higher level. */
export function section(text: string, heading: string): string {
  const level = /^#+/.exec(heading)?.[0].length ?? 1;
  const begins = text.indexOf(`\n${heading}\n`);
  if (begins < 0) throw new Error(`there is no heading "${heading}"`);
  const rest = text.slice(begins + heading.length + 2);
  const next = rest.search(new RegExp(`^#{1,${level}} `, 'm'));
  return next < 0 ? rest : rest.slice(0, next);
}

function readDocument(path: string): Document {
  const text = readFileSync(path, 'utf8');
  return { path: relative(PROJECT, path).split(sep).join('/'), text, prose: text.replaceAll(FENCE, '') };
}

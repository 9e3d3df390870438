/** Addresses of `[label]: address` lines, by normalized label. */
export type LinkReferences = ReadonlyMap<string, string>;

export interface LinkTarget {
  readonly url: string;
  /** Where the text goes on. */
  readonly end: number;
}

const INLINE_TARGET =
  /\(\s*(?:<([^<>\n]*)>|((?:[^\s()\\]|\\[\s\S]|\((?:[^\s()\\]|\\[\s\S])*\))*))(?:\s+(?:"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|\((?:[^()\\]|\\[\s\S])*\)))?\s*\)/y;
const FULL_REFERENCE = /\[((?:[^[\]\\]|\\[\s\S])*)\]/y;
/** A footnote's label is no link's: canvases know no footnotes. */
const DEFINITION =
  /^ {0,3}\[(?!\^)((?:[^[\]\\]|\\.)+)\]:\s*(?:<([^<>]*)>|(\S+))\s*(?:"[^"]*"|'[^']*'|\([^()]*\))?\s*$/;

export interface LinkDefinition {
  readonly label: string;
  readonly url: string;
}

export function readDefinition(line: string): LinkDefinition | null {
  const match = DEFINITION.exec(line);
  if (!match?.[1]) return null;
  return { label: normalizeLabel(match[1]), url: unescapeAddress(match[2] ?? match[3] ?? '') };
}

/** Where a bracket leads that closes just before `start`: `(address)`, `[label]`, or its own text as the label. */
export function readLinkTarget(
  text: string,
  start: number,
  label: string,
  references: LinkReferences,
): LinkTarget | null {
  INLINE_TARGET.lastIndex = start;
  const inline = INLINE_TARGET.exec(text);
  if (inline) {
    return { url: unescapeAddress(inline[1] ?? inline[2] ?? ''), end: start + inline[0].length };
  }
  FULL_REFERENCE.lastIndex = start;
  const reference = FULL_REFERENCE.exec(text);
  const url = references.get(normalizeLabel(reference?.[1] || label));
  return url === undefined ? null : { url, end: start + (reference?.[0].length ?? 0) };
}

function normalizeLabel(label: string): string {
  return label.trim().replace(/\s+/g, ' ').toLowerCase();
}

function unescapeAddress(address: string): string {
  return address.replace(/\\([!-/:-@[-`{-~])/g, '$1');
}

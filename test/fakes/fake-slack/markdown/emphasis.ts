import { Inline } from './document';

/** A run of `*`, `_` or `~` that may open or close emphasis, by what stands on either side of it. */
export interface DelimiterRun {
  readonly kind: 'delimiter';
  readonly character: string;
  readonly length: number;
  readonly canOpen: boolean;
  readonly canClose: boolean;
}

export type Unresolved = Inline | DelimiterRun;

/** Runs of one text that wait for a partner; more are text, so that no text can exhaust the stack. */
const MAX_OPEN = 500;

interface Open {
  readonly run: DelimiterRun;
  /** Characters of the run that found no partner yet. */
  left: number;
  /** What was read after the run. */
  content: Inline[];
}

export function toDelimiterRun(text: string, start: number, end: number): DelimiterRun {
  const character = text[start] ?? '';
  const before = lastCharacter(text.slice(Math.max(0, start - 2), start));
  const after = String.fromCodePoint(text.codePointAt(end) ?? 0x20);
  const opensLeft = !isSpace(after) && (!isPunctuation(after) || isSpace(before) || isPunctuation(before));
  const closesRight = !isSpace(before) && (!isPunctuation(before) || isSpace(after) || isPunctuation(after));
  const isStrict = character === '_';
  return {
    kind: 'delimiter',
    character,
    length: end - start,
    canOpen: opensLeft && (!isStrict || !closesRight || isPunctuation(before)),
    canClose: closesRight && (!isStrict || !opensLeft || isPunctuation(after)),
  };
}

/** Pairs the runs by CommonMark's rules; a run without partner stays text. */
export function resolveEmphasis(nodes: readonly Unresolved[]): Inline[] {
  const root: Inline[] = [];
  const stack: Open[] = [];
  const target = (): Inline[] => stack.at(-1)?.content ?? root;
  for (const node of nodes) {
    if (node.kind !== 'delimiter') {
      target().push(node);
      continue;
    }
    const rest = node.canClose ? close(node, stack, target) : node.length;
    if (rest === 0) continue;
    if (node.canOpen && stack.length < MAX_OPEN) stack.push({ run: node, left: rest, content: [] });
    else target().push(toText(node.character, rest));
  }
  return mergeText([...root, ...asText(stack)]);
}

/** Closes what the run can close, innermost first; answers how many of its characters are left. */
function close(run: DelimiterRun, stack: Open[], target: () => Inline[]): number {
  let left = run.length;
  while (left > 0) {
    const index = stack.findLastIndex((open) => isPair(open, run, left));
    if (index < 0) break;
    const open = stack[index];
    if (!open) break;
    const content = [...open.content, ...asText(stack.splice(index + 1))];
    const width = run.character === '~' ? left : Math.min(2, open.left, left);
    const kind = run.character === '~' ? 'strike' : width === 2 ? 'bold' : 'italic';
    open.content = [{ kind, children: mergeText(content) }];
    open.left -= width;
    left -= width;
    if (open.left === 0) {
      stack.pop();
      for (const inline of open.content) target().push(inline);
    }
  }
  return left;
}

function isPair(open: Open, run: DelimiterRun, left: number): boolean {
  if (open.run.character !== run.character) return false;
  if (run.character === '~') return open.left === left && left <= 2;
  const bothWays = open.run.canClose || run.canOpen;
  const isMultiple = open.run.length % 3 === 0 && run.length % 3 === 0;
  return !bothWays || (open.run.length + run.length) % 3 !== 0 || isMultiple;
}

/** Openers that found no partner were text after all. */
function asText(openers: readonly Open[]): Inline[] {
  return openers.flatMap((open) => [toText(open.run.character, open.left), ...open.content]);
}

function toText(character: string, length: number): Inline {
  return { kind: 'text', text: character.repeat(length) };
}

export function mergeText(inlines: readonly Inline[]): Inline[] {
  const merged: Inline[] = [];
  for (const inline of inlines) {
    const last = merged.at(-1);
    if (inline.kind === 'text' && last?.kind === 'text') {
      merged[merged.length - 1] = { kind: 'text', text: last.text + inline.text };
    } else merged.push(inline);
  }
  return merged;
}

function lastCharacter(text: string): string {
  return /[\s\S]$/u.exec(text)?.[0] ?? ' ';
}

function isSpace(character: string): boolean {
  return /\s/u.test(character);
}

function isPunctuation(character: string): boolean {
  return /[\p{P}\p{S}]/u.test(character);
}

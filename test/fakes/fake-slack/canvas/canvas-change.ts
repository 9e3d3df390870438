import { isRecord } from '../blocks/rule';
import { parseMarkdown } from '../markdown/parse-markdown';
import { joinRow, showPipes, splitRow } from '../markdown/table-row';
import { Refusal } from '../refusal';
import { CanvasOperation, FakeCanvas } from './canvas';
import { readMarkdown, refuseTooLarge, refuseUnsupported } from './canvas-content';
import { Section, sectionsOf } from './sections';

type Need = 'required' | 'optional' | 'forbidden';

/** What each operation takes; anything else in a change is refused. */
const FIELDS: Readonly<
  Record<CanvasOperation, Readonly<Record<'section_id' | 'document_content' | 'title_content', Need>>>
> = {
  insert_at_start: { section_id: 'forbidden', document_content: 'required', title_content: 'forbidden' },
  insert_at_end: { section_id: 'forbidden', document_content: 'required', title_content: 'forbidden' },
  insert_before: { section_id: 'required', document_content: 'required', title_content: 'forbidden' },
  insert_after: { section_id: 'required', document_content: 'required', title_content: 'forbidden' },
  replace: { section_id: 'optional', document_content: 'required', title_content: 'forbidden' },
  delete: { section_id: 'required', document_content: 'forbidden', title_content: 'forbidden' },
  rename: { section_id: 'forbidden', document_content: 'forbidden', title_content: 'required' },
};

export interface CanvasChange {
  readonly operation: CanvasOperation;
  readonly sectionId: string | null;
  /** The markdown of the content or of the title; empty for `delete`. */
  readonly markdown: string;
}

/** Reads `changes`: a list that has to hold exactly one. */
export function readChange(value: unknown): CanvasChange {
  if (!Array.isArray(value)) throw Refusal.invalidArguments('must be of type: array [json-pointer:/changes]');
  if (value.length !== 1) {
    throw Refusal.invalidArguments(
      `exactly one change is supported, not ${value.length} [json-pointer:/changes]`,
    );
  }
  const change: unknown = value[0];
  if (!isRecord(change)) throw Refusal.invalidArguments('must be of type: object [json-pointer:/changes/0]');
  const operation = readOperation(change);
  const { section_id: section, document_content: content, title_content: title } = change;
  if (section !== undefined && (typeof section !== 'string' || section === '')) {
    throw Refusal.invalidArguments('must be a string with content [json-pointer:/changes/0/section_id]');
  }
  const sent = operation === 'rename' ? 'title_content' : 'document_content';
  const markdown = operation === 'delete' ? '' : readMarkdown(change[sent], `/changes/0/${sent}`);
  if ((content !== undefined || title !== undefined) && markdown.trim() === '') {
    throw Refusal.invalidArguments(`markdown must have content [json-pointer:/changes/0/${sent}]`);
  }
  if (operation === 'rename' && markdown.includes('\n')) {
    throw Refusal.invalidArguments('a title is one line [json-pointer:/changes/0/title_content]');
  }
  return { operation, sectionId: section ?? null, markdown };
}

function readOperation(change: Record<string, unknown>): CanvasOperation {
  const { operation, ...sent } = change;
  if (typeof operation !== 'string' || !Object.hasOwn(FIELDS, operation)) {
    const known = Object.keys(FIELDS).join(', ');
    throw Refusal.invalidArguments(
      `must be a valid enum value: ${known} [json-pointer:/changes/0/operation]`,
    );
  }
  const needs: Readonly<Record<string, Need>> = FIELDS[operation as CanvasOperation];
  for (const field of Object.keys(sent)) {
    if (!Object.hasOwn(needs, field) || needs[field] === 'forbidden') {
      throw Refusal.invalidArguments(`${operation} takes no ${field} [json-pointer:/changes/0]`);
    }
  }
  const missing = Object.keys(needs).find(
    (field) => needs[field] === 'required' && sent[field] === undefined,
  );
  if (missing) throw Refusal.invalidArguments(`${operation} needs ${missing} [json-pointer:/changes/0]`);
  return operation as CanvasOperation;
}

/** Title and markdown after the change; throws `canvas_editing_failed` with a `detail` where it cannot be made. */
export function applyChange(
  canvas: FakeCanvas,
  change: CanvasChange,
): Pick<FakeCanvas, 'title' | 'markdown'> {
  const { operation, sectionId, markdown } = change;
  if (operation === 'rename') return { title: markdown.trim(), markdown: canvas.markdown };
  if (operation !== 'delete') refuseUnsupported(markdown, 'canvas_editing_failed');
  const next = sectionId === null ? applyToWhole(canvas, change) : applyToSection(canvas, sectionId, change);
  refuseTooLarge(next, 'canvas_editing_failed');
  return { title: canvas.title, markdown: next };
}

function applyToWhole(canvas: FakeCanvas, { operation, markdown }: CanvasChange): string {
  if (operation === 'insert_at_start') return joinParts(markdown, canvas.markdown);
  return operation === 'insert_at_end' ? joinParts(canvas.markdown, markdown) : markdown;
}

function applyToSection(canvas: FakeCanvas, sectionId: string, change: CanvasChange): string {
  const section = sectionsOf(canvas).find(({ id }) => id === sectionId);
  if (!section) throw failed(`Section ${sectionId} was not found`);
  const { lines } = parseMarkdown(canvas.markdown);
  const before = lines.slice(0, section.start).join('\n');
  const at = lines.slice(section.start, section.end).join('\n');
  const after = lines.slice(section.end).join('\n');
  if (section.kind === 'cell') return replaceCell([before, at, after], section, change);
  switch (change.operation) {
    case 'insert_before':
      return joinParts(before, change.markdown, at, after);
    case 'insert_after':
      return joinParts(before, at, change.markdown, after);
    case 'delete':
      return joinParts(before, after);
    default:
      return joinParts(before, change.markdown, after);
  }
}

/** A cell's content can be replaced by other text; a table has no handle by which to do more. */
function replaceCell(
  [before, row, after]: readonly [string, string, string],
  section: Section,
  { operation, markdown }: CanvasChange,
): string {
  const text = markdown.trim();
  const [block, ...others] = parseMarkdown(text).blocks;
  if (operation !== 'replace')
    throw failed(`Section ${section.id} is a table cell: ${operation} is not supported`);
  if (block?.block.kind !== 'paragraph' || others.length > 0 || text.includes('\n')) {
    throw failed(`Section ${section.id} is a table cell: its content is one line of text`);
  }
  const cells = splitRow(row).map((cell, column) => (column === section.column ? showPipes(text) : cell));
  return [before, joinRow(cells), after].filter((part, index) => index === 1 || part !== '').join('\n');
}

function joinParts(...parts: string[]): string {
  return parts
    .map((part) => part.replace(/^(?:[ \t]*\n)+|\s+$/g, ''))
    .filter((part) => part !== '')
    .join('\n\n');
}

function failed(detail: string): Refusal {
  return new Refusal('canvas_editing_failed', { detail });
}

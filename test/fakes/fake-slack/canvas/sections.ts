import { createHash } from 'node:crypto';
import { isRecord } from '../blocks/rule';
import { Block, inlinesOf, visibleText } from '../markdown/document';
import { parseMarkdown } from '../markdown/parse-markdown';
import { Refusal } from '../refusal';
import { FakeCanvas } from './canvas';

/** Something in a canvas with an id of its own: a heading, a paragraph, a list …, and of a table each cell. */
export interface Section {
  readonly id: string;
  readonly kind: Block['kind'] | 'cell';
  readonly level: number | null;
  readonly text: string;
  /** Lines of the markdown, `end` excluded; of a cell those of its row. */
  readonly start: number;
  readonly end: number;
  readonly column: number | null;
}

export type SectionCriteria = (section: Section) => boolean;

const SECTION_TYPES: Readonly<Record<string, SectionCriteria>> = {
  h1: ({ level }) => level === 1,
  h2: ({ level }) => level === 2,
  h3: ({ level }) => level === 3,
  any_header: ({ level }) => level !== null,
};
const MAX_SECTION_TYPES = 3;

/** The sections in reading order. Their ids hold until the next edit, whatever it edits: the shorter of two readings. */
export function sectionsOf(canvas: FakeCanvas): Section[] {
  const sections = parseMarkdown(canvas.markdown).blocks.flatMap(({ block, start, end }) => {
    if (block.kind !== 'table') return [toSection(block, start, end)];
    return block.rows.flatMap((row, index) => {
      const line = index === 0 ? start : start + index + 1;
      return row.map((cell, column) => ({
        ...{ kind: 'cell' as const, level: null, text: visibleText(cell) },
        ...{ start: line, end: line + 1, column },
      }));
    });
  });
  return sections.map((section, index) => ({ ...section, id: sectionId(canvas, index) }));
}

function toSection(block: Block, start: number, end: number): Omit<Section, 'id'> {
  const level = block.kind === 'heading' ? block.level : null;
  const text = block.kind === 'code' ? block.text : visibleText(topInlines(block));
  return { kind: block.kind, level, text, start, end, column: null };
}

/** The children of an emphasis are shown by it already. */
function topInlines(block: Block): ReturnType<typeof inlinesOf> {
  if (block.kind === 'heading' || block.kind === 'paragraph') return [...block.children];
  if (block.kind === 'quote') return block.blocks.flatMap(topInlines);
  return block.kind === 'list' ? block.items.flatMap((item) => item.blocks.flatMap(topInlines)) : [];
}

function sectionId(canvas: FakeCanvas, index: number): string {
  const digest = createHash('sha256').update(`${canvas.id}/${canvas.revision}/${index}`).digest('hex');
  return `temp:C:${digest.slice(0, 27)}`;
}

/** Reads `criteria` of `canvases.sections.lookup`. */
export function readCriteria(value: unknown): SectionCriteria {
  if (!isRecord(value)) throw Refusal.invalidArguments('must be of type: object [json-pointer:/criteria]');
  const { section_types: types, contains_text: text, ...others } = value;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw Refusal.invalidArguments(`unknown field: ${unknown} [json-pointer:/criteria]`);
  if (types === undefined && text === undefined) {
    throw Refusal.invalidArguments('section_types or contains_text is required [json-pointer:/criteria]');
  }
  const byType = types === undefined ? (): boolean => true : readTypes(types);
  if (text === undefined) return byType;
  if (typeof text !== 'string' || text === '') {
    throw Refusal.invalidArguments('must be a string with content [json-pointer:/criteria/contains_text]');
  }
  return (section) => byType(section) && section.text.includes(text);
}

function readTypes(value: unknown): SectionCriteria {
  const pointer = '[json-pointer:/criteria/section_types]';
  if (!Array.isArray(value) || value.length < 1 || value.length > MAX_SECTION_TYPES) {
    throw Refusal.invalidArguments(`must hold 1 to ${MAX_SECTION_TYPES} section types ${pointer}`);
  }
  const rules = value.map((type: unknown) => {
    const rule = typeof type === 'string' && Object.hasOwn(SECTION_TYPES, type) ? SECTION_TYPES[type] : null;
    if (rule) return rule;
    const known = Object.keys(SECTION_TYPES).join(', ');
    throw Refusal.invalidArguments(`must be a valid enum value: ${known} ${pointer}`);
  });
  return (section) => rules.some((rule) => rule(section));
}

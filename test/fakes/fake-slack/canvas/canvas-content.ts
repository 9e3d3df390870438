import { isRecord } from '../blocks/rule';
import { allBlocks, Block, inlinesOf, Table, visibleText } from '../markdown/document';
import { parseMarkdown } from '../markdown/parse-markdown';
import { Refusal } from '../refusal';

/** 1 MiB; counted in bytes, the strictest way. */
const MAX_MARKDOWN_BYTES = 1_048_576;
/** Per table, the heading included; reported of Slack, not documented. */
const MAX_TABLE_CELLS = 300;

/** The markdown of a `document_content` or `title_content`; whatever else it may hold is refused. */
export function readMarkdown(value: unknown, pointer: string): string {
  const refuse = (message: string): never => {
    throw Refusal.invalidArguments(`${message} [json-pointer:${pointer}]`);
  };
  if (!isRecord(value)) return refuse('must be of type: object');
  const { type, markdown, ...others } = value;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return refuse(`unknown field: ${unknown}`);
  if (type !== 'markdown') return refuse('type must be a valid enum value: markdown');
  if (typeof markdown !== 'string') return refuse('markdown must be of type: string');
  if (Buffer.byteLength(markdown) > MAX_MARKDOWN_BYTES) {
    return refuse(`markdown must be no more than ${MAX_MARKDOWN_BYTES} characters`);
  }
  return markdown;
}

type FailureCode = 'canvas_creation_failed' | 'canvas_editing_failed';

/** Throws `code` with a `detail` if a canvas, with all that was added to it, is larger than one may be. */
export function refuseTooLarge(markdown: string, code: FailureCode): void {
  if (Buffer.byteLength(markdown) > MAX_MARKDOWN_BYTES) {
    throw new Refusal(code, { detail: `The canvas is larger than ${MAX_MARKDOWN_BYTES} characters` });
  }
}

/** Throws `code` with a `detail` if the markdown holds something a canvas cannot. */
export function refuseUnsupported(markdown: string, code: FailureCode): void {
  const blocks = allBlocks(parseMarkdown(markdown).blocks.map(({ block }) => block));
  const detail = blocks.map(findFault).find((fault) => fault !== null);
  if (detail) throw new Refusal(code, { detail });
}

function findFault(block: Block): string | null {
  if (block.kind === 'quote' || block.kind === 'list') return null;
  if (block.kind === 'html') return `Raw HTML is not supported: ${block.raw.slice(0, 60)}`;
  if (block.kind === 'code' && !block.isClosed) return 'A code block is not closed';
  if (block.kind === 'table') {
    const fault = findTableFault(block);
    if (fault) return fault;
  }
  const tag = inlinesOf(block).find(({ kind }) => kind === 'html');
  return tag?.kind === 'html' ? `Raw HTML is not supported: ${tag.raw.slice(0, 60)}` : null;
}

function findTableFault({ alignments, rows }: Table): string | null {
  const columns = alignments.length;
  const odd = rows.findIndex((row) => row.length !== columns);
  if (odd >= 0) {
    const shown = (rows[odd] ?? []).map(visibleText).join(' | ').slice(0, 80);
    return `Row ${odd + 1} of a table has ${rows[odd]?.length} cells, not ${columns}: ${shown}`;
  }
  const cells = columns * rows.length;
  return cells > MAX_TABLE_CELLS
    ? `A table has ${cells} cells, more than the ${MAX_TABLE_CELLS} that are supported`
    : null;
}

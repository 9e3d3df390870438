import { Arguments } from './arguments';
import { contentLength } from './blocks/content-length';
import { Review, toLine } from './blocks/review';
import { reviewBlocks } from './blocks/review-blocks';
import { isRecord } from './blocks/rule';
import { FakeMetadata } from './message';
import { Refusal } from './refusal';

const MAX_ATTACHMENTS = 100;
const MAX_MARKDOWN_TEXT = 12_000;
/** Undocumented; seen near this number of characters over all blocks. */
const MAX_BLOCKS_CONTENT = 13_200;
/** Slack documents `metadata_too_large` without a number; this one is chosen low on purpose. */
const MAX_METADATA_CHARS = 8_000;

/** What a call wants to say. `undefined`: not sent, which an update tells apart from empty. */
export interface SentContent {
  readonly text: string | undefined;
  readonly blocks: unknown[] | undefined;
  readonly attachments: unknown[] | undefined;
  readonly metadata: FakeMetadata | null | undefined;
}

export const CONTENT_ARGUMENTS = {
  text: 'string',
  markdown_text: 'string',
  blocks: 'json',
  attachments: 'json',
  metadata: 'json',
  parse: 'string',
  link_names: 'boolean',
  mrkdwn: 'boolean',
  reply_broadcast: 'boolean',
} as const;

/** Reads and checks text, blocks, attachments and metadata of a call. */
export function readContent(args: Arguments): SentContent {
  const markdown = args.string('markdown_text');
  if (markdown !== undefined) return readMarkdown(markdown, args);
  const blocks = readBlocks(args.json('blocks'));
  const attachments = readAttachments(args.json('attachments'));
  const review = new Review('message');
  if (blocks) reviewBlocks(blocks, '/blocks', review);
  attachments?.forEach((attachment, index) => {
    if (!isRecord(attachment)) throw new Refusal('invalid_attachments');
    if (attachment['blocks'] !== undefined) {
      reviewBlocks(attachment['blocks'], `/attachments/${index}/blocks`, review);
    }
  });
  refuseViolations(review);
  if (contentLength([blocks, attachments]) > MAX_BLOCKS_CONTENT) throw new Refusal('msg_blocks_too_long');
  return { text: args.string('text'), blocks, attachments, metadata: readMetadata(args.json('metadata')) };
}

export function isEmpty(content: SentContent): boolean {
  return !content.text && !content.blocks?.length && !content.attachments?.length;
}

function readMarkdown(markdown: string, args: Arguments): SentContent {
  if (['text', 'blocks', 'attachments'].some((name) => args.has(name))) {
    throw new Refusal('markdown_text_conflict');
  }
  if (markdown.length > MAX_MARKDOWN_TEXT) throw new Refusal('msg_too_long');
  if (markdown === '') throw new Refusal('no_text');
  const blocks = [{ type: 'markdown', text: markdown }];
  return { text: markdown, blocks, attachments: undefined, metadata: readMetadata(args.json('metadata')) };
}

function readBlocks(value: unknown): unknown[] | undefined {
  if (value === undefined || Array.isArray(value)) return value;
  throw new Refusal('invalid_blocks_format');
}

function readAttachments(value: unknown): unknown[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw new Refusal('invalid_attachments');
  if (value.length > MAX_ATTACHMENTS) throw new Refusal('too_many_attachments');
  return value;
}

function refuseViolations(review: Review): void {
  const tables = review.violations.filter((violation) => violation.code === 'only_one_table_allowed');
  if (tables.length > 0) throw Refusal.withMessages('invalid_attachments', tables.map(toLine));
  if (review.violations.length > 0) {
    throw Refusal.withMessages('invalid_blocks', review.violations.map(toLine));
  }
}

/** `{}` says "none"; otherwise an event type and a flat payload, so that nothing depends on what Slack does with depth. */
function readMetadata(value: unknown): FakeMetadata | null | undefined {
  if (value === undefined) return undefined;
  if (!isRecord(value)) throw new Refusal('invalid_metadata_format');
  if (Object.keys(value).length === 0) return null;
  const { event_type: type, event_payload: payload, ...rest } = value;
  if (typeof type !== 'string' || type === '' || !isRecord(payload) || Object.keys(rest).length > 0) {
    throw new Refusal('invalid_metadata_format');
  }
  if (!Object.values(payload).every(isSimple)) throw new Refusal('invalid_metadata_schema');
  if (JSON.stringify(value).length > MAX_METADATA_CHARS) throw new Refusal('metadata_too_large');
  return { event_type: type, event_payload: payload };
}

function isSimple(value: unknown): boolean {
  if (Array.isArray(value))
    return value.every((item) => typeof item === 'string' || typeof item === 'number');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

import { Arguments } from '../arguments';
import { Refusal } from '../refusal';

const MAX_LIMIT = 999;
const CURSOR = /^next:(\d+(?:\.\d+)?)$/;

export const PAGING_ARGUMENTS = { limit: 'integer', cursor: 'string' } as const;

export interface Page<T> {
  readonly items: T[];
  /** The cursor of the next page, `''` on the last. */
  readonly nextCursor: string;
}

/**
 * One page of a list that is already in answer order. The cursor holds the key of the last item shown, so that items
 * added meanwhile neither repeat nor hide others; an item removed meanwhile is not missed.
 */
export function pageOf<T>(
  items: readonly T[],
  args: Arguments,
  options: {
    keyOf: (item: T) => string;
    isAfter: (key: string, cursor: string) => boolean;
    defaultLimit: number;
  },
): Page<T> {
  const limit = args.integer('limit') ?? options.defaultLimit;
  if (limit < 1 || limit > MAX_LIMIT) throw new Refusal('invalid_limit');
  const cursor = readCursor(args.string('cursor'));
  const rest = cursor === null ? items : items.filter((item) => options.isAfter(options.keyOf(item), cursor));
  const shown = rest.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rest.length > shown.length && last !== undefined;
  return { items: shown, nextCursor: hasMore ? toCursor(options.keyOf(last)) : '' };
}

function toCursor(key: string): string {
  return Buffer.from(`next:${key}`).toString('base64');
}

function readCursor(cursor: string | undefined): string | null {
  if (!cursor) return null;
  const match = CURSOR.exec(Buffer.from(cursor, 'base64').toString());
  if (!match?.[1]) throw new Refusal('invalid_cursor');
  return match[1];
}

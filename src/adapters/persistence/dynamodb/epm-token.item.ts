import type { EpmToken } from '../../../domain/board/epm-token.repository';
import { count, instant, itemOf, optional, text, type Item } from './attributes';
import { ItemReader } from './item.reader';

export function epmTokenKey(connection: string): Item {
  return { pk: text(`epm-token#${connection}`), sk: text('token') };
}

export function toEpmTokenItem(token: EpmToken): Item {
  return itemOf({
    ...epmTokenKey(token.connection),
    connection: text(token.connection),
    sealed: text(token.sealed),
    seed: text(token.seed),
    issued_at: instant(token.issuedAt),
    refusal: optional(token.refusal, text),
    version: count(token.version),
  });
}

/** @throws UnreadableItem */
export function fromEpmTokenItem(item: Item): EpmToken {
  const reader = new ItemReader(item, `EPM token of ${item['connection']?.S}`);
  return {
    connection: reader.text('connection'),
    sealed: reader.text('sealed'),
    seed: reader.text('seed'),
    issuedAt: reader.instant('issued_at'),
    refusal: reader.textOrNull('refusal'),
    version: reader.count('version'),
  };
}

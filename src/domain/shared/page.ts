/** One page of a longer list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page starts, to be handed back as `after`; `null` when this is the last page. */
  readonly next: string | null;
}

export interface PageRequest {
  readonly limit: number;
  /** `next` of the page before; `null` for the first page. */
  readonly after: string | null;
}

/** Order of the UTF-8 bytes, which is the order in which DynamoDB sorts strings; every storage lists in it. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left === right) continue;
    // Surrogates stand for code points above U+FFFF, yet have smaller numbers than U+E000..U+FFFF.
    const leftIsSurrogate = left >= 0xd800 && left <= 0xdfff;
    const rightIsSurrogate = right >= 0xd800 && right <= 0xdfff;
    if (leftIsSurrogate !== rightIsSurrogate && Math.max(left, right) >= 0xe000)
      return leftIsSurrogate ? 1 : -1;
    return left - right;
  }
  return a.length - b.length;
}

const CONTENT_FIELDS = new Set(['text', 'caption', 'alt_text']);

/** Characters a reader sees: the strings of texts, cells, captions and image descriptions, at any depth. */
export function contentLength(node: unknown): number {
  if (Array.isArray(node)) return node.reduce<number>((sum, child) => sum + contentLength(child), 0);
  if (typeof node !== 'object' || node === null) return 0;
  return Object.entries(node).reduce((sum, [field, value]) => {
    if (typeof value === 'string') return CONTENT_FIELDS.has(field) ? sum + value.length : sum;
    return sum + contentLength(value);
  }, 0);
}

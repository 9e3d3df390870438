/** A number in [0, 1), like Math.random. */
export type Random = () => number;

/** The same numbers for the same seed and purpose: mulberry32 over an FNV-1a hash of both. */
export function seededRandom(seed: number, purpose: string): Random {
  let state = 0x811c9dc5;
  for (const char of `${seed}/${purpose}`) state = Math.imul(state ^ char.charCodeAt(0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` of the items (all, when there are fewer), each as likely as any other. */
export function pick<T>(items: readonly T[], count: number, random: Random): T[] {
  const pool = [...items];
  const picked: T[] = [];
  while (picked.length < count && pool.length > 0) {
    const [item] = pool.splice(Math.floor(random() * pool.length), 1);
    picked.push(item as T);
  }
  return picked;
}

/** Which records of an archive are asked for. */
export interface ArchiveQuery<T> {
  /** Only this bucket; `null` for all of them. */
  readonly bucketKey: string | null;
  /** Texts that the document of a matching record contains, to pass over others unparsed. */
  readonly texts: readonly string[];
  readonly matches: (record: T) => boolean;
  /** Only records whose sort keys come before this one … */
  readonly before: string | null;
  /** … and which were filed within these days. */
  readonly from: Date | null;
  readonly to: Date | null;
  readonly limit: number;
  /** Records of the same kind that live elsewhere, to be listed among those filed. */
  readonly besides: readonly T[];
  /** What is asked for is never filed. */
  readonly onlyBesides?: boolean;
}

const DAY_MS = 86_400_000;

/** Whether records that are filed under a day (`YYYY-MM-DD`, UTC) can be among those asked for. */
export function mayHold(
  day: string,
  { before, from, to }: Pick<ArchiveQuery<unknown>, 'before' | 'from' | 'to'>,
): boolean {
  const beginsMs = Date.parse(day);
  if (from !== null && beginsMs + DAY_MS <= from.getTime()) return false;
  if (to !== null && beginsMs > to.getTime()) return false;
  return before === null || day <= before.slice(0, 10);
}

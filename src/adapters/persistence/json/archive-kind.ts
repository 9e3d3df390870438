import type { DocumentMapping } from './documents/document';

/** What an archive holds and how it is filed. */
export interface ArchiveKind<T> {
  readonly name: string;
  readonly mapping: DocumentMapping<T>;
  idOf(record: T): string;
  /** Records with the same key lie in the same bucket. */
  bucketKeyOf(record: T): string;
  /** Begins with the instant of the day under which the record is filed, as ISO-8601 text. */
  sortKeyOf(record: T): string;
  /** Retention counts from here; not before the day under which it is filed. */
  retainedFrom(record: T): Date;
}

import { StorageUnavailable } from '../../../domain/shared/errors';
import { compareUtf8 } from '../../../domain/shared/page';
import type { ArchiveFiles } from './archive-files';
import type { ArchiveKind } from './archive-kind';
import { mayHold, type ArchiveQuery } from './archive-query';
import type { Write } from './commit';
import type { Document } from './documents/document';
import { reasonOf } from './storage.errors';
import { UnfiledRecords, type UnfiledRecord } from './unfiled-records';

interface Group<T> {
  readonly day: string;
  readonly bucket: string;
  readonly records: UnfiledRecord<T>[];
}

/** So many characters wait in memory at most, some five thousand records: enough that each file is opened for a good many at a time. */
const MOST_UNFILED = 2 * 1_024 * 1_024;

/**
 * Records that are written once and then only read, kept in daily files instead of memory. They are durable with the commit they ride in; until they are
 * filed they are read from memory. A record that is filed twice, after a crash, is read once.
 */
export class Archive<T> {
  private readonly unfiled = new UnfiledRecords<T>();
  private last: Promise<unknown> = Promise.resolve();
  private filing = false;

  constructor(
    readonly kind: ArchiveKind<T>,
    private readonly files: ArchiveFiles,
    private readonly retainedSince: () => Date,
    private readonly onNotice: (message: string, fields?: object) => void,
  ) {}

  append(record: T): Write {
    const text = JSON.stringify(this.kind.mapping.toDocument(record));
    const op = `{"a":"${this.kind.name}","v":${text}}`;
    // What nobody may be shown any more is not kept either, but the commit goes through.
    if (!this.isRetained(record)) return { op, stage: ignore, apply: ignore, drop: ignore };
    return this.unfiled.add(this.kind.idOf(record), record, text, op, () => this.fileIfMany());
  }

  /** A record from a journal: it may have been filed before the crash, or not. */
  restore(document: unknown): void {
    const record = this.kind.mapping.fromDocument(document as Document<T>);
    if (!this.isRetained(record)) return;
    this.unfiled.restore(this.kind.idOf(record), record, JSON.stringify(document));
  }

  /** Whether the very record is there already; waits for one that is on its way to the disk. */
  async has(record: T): Promise<boolean> {
    const id = this.kind.idOf(record);
    if (await this.unfiled.has(id)) return true;
    return (await this.findIn([this.dayOf(record)], id, this.kind.bucketKeyOf(record))) !== null;
  }

  /** @param bucketKey that of the record looked for */
  async find(id: string, bucketKey: string): Promise<T | null> {
    const unfiled = this.unfiled.get(id);
    if (unfiled !== null) return unfiled;
    return this.findIn(await this.readable(this.files.listDays()), id, bucketKey);
  }

  /** Newest first. @returns up to `limit` records */
  async list(query: ArchiveQuery<T>): Promise<readonly T[]> {
    const matches = (record: T) => this.isWithin(record, query) && query.matches(record);
    const inMemory = [...Array.from(this.unfiled.durable(), ({ record }) => record), ...query.besides].filter(
      matches,
    );
    const found: T[] = [];
    for (const day of await this.daysFor(query, inMemory)) {
      if (found.length >= query.limit) break;
      const records = new Map<string, T>();
      for (const record of query.onlyBesides ? [] : await this.readDay(day, query)) {
        if (matches(record)) records.set(this.kind.idOf(record), record);
      }
      for (const record of inMemory) {
        if (this.dayOf(record) === day) records.set(this.kind.idOf(record), record);
      }
      found.push(...[...records.values()].sort((a, b) => this.compareNewestFirst(a, b)));
    }
    return found.slice(0, query.limit);
  }

  /** Files what waits in memory. What cannot be filed now stays there, and in the journal, and is tried again. */
  async fileInBackground(): Promise<void> {
    this.filing = true;
    try {
      await this.exclusive(() => this.fileAll());
    } catch (error) {
      this.onNotice(`${this.kind.name} could not be filed; it stays in the journal for now`, {
        reason: reasonOf(error),
      });
    } finally {
      this.filing = false;
    }
  }

  /** Files what waits in memory and makes it durable there, so that journals are no longer needed for it. */
  async fileDurably(): Promise<void> {
    await this.exclusive(async () => {
      await this.fileAll();
      await this.files.sync();
    });
  }

  /** Deletes what has outlived its retention. @param signal once aborted, no other file is begun @returns how many records */
  async deleteExpired(before: Date, signal: AbortSignal): Promise<number> {
    return this.exclusive(async () => {
      if (signal.aborted) return 0;
      await this.fileAll();
      const deleted = new Set<string>();
      const lastDay = before.toISOString().slice(0, 10);
      for (const day of await this.files.listDays()) {
        if (day <= lastDay) await this.files.prune(day, (line) => this.keeps(line, before, deleted), signal);
      }
      return deleted.size;
    });
  }

  private isRetained(record: T): boolean {
    return this.kind.retainedFrom(record) >= this.retainedSince();
  }

  private fileIfMany(): void {
    if (this.unfiled.length >= MOST_UNFILED && !this.filing) void this.fileInBackground();
  }

  private async fileAll(): Promise<void> {
    const filed = new Set<UnfiledRecord<T>>();
    try {
      for (const { day, bucket, records } of this.groups()) {
        const lines = records.map(({ text }) => text);
        await this.files.append(day, bucket, lines);
        for (const record of records) filed.add(record);
      }
    } finally {
      this.unfiled.forget(filed);
    }
  }

  /** What waits in memory, by the file it belongs to. */
  private groups(): Iterable<Group<T>> {
    const groups = new Map<string, Group<T>>();
    for (const unfiled of this.unfiled.durable()) {
      const day = this.dayOf(unfiled.record);
      const bucket = this.files.bucketOf(this.kind.bucketKeyOf(unfiled.record));
      const group = groups.get(`${day}/${bucket}`);
      if (group === undefined) groups.set(`${day}/${bucket}`, { day, bucket, records: [unfiled] });
      else group.records.push(unfiled);
    }
    return groups.values();
  }

  private keeps(line: string, before: Date, deleted: Set<string>): boolean {
    const record = this.parse(line);
    if (record === null) return false;
    if (this.kind.retainedFrom(record) >= before) return true;
    deleted.add(this.kind.idOf(record));
    return false;
  }

  private async findIn(days: readonly string[], id: string, bucketKey: string): Promise<T | null> {
    const text = `"id":${JSON.stringify(id)}`;
    for (const day of days) {
      const records = await this.readDay(day, { bucketKey, texts: [text] });
      const found = records.findLast((record) => this.kind.idOf(record) === id);
      if (found !== undefined) return found;
    }
    return null;
  }

  private async readDay(
    day: string,
    { bucketKey, texts }: Pick<ArchiveQuery<T>, 'bucketKey' | 'texts'>,
  ): Promise<T[]> {
    const bucket = bucketKey === null ? null : this.files.bucketOf(bucketKey);
    const lines = await this.readable(this.files.readLines(day, bucket, texts));
    return lines.map((line) => this.parse(line)).filter((record) => record !== null);
  }

  private async daysFor(query: ArchiveQuery<T>, inMemory: readonly T[]): Promise<string[]> {
    const days = new Set(query.onlyBesides ? [] : await this.readable(this.files.listDays()));
    for (const record of inMemory) days.add(this.dayOf(record));
    return [...days]
      .filter((day) => mayHold(day, query))
      .sort()
      .reverse();
  }

  private isWithin(record: T, { before }: ArchiveQuery<T>): boolean {
    return before === null || compareUtf8(this.kind.sortKeyOf(record), before) < 0;
  }

  private compareNewestFirst(a: T, b: T): number {
    return compareUtf8(this.kind.sortKeyOf(b), this.kind.sortKeyOf(a));
  }

  private dayOf(record: T): string {
    return this.kind.sortKeyOf(record).slice(0, 10);
  }

  /** `null` for a line that a crash tore. */
  private parse(line: string): T | null {
    if (!line.startsWith('{"id":')) return null;
    try {
      return this.kind.mapping.fromDocument(JSON.parse(line) as Document<T>);
    } catch {
      return null;
    }
  }

  private async readable<R>(reading: Promise<R>): Promise<R> {
    try {
      return await reading;
    } catch (error) {
      throw new StorageUnavailable(`${this.files.folder} cannot be read: ${reasonOf(error)}`, error);
    }
  }

  /** One change of the files at a time. */
  private exclusive<R>(task: () => Promise<R>): Promise<R> {
    const result = this.last.then(task);
    this.last = result.catch(() => undefined);
    return result;
  }
}

function ignore(): void {}

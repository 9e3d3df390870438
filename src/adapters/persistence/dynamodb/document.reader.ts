import { FieldReader } from './field.reader';

/** A record written as JSON: absent values are absent, instants are texts. */
export type Document = Readonly<Record<string, unknown>>;

/** Takes apart what one text attribute holds as JSON. */
export class DocumentReader extends FieldReader {
  constructor(
    private readonly document: Document,
    what: string,
  ) {
    super(what);
  }

  has(name: string): boolean {
    return this.document[name] !== undefined;
  }

  text(name: string): string {
    const value = this.value(name);
    return typeof value === 'string' ? value : this.refuse(name, 'is not a text');
  }

  count(name: string): number {
    return this.toCount(name, this.value(name));
  }

  /** Elements of `known`, of which the field says the places. */
  chosenOf<T>(name: string, known: readonly T[]): readonly T[] {
    return this.elements(name).map((element) => {
      const place = this.toCount(name, element);
      return known[place] ?? this.refuse(name, `names place ${place} out of ${known.length}`);
    });
  }

  flag(name: string): boolean {
    const value = this.value(name);
    return typeof value === 'boolean' ? value : this.refuse(name, 'is not a flag');
  }

  nested(name: string): DocumentReader {
    return this.toReader(name, this.value(name));
  }

  list(name: string): readonly DocumentReader[] {
    return this.elements(name).map((element) => this.toReader(name, element));
  }

  private elements(name: string): readonly unknown[] {
    const value = this.value(name);
    return Array.isArray(value) ? value : this.refuse(name, 'is not a list');
  }

  private toReader(name: string, value: unknown): DocumentReader {
    const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isRecord) this.refuse(name, 'is not an object');
    return new DocumentReader(value as Document, `${this.what} (${name})`);
  }

  private value(name: string): unknown {
    return this.document[name] ?? this.refuse(name, this.has(name) ? 'is null' : 'is missing');
  }
}

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from './attributes';
import { DocumentReader } from './document.reader';
import { FieldReader } from './field.reader';
import { TTL_ATTRIBUTE } from './tables';

/** Takes an item apart, attribute by attribute. */
export class ItemReader extends FieldReader {
  constructor(
    private readonly item: Item,
    what: string,
  ) {
    super(what);
  }

  has(name: string): boolean {
    return this.item[name] !== undefined;
  }

  text(name: string): string {
    return this.value(name, 'S');
  }

  count(name: string): number {
    return this.toCount(name, Number(this.value(name, 'N')));
  }

  double(name: string): number {
    const value = this.parse(name);
    return typeof value === 'number' ? value : this.refuse(name, 'is not a number');
  }

  flag(name: string): boolean {
    return this.value(name, 'BOOL');
  }

  texts(name: string): readonly string[] {
    return this.value(name, 'L').map((element) => element.S ?? this.refuse(name, 'holds more than texts'));
  }

  instants(name: string): readonly Date[] {
    return this.texts(name).map((element) => this.toInstant(name, element));
  }

  /** An object that {@link json} wrote; what is in it is the business of whoever sent it. */
  object<T extends object>(name: string): T {
    const value = this.parse(name);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      this.refuse(name, 'is not an object');
    return value as T;
  }

  nested(name: string): ItemReader {
    return new ItemReader(this.value(name, 'M'), `${this.what} (${name})`);
  }

  list(name: string): readonly ItemReader[] {
    return this.value(name, 'L').map(
      (element) =>
        new ItemReader(element.M ?? this.refuse(name, 'holds more than maps'), `${this.what} (${name})`),
    );
  }

  /** Records that {@link json} wrote as one text. */
  documents(name: string): readonly DocumentReader[] {
    return new DocumentReader({ [name]: this.parse(name) }, this.what).list(name);
  }

  /** These answer `null` when the attribute is absent. */
  doubleOrNull(name: string): number | null {
    return this.has(name) ? this.double(name) : null;
  }

  objectOrNull<T extends object>(name: string): T | null {
    return this.has(name) ? this.object<T>(name) : null;
  }

  private value<K extends 'S' | 'N' | 'BOOL' | 'L' | 'M'>(
    name: string,
    type: K,
  ): NonNullable<AttributeValue[K]> {
    return (
      this.item[name]?.[type] ?? this.refuse(name, this.has(name) ? `is not of type ${type}` : 'is missing')
    );
  }

  private parse(name: string): unknown {
    try {
      return JSON.parse(this.text(name));
    } catch (error) {
      if (error instanceof SyntaxError) this.refuse(name, 'is not JSON');
      throw error;
    }
  }
}

/** Whether its time was over at `now`. DynamoDB deletes days later, and shows it until then. */
export function isExpired(item: Item, now: Date): boolean {
  return Number(item[TTL_ATTRIBUTE]?.N ?? Infinity) * 1000 <= now.getTime();
}

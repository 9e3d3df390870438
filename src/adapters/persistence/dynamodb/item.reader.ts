import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from './attributes';
import { TTL_ATTRIBUTE } from './tables';

/** An item that is not what Vesper writes: somebody else's hand, or a version that does not know it. */
export class UnreadableItem extends Error {
  constructor(what: string, attribute: string, problem: string) {
    super(`Stored ${what} cannot be read: attribute ${attribute} ${problem}`);
    this.name = 'UnreadableItem';
  }
}

/** Takes an item apart, attribute by attribute, and refuses what has the wrong type. */
export class ItemReader {
  /** @param what for the error: which kind of item, and which one */
  constructor(
    private readonly item: Item,
    private readonly what: string,
  ) {}

  has(name: string): boolean {
    return this.item[name] !== undefined;
  }

  text(name: string): string {
    return this.value(name, 'S');
  }

  oneOf<T extends string>(name: string, known: readonly T[]): T {
    const value = this.text(name);
    return (
      known.find((one) => one === value) ?? this.refuse(name, `is ${value}, not one of ${known.join(', ')}`)
    );
  }

  instant(name: string): Date {
    return this.toInstant(name, this.text(name));
  }

  count(name: string): number {
    return this.toCount(name, this.value(name, 'N'));
  }

  counts(name: string): readonly number[] {
    return this.value(name, 'L').map((element) =>
      this.toCount(name, element.N ?? this.refuse(name, 'holds more than numbers')),
    );
  }

  /** Elements of `known`, of which the attribute says the places. */
  chosenOf<T>(name: string, known: readonly T[]): readonly T[] {
    return this.counts(name).map(
      (place) => known[place] ?? this.refuse(name, `names place ${place} out of ${known.length}`),
    );
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

  /** These answer `null` when the attribute is absent. */
  textOrNull(name: string): string | null {
    return this.has(name) ? this.text(name) : null;
  }

  instantOrNull(name: string): Date | null {
    return this.has(name) ? this.instant(name) : null;
  }

  countOrNull(name: string): number | null {
    return this.has(name) ? this.count(name) : null;
  }

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

  private toCount(name: string, digits: string): number {
    const value = Number(digits);
    return Number.isSafeInteger(value) ? value : this.refuse(name, 'is not a whole number');
  }

  private toInstant(name: string, value: string): Date {
    const at = new Date(value);
    return Number.isNaN(at.getTime()) ? this.refuse(name, 'is not an instant') : at;
  }

  private parse(name: string): unknown {
    try {
      return JSON.parse(this.text(name));
    } catch (error) {
      if (error instanceof SyntaxError) this.refuse(name, 'is not JSON');
      throw error;
    }
  }

  private refuse(attribute: string, problem: string): never {
    throw new UnreadableItem(this.what, attribute, problem);
  }
}

/** Whether its time was over at `now`. DynamoDB deletes days later, and shows it until then. */
export function isExpired(item: Item, now: Date): boolean {
  return Number(item[TTL_ATTRIBUTE]?.N ?? Infinity) * 1000 <= now.getTime();
}

/** A record that is not what Vesper writes: somebody else's hand, or a version that does not know it. */
export class UnreadableItem extends Error {
  constructor(what: string, attribute: string, problem: string) {
    super(`Stored ${what} cannot be read: attribute ${attribute} ${problem}`);
    this.name = 'UnreadableItem';
  }
}

/** Takes a record apart, field by field, and refuses what has the wrong type; whether its fields are attributes of DynamoDB or JSON in one of them. */
export abstract class FieldReader {
  /** @param what for the error: which kind of record, and which one */
  constructor(protected readonly what: string) {}

  abstract has(name: string): boolean;
  abstract text(name: string): string;
  abstract count(name: string): number;
  abstract flag(name: string): boolean;
  abstract nested(name: string): FieldReader;
  abstract list(name: string): readonly FieldReader[];

  oneOf<T extends string>(name: string, known: readonly T[]): T {
    const value = this.text(name);
    return (
      known.find((one) => one === value) ?? this.refuse(name, `is ${value}, not one of ${known.join(', ')}`)
    );
  }

  instant(name: string): Date {
    return this.toInstant(name, this.text(name));
  }

  /** These answer `null` when the field is absent. */
  textOrNull(name: string): string | null {
    return this.has(name) ? this.text(name) : null;
  }

  instantOrNull(name: string): Date | null {
    return this.has(name) ? this.instant(name) : null;
  }

  countOrNull(name: string): number | null {
    return this.has(name) ? this.count(name) : null;
  }

  protected toCount(name: string, value: unknown): number {
    return Number.isSafeInteger(value) ? (value as number) : this.refuse(name, 'is not a whole number');
  }

  protected toInstant(name: string, value: string): Date {
    const at = new Date(value);
    return Number.isNaN(at.getTime()) ? this.refuse(name, 'is not an instant') : at;
  }

  protected refuse(attribute: string, problem: string): never {
    throw new UnreadableItem(this.what, attribute, problem);
  }
}

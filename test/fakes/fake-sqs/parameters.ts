import { invalid, missing, Refusal } from './refusal';

/** Takes the members of a request apart: each is asked for by its type, and one that nobody asked for is refused. */
export class Parameters {
  private readonly asked = new Set<string>();

  constructor(
    private readonly members: Readonly<Record<string, unknown>>,
    private readonly place = '',
  ) {}

  text(name: string): string {
    return this.optionalText(name) ?? this.lack(name);
  }

  optionalText(name: string): string | null {
    const value = this.take(name);
    if (value === undefined) return null;
    return typeof value === 'string' ? value : this.wrongType(name, 'a string');
  }

  /** Within inclusive bounds. */
  optionalCount(name: string, least: number, most: number): number | null {
    const value = this.take(name);
    if (value === undefined) return null;
    if (typeof value !== 'number' || !Number.isInteger(value)) return this.wrongType(name, 'an integer');
    if (value < least || value > most)
      throw invalid(this.place + name, `must be between ${least} and ${most}`);
    return value;
  }

  texts(name: string): string[] {
    const value = this.take(name) ?? [];
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
      return this.wrongType(name, 'a list of strings');
    return value;
  }

  list(name: string): Parameters[] {
    const value = this.take(name);
    if (value === undefined) return this.lack(name);
    if (!Array.isArray(value)) return this.wrongType(name, 'a list');
    return value.map(
      (item, index) => new Parameters(item as Record<string, unknown>, `${name}.${index + 1}.`),
    );
  }

  map(name: string): Readonly<Record<string, unknown>> {
    const value = this.take(name) ?? {};
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return this.wrongType(name, 'a map');
    return value as Record<string, unknown>;
  }

  /** @throws Refusal for members that the operation does not have */
  end(): void {
    const unknown = Object.keys(this.members).filter((name) => !this.asked.has(name));
    if (unknown.length > 0)
      throw new Refusal('SerializationException', `unknown members: ${this.place}${unknown.join(', ')}`);
  }

  private take(name: string): unknown {
    this.asked.add(name);
    return this.members[name] ?? undefined;
  }

  private lack(name: string): never {
    throw missing(this.place + name);
  }

  private wrongType(name: string, wanted: string): never {
    throw new Refusal('SerializationException', `${this.place}${name} must be ${wanted}`);
  }
}

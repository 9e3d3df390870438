import { validateSync, type ValidationError } from 'class-validator';
import { CompiledRules, type DtoClass } from './compiled-rules';
import { listRules } from './list-of';
import { trimmedProperties } from './trimmed';

export type Reading<T> = { readonly ok: true; readonly dto: T } | BadReading;

export interface BadReading {
  readonly ok: false;
  /** Every violation of the object itself at once, each beginning with the field's name. */
  readonly violations: readonly string[];
  /** How each element of its lists was read, by property (see `@ListOf`). One of a wrong length was not looked into. */
  readonly lists: Readonly<Record<string, readonly Reading<object>[]>>;
}

/** An answer that lists more than this helps nobody, and would make a small hostile request cost a large answer. */
const MOST_VIOLATIONS = 100;
const LONGEST_FIELD_NAME = 100;

const NO_LISTS: BadReading['lists'] = {};
const NO_OBJECT = { violations: ['must be a JSON object'], lists: NO_LISTS };

interface ListReader {
  readonly reader: DtoReader<object>;
  readonly most: number;
}

/** Turns a foreign object into an instance of a class whose decorators say what is allowed; anything they do not name is refused. */
export class DtoReader<T extends object> {
  private readonly rules: CompiledRules;
  private readonly trimmed: ReadonlySet<string>;
  private readonly listReaders: ReadonlyMap<string, ListReader>;

  /** @throws TypeError when the class's rules cannot be compiled: at start, not at the first request */
  constructor(private readonly dto: DtoClass<T>) {
    this.rules = CompiledRules.of(dto);
    this.trimmed = trimmedProperties(dto.prototype as object);
    this.listReaders = new Map(
      [...listRules(dto.prototype as object)].map(([name, { element, most }]) => [
        name,
        { reader: new DtoReader(element), most },
      ]),
    );
  }

  read(fields: object): Reading<T> {
    const unknown: string[] = [];
    const dto = new this.dto();
    for (const name of Object.keys(fields)) {
      if (this.rules.names.has(name)) this.copy(fields as Record<string, unknown>, name, dto);
      else unknown.push(name);
    }
    const lists = this.listReaders.size === 0 ? NO_LISTS : this.readLists(dto);
    const isGood = unknown.length === 0 && this.rules.accepts(dto) && areGood(lists);
    return isGood ? { ok: true, dto } : this.explain(dto, unknown, lists);
  }

  private copy(fields: Record<string, unknown>, name: string, dto: T): void {
    const value = fields[name];
    (dto as Record<string, unknown>)[name] =
      typeof value === 'string' && this.trimmed.has(name) ? value.trim() : value;
  }

  /** Puts instances into the lists of the object, where they can be had. */
  private readLists(dto: T): BadReading['lists'] {
    const fields = dto as Record<string, unknown>;
    const lists: Record<string, readonly Reading<object>[]> = {};
    for (const [name, { reader, most }] of this.listReaders) {
      const items = fields[name];
      if (!Array.isArray(items) || items.length > most) continue;
      const readings = items.map((item: unknown) =>
        isObject(item) ? reader.read(item) : { ok: false as const, ...NO_OBJECT },
      );
      fields[name] = readings.map((reading, index) => (reading.ok ? reading.dto : (items[index] as unknown)));
      lists[name] = readings;
    }
    return lists;
  }

  private explain(dto: T, unknown: readonly string[], lists: BadReading['lists']): Reading<T> {
    const errors = validateSync(dto, { validationError: { target: false, value: false } });
    const violations = [...unknown.map(toUnknownField), ...errors.flatMap(toMessages)];
    if (violations.length === 0 && areGood(lists)) return { ok: true, dto };
    return { ok: false, violations: shortened(violations), lists };
  }
}

/** The violations of an object and of everything in its lists, each with its place. */
export function allViolations({ violations, lists }: BadReading): readonly string[] {
  const inLists = Object.entries(lists).flatMap(([name, readings]) =>
    readings.flatMap((reading, index) =>
      reading.ok ? [] : allViolations(reading).map((violation) => `${name}[${index}]: ${violation}`),
    ),
  );
  return inLists.length === 0 ? violations : shortened([...violations, ...inLists]);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function areGood(lists: BadReading['lists']): boolean {
  if (lists === NO_LISTS) return true;
  for (const readings of Object.values(lists)) if (!readings.every(({ ok }) => ok)) return false;
  return true;
}

function shortened(violations: readonly string[]): readonly string[] {
  const excess = violations.length - MOST_VIOLATIONS;
  if (excess <= 0) return violations;
  return [...violations.slice(0, MOST_VIOLATIONS), `and ${excess} more violations`];
}

function toUnknownField(name: string): string {
  const shown = name.length > LONGEST_FIELD_NAME ? `${name.slice(0, LONGEST_FIELD_NAME)}…` : name;
  return `${shown} is not a known field`;
}

function toMessages(error: ValidationError): string[] {
  return Object.values(error.constraints ?? {});
}

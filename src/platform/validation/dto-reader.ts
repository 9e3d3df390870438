import { validateSync, type ValidationError } from 'class-validator';
import { CompiledRules, type DtoClass } from './compiled-rules';
import { trimmedProperties } from './trimmed';

export type Reading<T> =
  | { readonly ok: true; readonly dto: T }
  /** Every violation at once, each beginning with the field's name. */
  | { readonly ok: false; readonly violations: readonly string[] };

/** An answer that lists more than this helps nobody, and would make a small hostile request cost a large answer. */
const MOST_VIOLATIONS = 100;
const LONGEST_FIELD_NAME = 100;

/** Turns a foreign object into an instance of a class whose decorators say what is allowed; anything they do not name is refused. */
export class DtoReader<T extends object> {
  private readonly rules: CompiledRules;
  private readonly trimmed: ReadonlySet<string>;

  /** @throws TypeError when the class's rules cannot be compiled: at start, not at the first request */
  constructor(private readonly dto: DtoClass<T>) {
    this.rules = CompiledRules.of(dto);
    this.trimmed = trimmedProperties(dto.prototype as object);
  }

  read(fields: object): Reading<T> {
    const unknown: string[] = [];
    const dto = new this.dto();
    for (const name of Object.keys(fields)) {
      if (this.rules.names.has(name)) this.copy(fields as Record<string, unknown>, name, dto);
      else unknown.push(name);
    }
    if (unknown.length === 0 && this.rules.accepts(dto)) return { ok: true, dto };
    return this.explain(dto, unknown);
  }

  private copy(fields: Record<string, unknown>, name: string, dto: T): void {
    const value = fields[name];
    (dto as Record<string, unknown>)[name] =
      typeof value === 'string' && this.trimmed.has(name) ? value.trim() : value;
  }

  private explain(dto: T, unknown: readonly string[]): Reading<T> {
    const errors = validateSync(dto, { validationError: { target: false, value: false } });
    const violations = [...unknown.map(toUnknownField), ...errors.flatMap(toMessages)];
    if (violations.length === 0) return { ok: true, dto };
    const excess = violations.length - MOST_VIOLATIONS;
    if (excess <= 0) return { ok: false, violations };
    return {
      ok: false,
      violations: [...violations.slice(0, MOST_VIOLATIONS), `and ${excess} more violations`],
    };
  }
}

function toUnknownField(name: string): string {
  const shown = name.length > LONGEST_FIELD_NAME ? `${name.slice(0, LONGEST_FIELD_NAME)}…` : name;
  return `${shown} is not a known field`;
}

function toMessages(error: ValidationError): string[] {
  return Object.values(error.constraints ?? {});
}

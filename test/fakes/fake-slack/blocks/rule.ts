import { Review } from './review';

/** Checks one value and reports to the review; rules are put together like the tables of the Block Kit reference. */
export type Rule = (value: unknown, pointer: string, review: Review) => void;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Length in UTF-16 units, the strictest way to count. */
export function string(limit: { min?: number; max: number }): Rule {
  const min = limit.min ?? 1;
  return (value, pointer, review) => {
    if (typeof value !== 'string') return mustBe('string', value, pointer, review);
    if (value.length < min) {
      review.failed(pointer, `must be more than ${min - 1} characters`, 'min_length', min, value.length);
    }
    if (value.length > limit.max) {
      const message = `must be less than ${limit.max + 1} characters`;
      review.failed(pointer, message, 'max_length', limit.max, value.length);
    }
  };
}

export const boolean: Rule = (value, pointer, review) => {
  if (typeof value !== 'boolean') mustBe('boolean', value, pointer, review);
};

export function number(limit: { min?: number; max?: number; integer?: boolean } = {}): Rule {
  const { min = -Infinity, max = Infinity, integer = false } = limit;
  return (value, pointer, review) => {
    if (typeof value !== 'number' || (integer && !Number.isInteger(value))) {
      return mustBe(integer ? 'integer' : 'number', value, pointer, review);
    }
    if (value < min || value > max) {
      review.failed(pointer, `must be between ${min} and ${max}`, 'range', [min, max], value);
    }
  };
}

export function oneOf(...allowed: readonly unknown[]): Rule {
  return (value, pointer, review) => {
    if (!allowed.includes(value)) {
      review.failed(pointer, `must be a valid enum value: ${allowed.join(', ')}`, 'enum', allowed, value);
    }
  };
}

export function list(item: Rule, limit: { min?: number; max: number }): Rule {
  const min = limit.min ?? 1;
  return (value, pointer, review) => {
    if (!Array.isArray(value)) return mustBe('array', value, pointer, review);
    if (value.length < min) {
      review.failed(pointer, `no fewer than ${min} items allowed`, 'min_items', min, value.length);
    }
    if (value.length > limit.max) {
      review.failed(pointer, `no more than ${limit.max} items allowed`, 'max_items', limit.max, value.length);
    }
    value.forEach((element, index) => item(element, `${pointer}/${index}`, review));
  };
}

/** An object with exactly these fields; `type` is left to whoever chose the rule by it. */
export function shape(fields: {
  required?: Readonly<Record<string, Rule>>;
  optional?: Readonly<Record<string, Rule>>;
}): Rule {
  const { required = {}, optional = {} } = fields;
  return (value, pointer, review) => {
    if (!isRecord(value)) return mustBe('object', value, pointer, review);
    for (const [field, rule] of Object.entries(required)) {
      if (value[field] === undefined) review.missing(pointer, field);
      else rule(value[field], `${pointer}/${field}`, review);
    }
    for (const [field, rule] of Object.entries(optional)) {
      if (value[field] !== undefined) rule(value[field], `${pointer}/${field}`, review);
    }
    for (const field of Object.keys(value)) {
      if (field !== 'type' && !Object.hasOwn(required, field) && !Object.hasOwn(optional, field)) {
        review.unknown(pointer, field);
      }
    }
  };
}

/** Chooses the rule by the object's `type`. What the fake does not model it refuses, rather than wave it through. */
export function byType(rules: () => Readonly<Record<string, Rule>>): Rule {
  return (value, pointer, review) => {
    if (!isRecord(value)) return mustBe('object', value, pointer, review);
    if (value['type'] === undefined) return review.missing(pointer, 'type');
    const type = value['type'];
    const known = rules();
    const rule = typeof type === 'string' && Object.hasOwn(known, type) ? known[type] : undefined;
    if (!rule) return review.unsupported(`${pointer}/type`, `unsupported type: ${JSON.stringify(type)}`);
    rule(value, pointer, review);
  };
}

export function allOf(...rules: readonly Rule[]): Rule {
  return (value, pointer, review) => {
    for (const rule of rules) rule(value, pointer, review);
  };
}

/** No two objects of the list may carry the same value in this field. */
export function unique(field: string): Rule {
  return (value, pointer, review) => {
    if (!Array.isArray(value)) return;
    const seen = new Set<unknown>();
    value.forEach((element, index) => {
      const id = isRecord(element) ? element[field] : undefined;
      if (id === undefined) return;
      if (seen.has(id)) {
        review.failed(`${pointer}/${index}/${field}`, `${field} must be unique`, 'unique', true, id);
      }
      seen.add(id);
    });
  };
}

function mustBe(type: string, value: unknown, pointer: string, review: Review): void {
  const got = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  review.failed(pointer, `must be of type: ${type}`, 'type', type, got);
}

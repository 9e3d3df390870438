/** The part of OpenAPI 3.0's schema language that our document uses; {@link findMismatches} refuses any other. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object';
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly description?: string;
  readonly example?: unknown;
  readonly default?: unknown;
}

export type Schemas = Readonly<Record<string, Schema>>;

const UNDERSTOOD: ReadonlySet<string> = new Set<keyof Schema>([
  ...(['$ref', 'type', 'nullable', 'enum', 'format', 'pattern', 'minLength', 'maxLength'] as const),
  ...([
    'minimum',
    'exclusiveMinimum',
    'maximum',
    'items',
    'minItems',
    'maxItems',
    'properties',
    'required',
  ] as const),
  ...(['additionalProperties', 'oneOf', 'allOf', 'description', 'example', 'default'] as const),
]);

const FORMATS: Readonly<Record<string, RegExp>> = {
  // What Vesper writes: UTC with milliseconds.
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  uuid: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  email: /^[^@\s]+@[^@\s]+$/,
};

/**
 * Where a value is not what its schema says, one sentence each. Stricter than JSON Schema in one point: a property that is not
 * documented is a mismatch unless `additionalProperties` invites it.
 */
export function findMismatches(value: unknown, schema: Schema, schemas: Schemas, at = '$'): string[] {
  const strange = Object.keys(schema).filter((keyword) => !UNDERSTOOD.has(keyword));
  if (strange.length > 0) return [`${at}: the checker does not know ${strange.join(', ')}`];
  if (schema.$ref !== undefined) return findMismatches(value, resolve(schema.$ref, schemas), schemas, at);
  // OpenAPI 3.0.3: null must be in an enum to be allowed, `nullable` alone does not do.
  if (schema.enum && !schema.enum.includes(value)) return [`${at}: ${show(value)} is not in the enum`];
  if (value === null) return schema.nullable ? [] : [`${at}: null is not allowed`];
  if (schema.oneOf) return matchOne(value, schema.oneOf, schemas, at);
  if (schema.allOf) return schema.allOf.flatMap((part) => findMismatches(value, part, schemas, at));
  switch (schema.type) {
    case 'string':
      return typeof value === 'string'
        ? matchText(value, schema, at)
        : [`${at}: ${show(value)} is no string`];
    case 'integer':
    case 'number':
      return matchNumber(value, schema, at);
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${at}: ${show(value)} is no boolean`];
    case 'array':
      return matchArray(value, schema, schemas, at);
    case 'object':
      return matchObject(value, schema, schemas, at);
    default:
      return [`${at}: the schema says nothing of its type`];
  }
}

function resolve(reference: string, schemas: Schemas): Schema {
  const schema = schemas[reference.replace('#/components/schemas/', '')];
  if (schema === undefined) throw new Error(`${reference} leads nowhere`);
  return schema;
}

function matchOne(value: unknown, choices: readonly Schema[], schemas: Schemas, at: string): string[] {
  const fitting = choices.filter((choice) => findMismatches(value, choice, schemas, at).length === 0);
  return fitting.length === 1 ? [] : [`${at}: ${show(value)} fits ${fitting.length} of the schemas`];
}

function matchText(text: string, schema: Schema, at: string): string[] {
  const { format, pattern, minLength = 0, maxLength = Infinity } = schema;
  const shape = format === undefined ? undefined : FORMATS[format];
  if (format !== undefined && shape === undefined) return [`${at}: the checker does not know ${format}`];
  const fits =
    text.length >= minLength &&
    text.length <= maxLength &&
    (shape?.test(text) ?? true) &&
    (pattern === undefined || new RegExp(pattern, 'u').test(text));
  return fits ? [] : [`${at}: ${show(text)} breaks a rule of its schema`];
}

function matchNumber(value: unknown, schema: Schema, at: string): string[] {
  if (typeof value !== 'number') return [`${at}: ${show(value)} is no number`];
  const { minimum = -Infinity, exclusiveMinimum = false, maximum = Infinity, type } = schema;
  const fits =
    (exclusiveMinimum ? value > minimum : value >= minimum) &&
    value <= maximum &&
    (type === 'number' || Number.isInteger(value));
  return fits ? [] : [`${at}: ${show(value)} breaks a rule of its schema`];
}

function matchArray(value: unknown, schema: Schema, schemas: Schemas, at: string): string[] {
  if (!Array.isArray(value)) return [`${at}: ${show(value)} is no array`];
  if (value.length > (schema.maxItems ?? Infinity)) return [`${at}: too many items`];
  if (value.length < (schema.minItems ?? 0)) return [`${at}: too few items`];
  const items = schema.items;
  if (items === undefined) return [`${at}: the schema says nothing of its items`];
  return value.flatMap((item, index) => findMismatches(item, items, schemas, `${at}[${index}]`));
}

function matchObject(value: unknown, schema: Schema, schemas: Schemas, at: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [`${at}: ${show(value)} is no object`];
  const { properties = {}, required = [], additionalProperties = false } = schema;
  const missing = required
    .filter((name) => !Object.hasOwn(value, name))
    .map((name) => `${at}.${name}: missing`);
  const others = Object.entries(value).flatMap(([name, item]) => {
    const place = `${at}.${name}`;
    if (Object.hasOwn(properties, name))
      return findMismatches(item, properties[name] as Schema, schemas, place);
    if (typeof additionalProperties === 'object')
      return findMismatches(item, additionalProperties, schemas, place);
    return additionalProperties ? [] : [`${place}: not documented`];
  });
  return [...missing, ...others];
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 80);
}

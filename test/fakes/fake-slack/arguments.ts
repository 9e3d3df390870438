import { Refusal } from './refusal';

/** How an argument arrives and what it must be; `json` is an object or array, in forms a JSON string. */
export type ArgumentKind = 'string' | 'boolean' | 'integer' | 'json';

export type RawArguments = Readonly<Record<string, unknown>>;

/** The code Slack answers when the JSON inside a form field cannot be read. */
const BROKEN_JSON: Readonly<Record<string, string>> = {
  blocks: 'invalid_blocks_format',
  attachments: 'invalid_attachments',
  metadata: 'invalid_metadata_format',
};

/** A method's arguments, decoded by what the method declares. An argument nobody declared is refused as a slip. */
export class Arguments {
  private readonly values = new Map<string, unknown>();

  constructor(raw: RawArguments, kinds: Readonly<Record<string, ArgumentKind>>) {
    for (const [name, value] of Object.entries(raw)) {
      if (value === undefined || value === null) continue;
      if (name === 'token' || name === 'team_id') continue;
      const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
      if (!kind) throw Refusal.invalidArguments(`unknown argument: ${name}`);
      this.values.set(name, decode(name, value, kind));
    }
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  string(name: string): string | undefined {
    return this.values.get(name) as string | undefined;
  }

  requireString(name: string): string {
    const value = this.string(name);
    if (!value) throw Refusal.invalidArguments(`missing required field: ${name}`);
    return value;
  }

  flag(name: string): boolean {
    return this.values.get(name) === true;
  }

  integer(name: string): number | undefined {
    return this.values.get(name) as number | undefined;
  }

  json(name: string): unknown {
    return this.values.get(name);
  }
}

function decode(name: string, value: unknown, kind: ArgumentKind): unknown {
  switch (kind) {
    case 'string':
      return typeof value === 'string' ? value : mustBe(name, 'string');
    case 'boolean':
      if (value === true || value === 'true' || value === '1') return true;
      return value === false || value === 'false' || value === '0' ? false : mustBe(name, 'boolean');
    case 'integer':
      if (typeof value === 'string' && /^-?\d{1,9}$/.test(value)) return Number(value);
      return Number.isInteger(value) ? value : mustBe(name, 'integer');
    case 'json':
      return typeof value === 'string' ? parse(name, value) : value;
  }
}

function parse(name: string, text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Refused below, like JSON that is no object or array.
  }
  const code = BROKEN_JSON[name];
  throw code ? Refusal.withMessages(code, [`${name} must be a JSON object or array`]) : mustBe(name, 'json');
}

function mustBe(name: string, type: string): never {
  throw Refusal.withMessages('invalid_arguments', [`must be of type: ${type} [json-pointer:/${name}]`]);
}

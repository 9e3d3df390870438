/** A value read from JSON; its objects have no prototype, so that every name is only a name. */
export type JsonNode = string | number | boolean | null | readonly JsonNode[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: JsonNode;
}

export interface ParsedJson {
  /** `null` too when the text is not JSON. */
  readonly document: JsonNode;
  /** Each with its place; none quotes a value of the text, which may be a secret. */
  readonly faults: readonly string[];
}

/**
 * Reads what `JSON.parse` reads, and a byte order mark before it. Unlike `JSON.parse` it notices a name that stands twice in one object,
 * and says where the text is not JSON without quoting it.
 */
export function parseJsonText(text: string): ParsedJson {
  const reading = new JsonReading(text);
  try {
    return { document: reading.document(), faults: reading.repeated };
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    return { document: null, faults: [error.message] };
  }
}

/** The place of a member, as faults name it: `apps.Planning`, `apps["Cash Flow"]`. */
export function memberPlace(place: string, name: string): string {
  if (!PLAIN_NAME.test(name)) return `${place}[${JSON.stringify(shortened(name))}]`;
  return place === '' ? name : `${place}.${name}`;
}

export function itemPlace(place: string, index: number): string {
  return `${place}[${index}]`;
}

export function isJsonObject(value: JsonNode | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

class NotJson extends Error {}

const PLAIN_NAME = /^[\p{L}\p{N}_-]{1,50}$/u;
const LONGEST_SHOWN_NAME = 50;
const WHITE_SPACE = /[ \t\r\n]*/y;
/** RFC 8259, section 7. */
const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"/y;
const NUMBER_OR_WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

class JsonReading {
  readonly repeated: string[] = [];
  private position: number;

  constructor(private readonly text: string) {
    this.position = text.startsWith('\uFEFF') ? 1 : 0;
  }

  document(): JsonNode {
    const value = this.value('');
    if (this.next() !== '') throw this.expected('the end of the file');
    return value;
  }

  private value(place: string): JsonNode {
    switch (this.next()) {
      case '{':
        return this.object(place);
      case '[':
        return this.array(place);
      case '"':
        return this.string('a complete text in double quotes');
      default:
        return JSON.parse(this.token(NUMBER_OR_WORD, 'a value')) as JsonNode;
    }
  }

  private object(place: string): JsonNode {
    const members = Object.create(null) as Record<string, JsonNode>;
    this.list('}', () => {
      this.next();
      const begin = this.position;
      const name = this.string('a name in double quotes');
      const member = memberPlace(place, name);
      if (name in members) this.repeated.push(`${member}: stands again at ${this.where(begin)}`);
      this.take(':');
      members[name] = this.value(member);
    });
    return members;
  }

  private array(place: string): JsonNode {
    const items: JsonNode[] = [];
    this.list(']', () => items.push(this.value(itemPlace(place, items.length))));
    return items;
  }

  private list(end: '}' | ']', element: () => void): void {
    this.position += 1;
    if (this.next() !== end) {
      element();
      while (this.next() === ',') {
        this.position += 1;
        element();
      }
    }
    this.take(end, `a comma or ${end}`);
  }

  private string(what: string): string {
    return JSON.parse(this.token(STRING, what)) as string;
  }

  /** The next character that is no white space; empty at the end. */
  private next(): string {
    WHITE_SPACE.lastIndex = this.position;
    WHITE_SPACE.exec(this.text);
    this.position = WHITE_SPACE.lastIndex;
    return this.text.charAt(this.position);
  }

  private take(character: string, what = character): void {
    if (this.next() !== character) throw this.expected(what);
    this.position += 1;
  }

  private token(pattern: RegExp, what: string): string {
    pattern.lastIndex = this.position;
    const token = pattern.exec(this.text)?.[0];
    if (token === undefined) throw this.expected(what);
    this.position += token.length;
    return token;
  }

  private expected(what: string): NotJson {
    return new NotJson(`is not JSON: ${this.where(this.position)} should be ${what}`);
  }

  private where(position: number): string {
    const lines = this.text.slice(0, position).split('\n');
    return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
  }
}

function shortened(name: string): string {
  return name.length > LONGEST_SHOWN_NAME ? `${name.slice(0, LONGEST_SHOWN_NAME)}…` : name;
}

/** HTML that has been escaped already; a plain string in a template is escaped, so forgetting is impossible. */
export class Html {
  constructor(readonly source: string) {}

  toString(): string {
    return this.source;
  }
}

type Part = Html | string | number | null | readonly (Html | string)[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const sources = literals.map((literal, index) => literal + toSource(parts[index] ?? null));
  return new Html(sources.join(''));
}

export function join(parts: readonly Html[], separator = ''): Html {
  return new Html(parts.map(({ source }) => source).join(separator));
}

export const NOTHING = new Html('');

function toSource(part: Part): string {
  if (part === null) return '';
  if (part instanceof Html) return part.source;
  if (typeof part === 'string' || typeof part === 'number') return escape(String(part));
  return part.map(toSource).join('');
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

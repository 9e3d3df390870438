import { isJsonObject, itemPlace, memberPlace, type JsonNode } from './json-text';

export interface FilledIn {
  readonly document: JsonNode;
  /** Each with its place and the variable's name, never a value. */
  readonly faults: readonly string[];
  /** Places of texts that could not be filled in, about which nothing more can be said. */
  readonly unresolved: ReadonlySet<string>;
}

/** `${NAME}`; what only begins like one is found as well, to be refused. */
const PLACEHOLDER = /\$\{(?:(?<name>[A-Za-z_][A-Za-z0-9_]{0,99})\})?/g;

/**
 * Puts environment variables in the place of `${NAME}` in every text of a document. White space around a variable's value is taken off,
 * and an empty one counts as not set, as everywhere in the configuration. What is put in is not looked at again.
 */
export function fillInPlaceholders(
  document: JsonNode,
  environment: Readonly<Record<string, string | undefined>>,
): FilledIn {
  const faults: string[] = [];
  const unresolved = new Set<string>();
  const refuse = (place: string, fault: string): string => {
    faults.push(`${place}: ${fault}`);
    unresolved.add(place);
    return '';
  };
  const fillText = (text: string, place: string): string =>
    text.replaceAll(PLACEHOLDER, (_match, name: string | undefined) => {
      if (name === undefined)
        return refuse(place, 'holds "${" without the name of a variable and "}" after it');
      const value = Object.hasOwn(environment, name) ? environment[name]?.trim() : undefined;
      return value || refuse(place, `the environment variable ${name} is not set`);
    });
  const fill = (node: JsonNode, place: string): JsonNode => {
    if (typeof node === 'string') return fillText(node, place);
    if (Array.isArray(node)) return node.map((item: JsonNode, index) => fill(item, itemPlace(place, index)));
    if (!isJsonObject(node)) return node;
    const filled = Object.create(null) as Record<string, JsonNode>;
    for (const [name, member] of Object.entries(node)) filled[name] = fill(member, memberPlace(place, name));
    return filled;
  };
  return { document: fill(document, ''), faults, unresolved };
}

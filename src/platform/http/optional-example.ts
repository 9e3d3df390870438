/** Examples of a parameter, as OpenAPI names them. */
export type NamedExamples = Readonly<Record<string, { readonly summary?: string; readonly value?: unknown }>>;

/**
 * An example of a query parameter that may be left out. Swagger UI fills in a plain `example` at once, so that a list tried out there would
 * be narrowed by every filter it has; of several named ones it takes the first, which is none.
 */
export function optionalExample(value: string | number): { readonly examples: NamedExamples } {
  return { examples: { none: { summary: 'not given' }, example: { summary: String(value), value } } };
}

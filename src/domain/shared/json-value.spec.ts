import fc from 'fast-check';
import { canonicalJson, type JsonObject, type JsonValue } from './json-value';

describe('canonical JSON', () => {
  it('is the same text whatever the order of the keys, at any depth', () => {
    expect(canonicalJson({ b: [{ y: 1, x: null }], a: 'é\n', '': true })).toBe(
      '{"":true,"a":"é\\n","b":[{"x":null,"y":1}]}',
    );
  });

  it('keeps apart what differs', () => {
    const values: JsonValue[] = [
      null,
      'null',
      0,
      '0',
      [],
      {},
      [[]],
      [1, 2],
      [2, 1],
      ['1,2'],
      { a: [] },
      { a: {} },
      false,
    ];
    expect(new Set(values.map(canonicalJson)).size).toBe(values.length);
  });

  it('is JSON of an equal value, and equal for equal values', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = canonicalJson(value as JsonValue);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(value as JsonValue))).toBe(text);
      }),
    );
  });
});

/** The same value with the keys of every object in the opposite order. */
function reversed(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value as JsonObject).reverse();
  return Object.fromEntries(entries.map(([key, field]) => [key, reversed(field)]));
}

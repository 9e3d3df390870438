import type { JsonObject, JsonValue } from '../../src/domain/shared/json-value';

/** Values that the API lets through and that storages like to lose. */

export const ODD_TEXT =
  'line one\nline two\r\n\ttab \0 NUL \u0085 \u2028 "quoted" \\ back 🌙 𝒳 \u{E000} \uFFFD é e\u0301 <!channel> \u202Eright to left';

export const ODD_NAME = 'Señor 🌙 «Fin-de-journée» <&> 夜間処理';

export const ODD_METADATA: JsonObject = {
  '': 'empty key',
  ' ': ' ',
  constructor: 'not a function',
  toString: 'nor this',
  hasOwnProperty: null,
  length: 3,
  'a.b[0]': { $: '#', ':x': ['#y', ''] },
  '2': 'second',
  '10': 'tenth',
  '\0\n🌙': ODD_TEXT,
  empty: { text: '', list: [], object: {}, nothing: null },
  mixed: [1, 'two', true, null, [], {}, [[['deep']]]],
  float: 0.1 + 0.2,
  third: 1 / 3,
  minus: -1.5e-7,
  largest_integer: Number.MAX_SAFE_INTEGER,
  smallest_integer: Number.MIN_SAFE_INTEGER,
  beyond_integer: 2 ** 60,
  largest: Number.MAX_VALUE,
  tiny: Number.MIN_VALUE,
  small: 1e-200,
  nested: nested(9),
};

function nested(depth: number): JsonValue {
  return depth === 0 ? 'bottom' : { level: depth, in: nested(depth - 1) };
}

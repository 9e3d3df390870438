import { isMetadata } from './metadata';

const nested = (levels: number): object => (levels === 1 ? {} : { a: nested(levels - 1) });
/** An object whose JSON has exactly so many bytes. */
const sized = (bytes: number, letter = 'x'): object => ({
  a: letter.repeat((bytes - 8) / Buffer.byteLength(letter)),
});

it.each([
  [{}],
  [{ a: [1, 'b', null, true, { c: -0.5 }] }],
  [nested(10)],
  [{ 'ключ \u0000': '😀' }],
  [sized(16_384)],
])('accepts %.60j', (value) => {
  expect(isMetadata(value)).toBe(true);
});

it.each([
  [null],
  [[]],
  ['{}'],
  [1],
  [undefined],
  [nested(11)],
  [{ a: [[[[[[[[[[1]]]]]]]]]] }],
  [sized(16_385)],
  [sized(16_386, 'é')],
  [{ a: '\ud800' }],
  [{ '\udc00': 1 }],
  [{ a: [Infinity] }],
  [{ a: NaN }],
  [{ a: () => 1 }],
])('refuses %.60j', (value) => {
  expect(isMetadata(value)).toBe(false);
});

it('gives up on endless nesting without running out of stack', () => {
  expect(isMetadata(JSON.parse(`{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`))).toBe(false);
});

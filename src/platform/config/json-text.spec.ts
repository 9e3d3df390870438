import * as fc from 'fast-check';
import { parseJsonText } from './json-text';

function accepts(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON with a character taken out, put in or exchanged: mostly none any more. */
const damagedJson = fc
  .tuple(
    fc.json({ maxDepth: 4 }),
    fc.nat(),
    fc.nat({ max: 1 }),
    fc.constantFrom('', ...'{}[]",:\\-.0eE+utrx \n\u0001'.split('')),
  )
  .map(([text, at, taken, put]) => {
    const position = at % (text.length + 1);
    return text.slice(0, position) + put + text.slice(position + taken);
  });

it('reads what JSON.parse reads', () => {
  const texts = fc
    .jsonValue()
    .chain((value) => fc.constantFrom(0, 2).map((space) => JSON.stringify(value, null, space)));
  fc.assert(
    fc.property(texts, (text) => {
      expect(parseJsonText(text)).toEqual({ document: JSON.parse(text), faults: [] });
    }),
  );
});

it('refuses what JSON.parse refuses', () => {
  fc.assert(
    fc.property(damagedJson, (text) => {
      const refusals = parseJsonText(text).faults.filter((fault) => fault.startsWith('is not JSON'));
      expect(refusals).toHaveLength(accepts(text) ? 0 : 1);
    }),
    { numRuns: 1_000 },
  );
});

it.each([
  ['{"a":1,}', 'is not JSON: line 1, column 8 should be a name in double quotes'],
  ['{\n  "a": 1\n  "b": 2 }', 'is not JSON: line 3, column 3 should be a comma or }'],
  ['[1 2]', 'is not JSON: line 1, column 4 should be a comma or ]'],
  ['{"a" 1}', 'is not JSON: line 1, column 6 should be :'],
  ['{"a": hidden}', 'is not JSON: line 1, column 7 should be a value'],
  ['{"a": "hidden}', 'is not JSON: line 1, column 7 should be a complete text in double quotes'],
  ['{} x', 'is not JSON: line 1, column 4 should be the end of the file'],
  ['', 'is not JSON: line 1, column 1 should be a value'],
])('says where %j is not JSON, and quotes nothing of it', (text, fault) => {
  expect(parseJsonText(text).faults).toEqual([fault]);
});

it('names what stands twice in one object, at any depth', () => {
  const text =
    '{"apps":{"A":{"x":[{"y":1,"y":2}]},"B b":1,"B b":2},\n"apps":1,"\\u0061pps":2,"__proto__":1,"__proto__":2}';
  expect(parseJsonText(text).faults).toEqual([
    'apps.A.x[0].y: stands again at line 1, column 27',
    'apps["B b"]: stands again at line 1, column 44',
    'apps: stands again at line 2, column 1',
    'apps: stands again at line 2, column 10',
    '__proto__: stands again at line 2, column 38',
  ]);
});

it('takes __proto__ for a name like any other', () => {
  const { document } = parseJsonText('{"__proto__":{"polluted":true}}');
  expect(Object.keys(document as object)).toEqual(['__proto__']);
  expect((document as { polluted?: boolean }).polluted).toBeUndefined();
});

it('reads a file that begins with a byte order mark', () => {
  expect(parseJsonText('\uFEFF{"a":1}')).toEqual({ document: { a: 1 }, faults: [] });
});

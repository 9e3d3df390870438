import { parseJsonText } from './json-text';
import { fillInPlaceholders } from './placeholders';

const ENVIRONMENT = { HOST: 'epm.example.com', SECRET: ' ${HOST} \n', EMPTY: ' ', lower_1: 'x' };

const fill = (document: unknown) =>
  fillInPlaceholders(parseJsonText(JSON.stringify(document)).document, ENVIRONMENT);

it('fills in texts wherever they stand, and nothing else', () => {
  const { document, faults } = fill({
    a: { b: ['https://${HOST}/${lower_1}', 1, null, true] },
    '${HOST}': '$HOST $ {HOST} {HOST}',
  });
  expect(document).toEqual({
    a: { b: ['https://epm.example.com/x', 1, null, true] },
    '${HOST}': '$HOST $ {HOST} {HOST}',
  });
  expect(faults).toEqual([]);
});

it('does not look into what it put in, whose white space it takes off', () => {
  expect(fill({ secret: '${SECRET}' }).document).toEqual({ secret: '${HOST}' });
});

it('names the place and the variable of each that is not set or is empty', () => {
  const { faults, unresolved } = fill({ a: ['${HOST}', '${MISSING}/${EMPTY}'], 'b c': '${toString}' });
  expect(faults).toEqual([
    'a[1]: the environment variable MISSING is not set',
    'a[1]: the environment variable EMPTY is not set',
    '["b c"]: the environment variable toString is not set',
  ]);
  expect([...unresolved]).toEqual(['a[1]', '["b c"]']);
});

it.each(['${', 'pa${ss', '${}', '${A-B}', '${A', '${ A }', '${1A}'])(
  'refuses %j without quoting it',
  (text) => {
    expect(fill({ password: text }).faults).toEqual([
      'password: holds "${" without the name of a variable and "}" after it',
    ]);
  },
);

import { hashApiKey } from '../config/parse-api-keys';
import { ApiKeyRing, presentedKey } from './api-key-ring';

it.each([
  [{ 'x-api-key': 'k' }, 'k'],
  [{ authorization: 'Bearer k' }, 'k'],
  [{ authorization: 'bearer  k ' }, 'k'],
  [{ 'x-api-key': 'k', authorization: 'Bearer other' }, 'k'],
  [{ authorization: 'Basic azpr' }, null],
  [{ authorization: 'Bearer' }, null],
  [{ authorization: 'Bearer a b' }, null],
  [{}, null],
])('finds the key in %j', (headers, expected) => {
  expect(presentedKey(headers)).toBe(expected);
});

it('knows its keys and no others', () => {
  const keys = ['a', 'b', 'c'].map((name) => ({ name, hash: hashApiKey(`key-${name}`), scopes: [] }));
  const ring = new ApiKeyRing(keys);
  expect(keys.map(({ name }) => ring.identify(`key-${name}`))).toEqual(keys);
  expect(['', 'key-', 'key-d', 'KEY-a', 'a'].map((text) => ring.identify(text))).toEqual([
    null,
    null,
    null,
    null,
    null,
  ]);
});

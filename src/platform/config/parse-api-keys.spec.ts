import { createDevelopmentKey } from './development-key';
import { EXAMPLE_API_KEY, hashApiKey, parseApiKeys } from './parse-api-keys';

it('reads names, keys and scopes, and keeps hashes only', () => {
  const { keys, faults } = parseApiKeys(' a:one , b:two:read , c:three:schedulers+admin', false);
  expect(faults).toEqual([]);
  expect(keys).toEqual([
    { name: 'a', hash: hashApiKey('one'), scopes: ['schedulers', 'board', 'alerts', 'read'] },
    { name: 'b', hash: hashApiKey('two'), scopes: ['read'] },
    { name: 'c', hash: hashApiKey('three'), scopes: ['schedulers', 'admin'] },
  ]);
  expect(JSON.stringify(keys)).not.toContain('three');
});

it.each([
  ['a', 'entry 1 has no key'],
  [':k', 'entry 1 must have a name'],
  ['a:k,,b:l', 'entry 2 has no key'],
  ['a:k:', 'entry 1 has an unknown scope'],
  ['a:k:read+write', 'entry 1 has an unknown scope'],
  ['a:k:read:x', 'entry 1 must be name:key'],
  ['a:k l', 'entry 1 must have a key of printable ASCII'],
  ['a:kü', 'entry 1 must have a key of printable ASCII'],
  ['a:k,a:l', 'entry 2 has the name of entry 1'],
  ['a:k,b:k', 'entry 2 has the key of entry 1'],
])('refuses %j', (text, fault) => {
  expect(parseApiKeys(text, false).faults.join('\n')).toContain(`API_KEYS: ${fault}`);
});

it.each([
  ['', 'at least one key'],
  ['a:aaaaaaaaaaaaaaaaaaaaaaa', 'at least 24 characters'],
  [`a:${EXAMPLE_API_KEY}`, 'is the example key'],
])('refuses %j in production only', (text, fault) => {
  expect(parseApiKeys(text, true).faults.join()).toContain(fault);
  expect(parseApiKeys(text, false).faults).toEqual([]);
});

it('makes a different development key each time, with every scope', () => {
  const [one, other] = [createDevelopmentKey(), createDevelopmentKey()];
  expect(one.text).not.toBe(other.text);
  expect(one.apiKey).toMatchObject({ name: 'development', hash: hashApiKey(one.text) });
  expect(one.apiKey.scopes).toContain('admin');
  expect(parseApiKeys(`dev:${one.text}`, true).faults).toEqual([]);
});

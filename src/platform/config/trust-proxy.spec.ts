import { parseTrustProxy } from './trust-proxy';

it.each([
  ['false', false],
  ['true', true],
  ['1', 1],
  ['loopback, 10.0.0.0/8,2001:db8::1', ['loopback', '10.0.0.0/8', '2001:db8::1']],
])('reads %j', (text, expected) => {
  expect(parseTrustProxy(text)).toEqual(expected);
});

it.each([
  'yes',
  '-1',
  '1.5',
  '10.0.0.0/33',
  '10.0.0',
  'example.com',
  '10.0.0.1,',
  '10.0.0.0/8/8',
  '10.0.0.0/0',
])('refuses %j', (text) => {
  expect(parseTrustProxy(text)).toBeNull();
});

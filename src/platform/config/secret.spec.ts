import { inspect } from 'node:util';
import { Secret } from './secret';

it('prints itself nowhere, and gives its value only when asked', () => {
  const secret = new Secret('hidden');
  const printed = [
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }),
    Object.values(secret).join(),
  ];
  expect(printed).toEqual(['[redacted]', '{"secret":"[redacted]"}', '{ secret: [redacted] }', '']);
  expect(secret.reveal()).toBe('hidden');
});

import { isTooFarAhead } from './clock-lead';

it('lets a reporter’s clock be 5 minutes ahead of ours, and behind by anything', () => {
  const now = new Date('2026-03-02T17:00:00.000Z');
  expect(isTooFarAhead(new Date('2026-03-02T17:05:00.000Z'), now)).toBe(false);
  expect(isTooFarAhead(new Date('2026-03-02T17:05:00.001Z'), now)).toBe(true);
  expect(isTooFarAhead(new Date('2020-01-01T00:00:00.000Z'), now)).toBe(false);
});

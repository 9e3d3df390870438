import { until } from './until';

it('looks until it is so', async () => {
  let looks = 0;
  await until(() => ++looks === 3);
  await until(() => Promise.resolve(++looks === 6));
  expect(looks).toBe(6);
});

it('gives up after its time, says what it has waited for, and looks no more', async () => {
  let looks = 0;
  const neverSo = () => ++looks < 0;
  await expect(until(neverSo, { withinMs: 20 })).rejects.toThrow(/^not so within 20 ms: .*looks < 0$/);
  const before = looks;
  await new Promise((resolve) => setImmediate(resolve));
  expect(looks).toBe(before);
});

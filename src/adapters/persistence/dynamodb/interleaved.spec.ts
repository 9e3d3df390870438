import { interleaved } from './interleaved';

async function* counting(
  from: number,
  to: number,
  onEnd: () => void = () => undefined,
): AsyncGenerator<number> {
  try {
    for (let n = from; n < to; n++) yield await Promise.resolve(n);
  } finally {
    onEnd();
  }
}

// oxlint-disable-next-line require-yield -- it fails before it has anything
async function* breaking(): AsyncGenerator<number> {
  throw new Error('broken');
}

describe('interleaved sources', () => {
  it('bring everything of all of them', async () => {
    const found: number[] = [];
    for await (const n of interleaved([counting(0, 3), counting(10, 10), counting(20, 25)])) found.push(n);
    expect(found.sort((a, b) => a - b)).toEqual([0, 1, 2, 20, 21, 22, 23, 24]);
  });

  it('fail with the first that fails, and end the others', async () => {
    let ended = 0;
    const all = interleaved([counting(0, 1_000, () => ended++), breaking()]);
    const drained = (async () => {
      for await (const n of all) expect(n).toBeLessThan(1_000);
    })();
    await expect(drained).rejects.toThrow('broken');
    expect(ended).toBe(1);
  });

  it('are ended when nobody wants more', async () => {
    let ended = 0;
    for await (const n of interleaved([counting(0, 9, () => ended++), counting(0, 9, () => ended++)])) {
      if (n === 0) break;
    }
    expect(ended).toBe(2);
  });
});

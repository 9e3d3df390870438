import { ChangedConcurrently } from '../../src/domain/shared/errors';
import { newNight, UNSENT, type Night } from '../../src/domain/windows/night';
import { occurrenceOn } from '../../src/domain/windows/occurrence';
import { aWindow } from '../builders/a-window';
import { at, newId } from './acts';
import { race } from './expectations';
import type { StoreSubject } from './store-subject';

/** What was posted for each occurrence of a window. */
export function nightRepositoryContract({ store }: StoreSubject): void {
  const find = (night: Night) => store().nights.find(night.windowName, night.businessDate);

  it('knows nothing of a night that was never recorded', async () => {
    expect(await find(aNight())).toBeNull();
  });

  it('remembers a night as it was recorded, one version on each time', async () => {
    const night = aNight(newId('Fenêtre 🌙 / #1:'));
    const first = await store().nights.record(night);
    expect(first).toEqual({ ...night, version: 1 });
    expect(await find(night)).toEqual(first);
    const second = await store().nights.record({
      ...first,
      messages: [
        { reference: '{"ts":"1712.000100"}', sendingSince: null },
        { reference: null, sendingSince: at(0, 3) },
        { reference: '🌙', sendingSince: new Date(0) },
        UNSENT,
      ],
      generation: 2,
      lastStepAt: new Date(1),
      summary: { reference: null, sendingSince: at(5) },
      closedAt: new Date('9999-12-31T23:59:59.999Z'),
    });
    expect(second.version).toBe(2);
    expect(await find(night)).toEqual(second);
  });

  it('keeps windows and business dates apart', async () => {
    const name = newId('window');
    const nights = [
      aNight(name),
      aNight(name, '2026-03-03'),
      aNight(`${name}-2026-03-02`),
      aNight(name.toUpperCase()),
    ];
    for (const night of nights) await store().nights.record({ ...night, generation: nights.indexOf(night) });
    for (const night of nights)
      expect(await find(night)).toMatchObject({ generation: nights.indexOf(night) });
    expect(await store().nights.find(name, '2026-03-04')).toBeNull();
  });

  it('refuses any version but the one stored', async () => {
    const night = aNight();
    await expect(store().nights.record({ ...night, version: 1 })).rejects.toThrow(ChangedConcurrently);
    expect(await find(night)).toBeNull();
    const first = await store().nights.record(night);
    for (const version of [0, 2]) {
      await expect(store().nights.record({ ...first, generation: 9, version })).rejects.toThrow(
        ChangedConcurrently,
      );
    }
    expect(await find(night)).toEqual(first);
  });

  it('lets one of many win, the first time and later', async () => {
    const night = aNight();
    let stored = night;
    for (const round of [1, 2]) {
      const winners = await race(
        Array.from(
          { length: 6 },
          (_, n) => () => store().nights.record({ ...stored, generation: round * 10 + n }),
        ),
      );
      expect(winners).toHaveLength(1);
      stored = (await find(night)) as Night;
      expect(stored).toEqual(winners[0]);
    }
  });
}

function aNight(name = newId('window'), businessDate = '2026-03-02'): Night {
  const window = aWindow({ name });
  return newNight(window, occurrenceOn(window, businessDate));
}

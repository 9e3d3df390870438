import { emptySlot, type AlertSlot } from '../../src/domain/alerts/alert';
import type { AlertChange } from '../../src/domain/alerts/alert-change';
import { IDLE_DEDUP_KEY } from '../../src/domain/board/board-alerts';
import { emptyCanvasRecord, type CanvasRecord } from '../../src/domain/board/canvas-record';
import { decideIdleness } from '../../src/domain/board/decide-board-checks';
import { ChangedConcurrently } from '../../src/domain/shared/errors';
import { at, dueEntries, newId } from './acts';
import { circumstancesOf, expectAlertsWritten } from './board-acts';
import { race } from './expectations';
import { ODD_NAME } from './odd-values';
import type { StoreSubject } from './store-subject';

/** What is kept of the board besides its apps: its canvases, since when it is watched, and the alert about all of it. */
export function boardCanvasContract({ store, reopen }: StoreSubject): void {
  describe('a canvas', () => {
    it('is an empty record for a channel whose canvas was never written', async () => {
      const channelId = newId('C');
      expect(await store().board.findCanvas(channelId)).toEqual(emptyCanvasRecord(channelId));
    });

    it('is remembered as it was recorded, one version on each time, also after reopening', async () => {
      const empty = emptyCanvasRecord(newId('C 🌙 #1'));
      const first = await store().board.recordCanvas(empty);
      expect(first).toEqual({ ...empty, version: 1 });
      expect(await store().board.findCanvas(empty.channelId)).toEqual(first);
      const second = await store().board.recordCanvas({ ...anOddCanvas(empty.channelId), version: 1 });
      expect(second).toEqual({ ...anOddCanvas(empty.channelId), version: 2 });
      expect(await store().board.findCanvas(empty.channelId)).toEqual(second);
      const third = await store().board.recordCanvas({ ...second, creatingSince: null, shown: {} });
      await reopen();
      expect(await store().board.findCanvas(empty.channelId)).toEqual(third);
    });

    it('is kept apart from those of other channels', async () => {
      const channelId = newId('C');
      const other = channelId.toLowerCase();
      await store().board.recordCanvas({ ...emptyCanvasRecord(channelId), textHash: 'a' });
      await store().board.recordCanvas({ ...emptyCanvasRecord(other), textHash: 'b' });
      expect(await store().board.findCanvas(channelId)).toMatchObject({ channelId, textHash: 'a' });
      expect(await store().board.findCanvas(other)).toMatchObject({ channelId: other, textHash: 'b' });
    });

    it('is refused in any version but the one stored', async () => {
      const empty = emptyCanvasRecord(newId('C'));
      await refuses({ ...empty, version: 1 });
      expect(await store().board.findCanvas(empty.channelId)).toEqual(empty);
      const first = await store().board.recordCanvas(empty);
      for (const version of [0, 2]) await refuses({ ...first, textHash: 'other', version });
      expect(await store().board.findCanvas(empty.channelId)).toEqual(first);
    });

    it('lets one of many win, the first time and later', async () => {
      let stored = emptyCanvasRecord(newId('C'));
      for (const round of [1, 2]) {
        const attempts = Array.from(
          { length: 6 },
          (_, n) => () => store().board.recordCanvas({ ...stored, textHash: `${round}.${n}` }),
        );
        const winners = await race(attempts);
        expect(winners).toHaveLength(1);
        stored = await store().board.findCanvas(stored.channelId);
        expect(stored).toEqual(winners[0]);
      }
    });

    async function refuses(record: CanvasRecord): Promise<void> {
      await expect(store().board.recordCanvas(record)).rejects.toThrow(ChangedConcurrently);
    }
  });

  describe('the watch', () => {
    it('began when it was first asked for, by whomever, and so it stays', async () => {
      const answers = await Promise.all([1, 2, 3].map((n) => store().board.recordWatch(at(n))));
      const [since] = answers;
      expect([at(1), at(2), at(3)]).toContainEqual(since);
      expect(answers).toEqual([since, since, since]);
      expect(await store().board.recordWatch(at(-10))).toEqual(since);
      await reopen();
      expect(await store().board.recordWatch(at(100))).toEqual(since);
    });
  });

  describe('the alert about the whole board', () => {
    it('is written with its slot and what tells of it, and is resolved by the next', async () => {
      const raised = idleness(emptySlot(IDLE_DEDUP_KEY), at(0));
      await store().board.recordAlert(raised);
      await expectAlertsWritten(store(), { alertChanges: [raised] });
      const slot = await store().alerts.findSlot(IDLE_DEDUP_KEY);
      const resolved = idleness(slot, at(30), at(29));
      expect(resolved.alert).toMatchObject({ id: raised.alert.id, status: 'resolved' });
      await store().board.recordAlert(resolved);
      await expectAlertsWritten(store(), { alertChanges: [resolved] });
    });

    it('is refused, with nothing written, when the slot has changed since it was read', async () => {
      const before = await store().alerts.findSlot(IDLE_DEDUP_KEY);
      const first = idleness(before, at(40));
      await store().board.recordAlert(first);
      const second = idleness(before, at(41));
      await expect(store().board.recordAlert(second)).rejects.toThrow(ChangedConcurrently);
      expect(await store().alerts.find(second.alert.id)).toBeNull();
      expect(await store().alerts.findSlot(IDLE_DEDUP_KEY)).toEqual(first.slot);
      const waiting = (await dueEntries(store(), at(600))).map(({ alert }) => alert.id);
      expect(waiting).not.toContain(second.alert.id);
    });
  });
}

const HOUR_MS = 3_600_000;

/** What a look at the board says that was last heard of at `heardAt`, a day ago unless said otherwise. */
function idleness(slot: AlertSlot, now: Date, heardAt = new Date(now.getTime() - 25 * HOUR_MS)): AlertChange {
  const slots = new Map([[IDLE_DEDUP_KEY, slot]]);
  const change = decideIdleness(heardAt, heardAt, 24 * HOUR_MS, circumstancesOf(slots, now));
  if (change === null) throw new Error('nothing new to tell');
  return change;
}

function anOddCanvas(channelId: string): CanvasRecord {
  return {
    channelId,
    createdCanvasId: 'F0123456789',
    insteadOf: 'F9876543210',
    creatingSince: at(0, 1),
    shown: { [ODD_NAME]: 1, constructor: 2, 'a.b[0]': 2 ** 53 - 1, '': 0 },
    textHash: 'a'.repeat(64),
    writtenAt: new Date('9999-12-31T23:59:59.999Z'),
    version: 0,
  };
}

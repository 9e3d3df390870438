import * as fc from 'fast-check';
import {
  anyAlert,
  anyAppBoard,
  anyAttempt,
  anyBoardAudit,
  anyCanvasRecord,
  anyDelivery,
  anyEpmToken,
  anyHistoryEntry,
  anyMessage,
  anyNight,
  anyOutboxEntry,
  anyScheduler,
  anySlot,
  anyTraffic,
} from '../../../../test/builders/arbitraries';
import { aScheduler } from '../../../../test/builders/a-scheduler';
import { aCell, aJob, anAppBoard } from '../../../../test/builders/an-app-board';
import type { JsonObject } from '../../../domain/shared/json-value';
import { fromAlertRecordItem, fromSlotItem, toAlertRecordItem, toSlotItem } from './alert-record.item';
import { fromAppBoardItem, toAppBoardItem } from './app-board.item';
import { json, type Item } from './attributes';
import { fromAuditItem, toAuditItem } from './board-audit.item';
import { fromCanvasItem, toCanvasItem } from './canvas-record.item';
import { fromMessageItem, fromTrafficItem, toMessageItem, toTrafficItem } from './channel.item';
import { fromAttemptItem, fromDeliveryItem, toAttemptItem, toDeliveryItem } from './delivery.item';
import { fromEpmTokenItem, toEpmTokenItem } from './epm-token.item';
import { fromHistoryEntryItem, toHistoryEntryItem } from './history-entry.item';
import { fromNightItem, toNightItem } from './night.item';
import { fromOutboxItem, toOutboxItem } from './outbox-entry.item';
import { fromSchedulerItem, toSchedulerItem } from './scheduler.item';

const NOW = new Date('2026-03-02T17:00:00.000Z');

interface Kind<T> {
  readonly values: fc.Arbitrary<T>;
  readonly toItem: (value: T) => Item;
  readonly fromItem: (item: Item) => T;
}

function kind<T>(
  values: fc.Arbitrary<T>,
  toItem: (value: T) => Item,
  fromItem: (item: Item) => T,
): Kind<unknown> {
  return { values, toItem, fromItem } as Kind<unknown>;
}

const KINDS: Readonly<Record<string, Kind<unknown>>> = {
  scheduler: kind(anyScheduler, toSchedulerItem, fromSchedulerItem),
  'history entry': kind(anyHistoryEntry, (entry) => toHistoryEntryItem(entry, 30), fromHistoryEntryItem),
  alert: kind(anyAlert, (one) => toAlertRecordItem(one, 30), fromAlertRecordItem),
  'alert slot': kind(anySlot, (one) => toSlotItem(one, NOW, 30), fromSlotItem),
  'outbox entry': kind(anyOutboxEntry, toOutboxItem, fromOutboxItem),
  delivery: kind(anyDelivery, toDeliveryItem, fromDeliveryItem),
  attempt: kind(anyAttempt, (one) => toAttemptItem(one, 30), fromAttemptItem),
  message: kind(anyMessage, toMessageItem, fromMessageItem),
  traffic: kind(anyTraffic, toTrafficItem, fromTrafficItem),
  night: kind(anyNight, (one) => toNightItem(one, NOW), fromNightItem),
  'board app': kind(anyAppBoard, toAppBoardItem, fromAppBoardItem),
  'board audit record': kind(anyBoardAudit, (one) => toAuditItem(one, 30), fromAuditItem),
  canvas: kind(anyCanvasRecord, toCanvasItem, fromCanvasItem),
  'EPM token': kind(anyEpmToken, toEpmTokenItem, fromEpmTokenItem),
};

describe.each(Object.entries(KINDS))('the item of a %s', (_name, { values, toItem, fromItem }) => {
  it('gives back what it was made from', () => {
    fc.assert(fc.property(values, (value) => expect(fromItem(toItem(value))).toEqual(value)));
  });

  it('is refused, naming the attribute, when one is missing or of another type', () => {
    const [value] = fc.sample(values, { numRuns: 1, seed: 7 });
    const item = toItem(value);
    for (const name of Object.keys(item)) {
      const wrong = { ...item, [name]: { NULL: true as const } };
      const problem = problemOf(() => fromItem(wrong));
      expect(problem === null || problem.includes(`attribute ${name} `)).toBe(true);
    }
    expect(problemOf(() => fromItem({}))).toMatch(/^Stored .* cannot be read: attribute \w+ is missing$/);
  });
});

it('metadata keeps what an attribute map would lose', () => {
  const text =
    '{"__proto__":{"polluted":true},"":1e+300,"constructor":{"prototype":0.1},"many":1234567890.1234567}';
  const metadata = JSON.parse(text) as JsonObject;
  const stored = fromSchedulerItem(toSchedulerItem(aScheduler().with({ metadata }).build()));
  expect(JSON.stringify(stored.metadata)).toBe(text);
});

describe('the jobs of a board app', () => {
  const jobs = [
    aJob('1', { openDomains: ['Actual', 'Budget'] }),
    aJob('2', { openDomains: ['Budget'] }),
    aJob('3'),
  ];
  const board = anAppBoard()
    .withJob(...jobs)
    .build();

  it('repeat no domain that several of them have open', () => {
    const stored = toAppBoardItem(board);
    expect(JSON.stringify(stored).match(/Budget/g)).toHaveLength(1);
    expect(fromAppBoardItem(stored)).toEqual(board);
  });

  it.each([2, -1, 0.5, '0', null])('are refused when one has open what is not there (place %p)', (place) => {
    const wrong = { ...toAppBoardItem(board), jobs: json([{ job_id: '1', status: 'OK', open: [place] }]) };
    expect(problemOf(() => fromAppBoardItem(wrong))).toMatch(/^Stored board app Planning .* attribute open /);
  });
});

describe('the cells of a board app', () => {
  const item = toAppBoardItem(
    anAppBoard()
      .withCell(aCell('Actual', { alertDue: { by: 'k', correlationId: 'c', said: aCell('Actual') } }))
      .build(),
  );
  const [cell] = JSON.parse(item['cells']?.S ?? '') as [Record<string, unknown>];
  const problemWith = (cells: string) => problemOf(() => fromAppBoardItem({ ...item, cells: { S: cells } }));

  it('are read as strictly as attributes: each field by its name, when it is missing or of another type', () => {
    for (const name of Object.keys(cell)) {
      for (const wrong of [null, 7.5, {}, []]) {
        expect({ name, wrong, problem: problemWith(JSON.stringify([{ ...cell, [name]: wrong }])) }).toEqual({
          ...{ name, wrong },
          problem: expect.stringMatching(
            /^Stored board app Planning \(cells\).* cannot be read: attribute /,
          ) as string,
        });
      }
    }
    expect(problemWith('[{}]')).toBe(
      'Stored board app Planning (cells) cannot be read: attribute domain is missing',
    );
  });

  it.each(['', '[', '{}', 'null', '[null]', '[[]]', '["Actual"]'])(
    'are refused when they are %p',
    (cells) => {
      expect(problemWith(cells)).toMatch(
        /^Stored board app Planning cannot be read: attribute cells is (not |null$)/,
      );
    },
  );
});

it('an entry from long ago is not said to have expired before it was received', () => {
  const entry = { ...fc.sample(anyHistoryEntry, 1)[0], timestamp: new Date(0), receivedAt: NOW };
  const item = toHistoryEntryItem(entry as Parameters<typeof toHistoryEntryItem>[0], 30);
  expect(item['expires_at']).toEqual({ N: String(NOW.getTime() / 1000) });
});

function problemOf(read: () => unknown): string | null {
  try {
    read();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

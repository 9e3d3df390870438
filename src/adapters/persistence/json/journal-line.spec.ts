import * as fc from 'fast-check';
import { heartbeatOp, parseJournalLine, toJournalLine } from './journal-line';

const seq = fc.nat();
const op = fc.oneof(
  fc.record({ t: fc.string(), k: fc.string({ unit: 'binary' }), v: fc.jsonValue() }),
  fc.record({ a: fc.string(), v: fc.jsonValue() }),
);

function bytesOf(line: string): Buffer {
  return Buffer.from(line.slice(0, -1));
}

describe('a journal line', () => {
  it('comes back as it was written', () => {
    const property = fc.property(seq, seq, fc.array(op), (number, durable, ops) => {
      const text = ops.map((each) => JSON.stringify(each)).join(',');
      const line = toJournalLine(number, durable, text);
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(parseJournalLine(bytesOf(line))).toEqual({
        seq: number,
        durable,
        ops: JSON.parse(`[${text}]`) as unknown,
      });
    });
    fc.assert(property);
  });

  it('comes back with a heartbeat of any id', () => {
    const property = fc.property(fc.string({ unit: 'binary' }), (id) => {
      const at = new Date('2026-03-02T17:00:00.123Z');
      const line = toJournalLine(7, 6, heartbeatOp(id, at));
      expect(parseJournalLine(bytesOf(line))).toEqual({
        seq: 7,
        durable: 6,
        ops: [{ h: id, at: '2026-03-02T17:00:00.123Z' }],
      });
    });
    fc.assert(property);
  });

  it('is not taken for one when any bit of it has changed, or any part of it is missing', () => {
    const line = bytesOf(toJournalLine(12, 11, heartbeatOp('service-a', new Date(0))));
    for (let bit = 0; bit < line.length * 8; bit++) {
      const changed = Buffer.from(line);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(parseJournalLine(changed)).toBeNull();
    }
    for (let length = 0; length < line.length; length++) {
      expect(parseJournalLine(line.subarray(0, length))).toBeNull();
    }
  });
});

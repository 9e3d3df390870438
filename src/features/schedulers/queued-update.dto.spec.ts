import fc from 'fast-check';
import { aStatusUpdate } from '../../../test/builders/a-status-update';
import { SCHEDULER_STATUSES } from '../../domain/schedulers/scheduler';
import { readQueuedBody, toQueuedBody, type QueuedUpdate } from './queued-update.dto';

const REPORTER = { keyName: 'ledger', correlationId: 'night-42' };
const RECEIVED_AT = new Date('2026-03-02T17:00:05.123Z');

const queued = (update = aStatusUpdate().build()): QueuedUpdate => ({
  update,
  reporter: REPORTER,
  receivedAt: RECEIVED_AT,
});
const change = (fields: object) => JSON.stringify({ ...JSON.parse(toQueuedBody(queued())), ...fields });

it('reads what it wrote, whatever the reporter said', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 128 });
  const fields = fc.record({
    status: fc.constantFrom(...SCHEDULER_STATUSES),
    timestamp: fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
    executionTimeMs: fc.option(fc.maxSafeNat()),
    errorMessage: fc.option(text),
    runId: fc.option(text),
    metadata: fc.option(fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean()), { maxKeys: 5 })),
  });
  fc.assert(
    fc.property(fields, (said) => {
      const before = queued(aStatusUpdate('a'.repeat(255)).with(said).build());
      expect(readQueuedBody(toQueuedBody(before))).toEqual({ kind: 'read', ...before });
    }),
  );
});

it.each([
  ['no JSON', 'running', ['it is not a JSON object']],
  ['a list', '[]', ['it is not a JSON object']],
  ['a field more', change({ colour: 'red' }), ['colour is not a known field']],
  ['a field less', change({ run_id: undefined }), ['run_id is missing']],
  ['a version that never was', change({ version: 0 }), [expect.stringContaining('version')]],
  ['no version', change({ version: 'one' }), [expect.stringContaining('version')]],
  ['another status', change({ status: 'done' }), [expect.stringContaining('status')]],
  ['no instant', change({ received_at: 'now' }), [expect.stringContaining('received_at')]],
  ['half a character', change({ error_message: '\ud800' }), [expect.stringContaining('error_message')]],
])('cannot read %s', (_, body, faults) => {
  expect(readQueuedBody(body)).toEqual({ kind: 'unreadable', faults });
});

it('knows what a newer version wrote from what nobody did', () => {
  expect(readQueuedBody('{"version":2,"anything":"else"}')).toEqual({ kind: 'newer', version: 2 });
  expect(readQueuedBody('{"version":1.5}')).toMatchObject({ kind: 'unreadable' });
});

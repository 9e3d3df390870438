import { FakeClock } from '../../../test/fakes/fake-clock';
import { Secret } from '../config/secret';
import { createLogs } from './log';
import { NestLogger } from './nest.logger';

function setUp(level = 'info') {
  const lines: Record<string, unknown>[] = [];
  const logs = createLogs({
    level,
    format: 'json',
    clock: new FakeClock('2026-03-02T17:00:00.000Z'),
    stream: { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) },
  });
  return { ...logs, lines };
}

it('writes time, level name, fields and a sentence', () => {
  const { log, lines } = setUp();
  log.child({ worker: 'dispatch' }).warn({ correlation_id: 'c1' }, 'something is slow');
  log.debug('not at this level');
  expect(lines).toEqual([
    {
      level: 'warn',
      time: '2026-03-02T17:00:00.000Z',
      worker: 'dispatch',
      correlation_id: 'c1',
      msg: 'something is slow',
    },
  ]);
});

it('shows no secret, by its name or by its type', () => {
  const { log, lines } = setUp();
  const headers = { authorization: 'Bearer hidden', 'x-api-key': 'hidden', accept: 'shown' };
  log.info({ headers, token: 'hidden', slack: { token: 'hidden' }, url: new Secret('hidden') }, 'a line');
  expect(JSON.stringify(lines)).not.toContain('hidden');
  expect(lines[0]).toMatchObject({
    headers: { accept: 'shown', authorization: '[redacted]' },
    url: '[redacted]',
  });
});

it('keeps the causes of an error', () => {
  const { log, lines } = setUp();
  log.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'it failed');
  expect(lines[0]).toMatchObject({ err: { message: 'outer', cause: { message: 'inner' } } });
});

describe('NestLogger', () => {
  it('turns Nest’s arguments into fields, and keeps start-up chatter for debugging', () => {
    const { log, lines } = setUp();
    const nest = new NestLogger(log);
    nest.log('Nest application successfully started', 'NestApplication');
    nest.log('it runs', 'Vesper');
    nest.error('it broke', 'Error: it broke\n    at here (file.ts:1:1)', 'ExceptionHandler');
    nest.error(new Error('boom'), 'ExceptionHandler');
    nest.warn({ odd: 1 });
    expect(lines).toEqual([
      expect.objectContaining({ level: 'info', msg: 'it runs', context: 'Vesper' }),
      expect.objectContaining({
        level: 'error',
        msg: 'it broke',
        stack: expect.stringContaining('file.ts:1:1'),
      }),
      expect.objectContaining({
        level: 'error',
        msg: 'boom',
        err: expect.objectContaining({ message: 'boom' }),
      }),
      expect.objectContaining({ level: 'warn', msg: '{"odd":1}' }),
    ]);
  });
});

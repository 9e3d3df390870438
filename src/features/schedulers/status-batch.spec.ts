import { aStatusUpdate } from '../../../test/builders/a-status-update';
import { FakeClock } from '../../../test/fakes/fake-clock';
import type { StatusUpdate } from '../../domain/schedulers/status-update';
import { ChangedConcurrently, StorageUnavailable } from '../../domain/shared/errors';
import { createLogs } from '../../platform/logging/log';
import { Metrics } from '../../platform/metrics/metrics';
import type { HeldMessage, MessageQueue } from '../../platform/queue/message-queue';
import { toQueuedBody } from './queued-update.dto';
import { StatusBatch } from './status-batch';
import { StatusQueueTelemetry } from './status-queue.telemetry';
import type { StatusService } from './status.service';

const NAMES = (messages: readonly HeldMessage[]) => messages.map(({ id }) => id).join();

/** A queue that notes what is asked of it; what it does not confirm is said by the test. */
class NotedQueue implements MessageQueue {
  readonly asked: string[] = [];
  prolongs = true;
  finishes = true;

  send = () => Promise.reject(new Error('nobody sends here'));
  receive = () => Promise.reject(new Error('nobody receives here'));
  depth = () => Promise.reject(new Error('nobody counts here'));
  countBuried = () => Promise.reject(new Error('nobody counts here'));

  extend(messages: readonly HeldMessage[]) {
    this.asked.push(`extend ${NAMES(messages)}`);
    return Promise.resolve(this.prolongs ? messages : []);
  }

  finish(messages: readonly HeldMessage[]) {
    this.asked.push(`finish ${NAMES(messages)}`);
    return Promise.resolve(this.finishes ? messages : []);
  }

  release(messages: readonly HeldMessage[], afterMs: number) {
    this.asked.push(`release ${NAMES(messages)} after ${afterMs}`);
    return Promise.resolve();
  }

  bury(message: HeldMessage, reason: string) {
    this.asked.push(`bury ${message.id} ${reason}`);
    return Promise.resolve();
  }
}

/** Messages named like their scheduler and place, e.g. `a1`, whose status updates carry that name as run id. */
function begin(names: readonly string[], answer: (name: string) => Error | null) {
  const clock = new FakeClock();
  const queue = new NotedQueue();
  const stopping = new AbortController();
  const applied: string[] = [];
  const status = {
    update: ({ runId }: StatusUpdate) => {
      const error = answer(runId ?? '');
      if (error !== null) return Promise.reject(error);
      applied.push(runId ?? '');
      return Promise.resolve();
    },
  };
  const { log } = createLogs({ level: 'silent', format: 'json', clock, stream: { write: () => undefined } });
  const telemetry = new StatusQueueTelemetry(new Metrics(), log);
  const messages = names.map((id) => {
    const group = id[0] ?? '';
    const reporter = { keyName: 'key', correlationId: 'corr' };
    const update = aStatusUpdate(group).ofRun(id).build();
    const body = toQueuedBody({ update, reporter, receivedAt: clock.now() });
    return { id, group, body, receives: 1, receipt: id };
  });
  const work = new StatusBatch(messages, {
    ...{ queue, clock, telemetry, signal: stopping.signal },
    status: status as unknown as StatusService,
  }).work();
  return { clock, queue, stopping, applied, work };
}

const AWAY = new StorageUnavailable('away');

it('applies each scheduler’s updates in their order and takes them out together', async () => {
  const { queue, applied, work } = begin(['a1', 'b1', 'a2'], () => null);
  await work;
  expect(applied).toEqual(['a1', 'b1', 'a2']);
  expect(queue.asked).toEqual(['finish a1,b1,a2']);
});

it('tries a second time to take out what was applied, and no more', async () => {
  const { queue, work } = begin(['a1'], () => null);
  queue.finishes = false;
  await work;
  expect(queue.asked).toEqual(['finish a1', 'finish a1']);
});

it.each([AWAY, new ChangedConcurrently('scheduler a')])(
  'holds on to what cannot be applied for now: %p',
  async (error) => {
    let broken = true;
    const { clock, queue, applied, work } = begin(['a1', 'b1', 'a2'], (name) =>
      name === 'a1' && broken ? error : null,
    );
    await clock.advance('10h');
    // The other scheduler’s is taken out at once, the rest prolonged all the time, and nothing given back.
    expect(queue.asked[0]).toBe('finish b1');
    expect(new Set(queue.asked.slice(1))).toEqual(new Set(['extend a1,a2']));
    expect(queue.asked.length).toBe(1 + (10 * 3_600) / 20);
    broken = false;
    await clock.advance('30s');
    await work;
    expect(applied).toEqual(['b1', 'a1', 'a2']);
  },
);

it('lets go of what it may not hold any longer, without touching it again', async () => {
  const { clock, queue, applied, work } = begin(['a1', 'a2'], () => AWAY);
  await clock.advance('13h');
  await work;
  expect(applied).toEqual([]);
  expect(queue.asked.at(-1)).toBe('release a1,a2 after 30000');
});

it('applies nothing that somebody else may have by now', async () => {
  let broken = true;
  const { clock, queue, applied, work } = begin(['a1', 'a2'], () => (broken ? AWAY : null));
  queue.prolongs = false;
  // It waits out a pause that ends after the time for which it was handed the message.
  await clock.advance('50s');
  broken = false;
  await clock.advance('30s');
  await work;
  expect(applied).toEqual([]);
});

it('gives back at once, in their order, what cannot be applied when it is told to stop', async () => {
  const { clock, queue, stopping, work } = begin(['a1', 'a2', 'b1'], (name) =>
    name[0] === 'a' ? AWAY : null,
  );
  await clock.advance('5s');
  stopping.abort();
  await work;
  expect(queue.asked).toEqual(['finish b1', 'release a1,a2 after 0']);
});

it('goes on to the end of its batch when it is told to stop and nothing is in its way', async () => {
  const { applied, stopping, work } = begin(['a1', 'a2', 'a3'], () => null);
  stopping.abort();
  await work;
  expect(applied).toEqual(['a1', 'a2', 'a3']);
});

it('tries a defect five times within half a minute, and then goes on with the next', async () => {
  let tries = 0;
  const { clock, queue, applied, work } = begin(['a1', 'a2'], (name) => {
    if (name === 'a2') return null;
    tries++;
    return new TypeError('a defect');
  });
  await clock.advance('20s');
  await work;
  expect(tries).toBe(5);
  expect(queue.asked).toEqual(['bury a1 failed', 'finish a2']);
  expect(applied).toEqual(['a2']);
});

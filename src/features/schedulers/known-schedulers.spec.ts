import { aScheduler } from '../../../test/builders/a-scheduler';
import { FakeClock } from '../../../test/fakes/fake-clock';
import type { Scheduler } from '../../domain/schedulers/scheduler';
import { SchedulerNotRegistered } from '../../domain/schedulers/scheduler.errors';
import { StorageUnavailable } from '../../domain/shared/errors';
import { KnownSchedulers } from './known-schedulers';

type Answer = () => Promise<Scheduler | null>;

function setUp(answer: Answer) {
  const clock = new FakeClock();
  const storage = { answer, asked: 0 };
  const find = () => {
    storage.asked++;
    return storage.answer();
  };
  return { clock, storage, known: new KnownSchedulers({ find }, clock) };
}

const there: Answer = () => Promise.resolve(aScheduler('job').build());
const removed: Answer = () => Promise.resolve(aScheduler('job').with({ removedAt: new Date() }).build());
const nobody: Answer = () => Promise.resolve(null);
const away: Answer = () => Promise.reject(new StorageUnavailable('away'));
const silent: Answer = () => new Promise(() => undefined);

it('asks once a minute about one that is there', async () => {
  const { clock, storage, known } = setUp(there);
  await known.demandRegistered('job');
  await clock.advance('59s');
  await known.demandRegistered('job');
  expect(storage.asked).toBe(1);
  storage.answer = removed;
  await clock.advance('1s');
  await expect(known.demandRegistered('job')).rejects.toThrow(SchedulerNotRegistered);
});

it.each([
  ['is not there', nobody],
  ['was removed', removed],
])('turns away one that %s, and asks again each time', async (_, answer) => {
  const { storage, known } = setUp(answer);
  await expect(known.demandRegistered('job')).rejects.toThrow(SchedulerNotRegistered);
  await expect(known.demandRegistered('job')).rejects.toThrow(
    'Scheduler job not found. Please register first.',
  );
  expect(storage.asked).toBe(2);
  storage.answer = there;
  await known.demandRegistered('job');
});

it('turns nobody away while the storage is away, and leaves it in peace for five seconds', async () => {
  const { clock, storage, known } = setUp(away);
  await known.demandRegistered('job');
  storage.answer = nobody;
  await clock.advance('4s');
  await known.demandRegistered('job');
  expect(storage.asked).toBe(1);
  await clock.advance('1s');
  await expect(known.demandRegistered('job')).rejects.toThrow(SchedulerNotRegistered);
});

it('waits no longer than a second for an answer', async () => {
  const { clock, known } = setUp(silent);
  let taken = false;
  const demand = known.demandRegistered('job').then(() => (taken = true));
  await clock.advance('999ms');
  expect(taken).toBe(false);
  await clock.advance('1ms');
  await demand;
});

it('does not hide a defect of the storage', async () => {
  const { known } = setUp(() => Promise.reject(new TypeError('a defect')));
  await expect(known.demandRegistered('job')).rejects.toThrow('a defect');
});

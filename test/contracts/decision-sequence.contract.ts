import fc from 'fast-check';
import type { Store } from '../../src/adapters/persistence/store';
import { decideRegistration } from '../../src/domain/schedulers/decide-registration';
import type { SchedulerStatus } from '../../src/domain/schedulers/scheduler';
import { failureDedupKey, staleDedupKey } from '../../src/domain/schedulers/scheduler-alerts';
import { SchedulerNotFound } from '../../src/domain/schedulers/scheduler.errors';
import { ChangedConcurrently } from '../../src/domain/shared/errors';
import { aScheduler } from '../builders/a-scheduler';
import { aStatusUpdate } from '../builders/a-status-update';
import {
  at,
  decide,
  decideRemovalAt,
  decideSilenceAt,
  dueEntries,
  newId,
  profileOf,
  read,
  type ReadScheduler,
} from './acts';
import { allPages, collect } from './expectations';
import { StoreModel } from './store-model';
import type { StoreSubject } from './store-subject';

type Step =
  | { readonly do: 'look'; readonly who: number }
  | { readonly do: 'register'; readonly who: number; readonly serviceName: string }
  | { readonly do: 'heartbeat'; readonly who: number; readonly minute: number }
  | {
      readonly do: 'report';
      readonly who: number;
      readonly minute: number;
      readonly status: SchedulerStatus;
      readonly runId: string | null;
      readonly outdated: boolean;
    }
  | { readonly do: 'scan'; readonly who: number; readonly minute: number; readonly outdated: boolean }
  | { readonly do: 'remove'; readonly who: number; readonly minute: number };

const who = fc.integer({ min: 0, max: 1 });
const minute = fc.integer({ min: 0, max: 50 });
/** Also after the moment at which reports arrive. */
const late = fc.integer({ min: 30, max: 60 });
const outdated = fc.boolean();
const report = fc.record({
  do: fc.constant('report' as const),
  who,
  minute,
  status: fc.constantFrom<SchedulerStatus>('pending', 'running', 'running', 'completed', 'failed', 'failed'),
  runId: fc.constantFrom(null, 'r1', 'r2'),
  outdated,
});
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: report },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('look' as const), who }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('heartbeat' as const), who, minute: late }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('scan' as const), who, minute, outdated }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('register' as const),
        who,
        serviceName: fc.constantFrom('A', '🌙', 'B'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), who, minute }) },
  ),
  { minLength: 5, maxLength: 30 },
);

/** Any sequence of decisions, also of outdated ones, leaves the store as a plain model of the ports says. */
export function decisionSequenceContract({ store, reopen, sequences }: StoreSubject): void {
  it('equals a plain model after any sequence of decisions, before and after it is opened again', async () => {
    const property = fc.asyncProperty(steps, async (sequence) => {
      const player = new Player(store());
      await player.begin();
      for (const step of sequence) await player.play(step);
      await player.compare(store());
      await reopen();
      await player.compare(store());
    });
    await fc.assert(property, { numRuns: sequences });
  });
}

/** Takes each step in the store and in the model; both must answer alike. */
class Player {
  private readonly model = new StoreModel();
  private readonly remembered = new Map<string, ReadScheduler>();
  private readonly schedulerIds = [newId('one'), newId('two')];

  constructor(private readonly store: Store) {}

  async begin(): Promise<void> {
    for (const schedulerId of this.schedulerIds) await this.register(schedulerId, 'A');
  }

  async play(step: Step): Promise<void> {
    const schedulerId = this.schedulerIds[step.who] as string;
    const current = await this.store.schedulers.findWithAlerts(schedulerId);
    if (current === null) throw new Error(`${schedulerId} is gone`);
    if (step.do === 'register') return this.register(schedulerId, step.serviceName);
    if (step.do === 'heartbeat') return this.heartbeat(schedulerId, at(step.minute));
    if (step.do === 'look') return void this.remembered.set(schedulerId, current);
    const { schedulers } = this.store;
    if (step.do === 'remove') {
      const decision = decideRemovalAt(current, at(step.minute));
      return this.record(this.model.removal(decision), () => schedulers.recordRemoval(decision));
    }
    const seen = step.outdated ? (this.remembered.get(schedulerId) ?? current) : current;
    if (step.do === 'scan') {
      const decision = decideSilenceAt(seen, at(step.minute));
      if (decision !== null)
        await this.record(this.model.silence(decision), () => schedulers.recordSilence(decision));
    } else if (seen.scheduler.removedAt === null) {
      const update = aStatusUpdate(schedulerId)
        .at(at(step.minute))
        .with({ status: step.status, runId: step.runId });
      const errorMessage = step.status === 'failed' ? 'boom' : null;
      const decision = decide(seen, update.with({ errorMessage }).build(), at(50));
      await this.record(this.model.status(decision), () => schedulers.recordStatus(decision));
    }
  }

  async compare(store: Store): Promise<void> {
    for (const schedulerId of this.schedulerIds) {
      const scheduler = this.model.schedulers.get(schedulerId);
      const query = { schedulerId, from: at(-60), to: null, status: null };
      const history = await allPages(3, (page) => store.schedulers.listHistory(query, page));
      expect(history).toEqual(this.model.historyOf(schedulerId));
      const failure = this.model.slot(failureDedupKey(schedulerId));
      const stale = this.model.slot(staleDedupKey(schedulerId));
      expect(await read(store, schedulerId)).toEqual({ scheduler, slots: { failure, stale } });
      const living = scheduler?.removedAt === null;
      expect(await this.isIn(store.schedulers.scanAll(), schedulerId)).toBe(living);
    }
    for (const alert of this.model.alerts.values()) expect(await store.alerts.find(alert.id)).toEqual(alert);
    const told = (await dueEntries(store, at(600))).filter(({ id }) => this.model.outbox.has(id));
    expect(new Set(told)).toEqual(new Set(this.model.outbox.values()));
  }

  private async register(schedulerId: string, serviceName: string): Promise<void> {
    const profile = { ...profileOf(aScheduler(schedulerId).build()), serviceName };
    const decided = decideRegistration(await this.store.schedulers.find(schedulerId), profile, at(50));
    await this.record(this.model.register(decided), () => this.store.schedulers.recordRegistration(decided));
  }

  private async heartbeat(schedulerId: string, when: Date): Promise<void> {
    const expected = this.model.heartbeat(schedulerId, when);
    const given = this.store.schedulers.recordHeartbeat(schedulerId, when);
    if (expected === 'not found') await expect(given).rejects.toThrow(SchedulerNotFound);
    else expect(await given).toEqual(expected);
  }

  private async record(
    expected: string,
    write: () => Promise<void | 'recorded' | 'duplicate'>,
  ): Promise<void> {
    if (expected === 'conflict') await expect(write()).rejects.toThrow(ChangedConcurrently);
    else expect((await write()) ?? 'recorded').toBe(expected);
  }

  private async isIn(
    batches: AsyncIterable<readonly { schedulerId: string }[]>,
    schedulerId: string,
  ): Promise<boolean> {
    return (await collect(batches)).some((scheduler) => scheduler.schedulerId === schedulerId);
  }
}

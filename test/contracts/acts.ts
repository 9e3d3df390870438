import { randomUUID } from 'node:crypto';
import type { Store } from '../../src/adapters/persistence/store';
import { RandomIdSource } from '../../src/adapters/system/random.id-source';
import { SystemClock } from '../../src/adapters/system/system.clock';
import type { OutboxEntry } from '../../src/domain/notifications/outbox';
import { decideRegistration } from '../../src/domain/schedulers/decide-registration';
import { decideRemoval, type RemovalDecision } from '../../src/domain/schedulers/decide-removal';
import { decideSilence, type SilenceDecision } from '../../src/domain/schedulers/decide-silence';
import { decideStatusUpdate, type StatusDecision } from '../../src/domain/schedulers/decide-status-update';
import type { Scheduler, SchedulerProfile } from '../../src/domain/schedulers/scheduler';
import type { SchedulerAlertSlots } from '../../src/domain/schedulers/scheduler-alerts';
import type { StatusUpdate } from '../../src/domain/schedulers/status-update';
import { aScheduler } from '../builders/a-scheduler';
import { aStatusUpdate } from '../builders/a-status-update';

/** What the services do with a store, in one call each: read, decide, record. */

export interface ReadScheduler {
  readonly scheduler: Scheduler;
  readonly slots: SchedulerAlertSlots;
}

export const DEFAULT_TIMEOUT_MINUTES = 10;
const TIME_ZONE = 'Asia/Jakarta';
const REPORTER = { keyName: 'contract-key', correlationId: 'contract-correlation' };

export const ids = new RandomIdSource(new SystemClock());

const ANCHOR_MS = Date.now() - (Date.now() % 3_600_000) - 3_600_000;

/** Minutes (and milliseconds) from a full hour near the present: an engine with a clock of its own must not expire what a test wrote. */
export function at(minutes: number, ms = 0): Date {
  return new Date(ANCHOR_MS + minutes * 60_000 + ms);
}

export function days(count: number): number {
  return count * 24 * 60;
}

export function newId(prefix = 'scheduler'): string {
  return `${prefix}-${randomUUID()}`;
}

export async function register(
  store: Store,
  profile: Partial<SchedulerProfile> = {},
  now = at(-60),
): Promise<Scheduler> {
  const wanted = { ...profileOf(aScheduler(profile.schedulerId ?? newId()).build()), ...profile };
  const scheduler = decideRegistration(await store.schedulers.find(wanted.schedulerId), wanted, now);
  await store.schedulers.recordRegistration(scheduler);
  return scheduler;
}

/** Registers one for each profile; all ids begin with `token`. */
export async function registerAll(
  store: Store,
  token: string,
  profiles: readonly Partial<SchedulerProfile>[],
): Promise<readonly Scheduler[]> {
  return Promise.all(
    profiles.map((profile, n) => register(store, { schedulerId: newId(`${token}.${n}`), ...profile })),
  );
}

export function profileOf(scheduler: Scheduler): SchedulerProfile {
  const { schedulerId, serviceName, jobName, ownerEmail, alertUserId } = scheduler;
  const { tags, heartbeatTimeoutMinutes, windows } = scheduler;
  return {
    schedulerId,
    serviceName,
    jobName,
    ownerEmail,
    alertUserId,
    tags,
    heartbeatTimeoutMinutes,
    windows,
  };
}

export async function get(store: Store, schedulerId: string): Promise<Scheduler> {
  const scheduler = await store.schedulers.find(schedulerId);
  if (scheduler === null) throw new Error(`${schedulerId} is not stored`);
  return scheduler;
}

export async function read(store: Store, schedulerId: string): Promise<ReadScheduler> {
  const found = await store.schedulers.findWithAlerts(schedulerId);
  if (found === null) throw new Error(`${schedulerId} is not stored`);
  return found;
}

export function decide(
  { scheduler, slots }: ReadScheduler,
  update: StatusUpdate,
  now = update.timestamp,
): StatusDecision {
  return decideStatusUpdate(scheduler, update, { slots, reporter: REPORTER, timeZone: TIME_ZONE, now, ids });
}

/** Reports and demands that it was taken as something new. */
export async function report(
  store: Store,
  update: StatusUpdate,
  now = update.timestamp,
): Promise<StatusDecision> {
  const decision = decide(await read(store, update.schedulerId), update, now);
  expect(await store.schedulers.recordStatus(decision)).toBe('recorded');
  return decision;
}

export function decideSilenceAt({ scheduler, slots }: ReadScheduler, now: Date): SilenceDecision | null {
  return decideSilence(scheduler, {
    slot: slots.stale,
    defaultTimeoutMinutes: DEFAULT_TIMEOUT_MINUTES,
    timeZone: TIME_ZONE,
    correlationId: REPORTER.correlationId,
    cause: { by: 'stale-scan', now, ids },
  });
}

/** A scheduler that runs since `since` and has not been heard for longer than its timeout at `now`. */
export async function silentScheduler(store: Store, since = at(0), now = at(30)): Promise<SilenceDecision> {
  const { schedulerId } = await register(store);
  await report(store, aStatusUpdate(schedulerId).running().at(since).build());
  const decision = decideSilenceAt(await read(store, schedulerId), now);
  if (decision === null) throw new Error('not silent');
  return decision;
}

export function decideRemovalAt({ scheduler, slots }: ReadScheduler, now: Date): RemovalDecision {
  return decideRemoval(scheduler, slots, { by: 'contract-key', now, ids });
}

export async function remove(store: Store, schedulerId: string, now = at(40)): Promise<RemovalDecision> {
  const decision = decideRemovalAt(await read(store, schedulerId), now);
  await store.schedulers.recordRemoval(decision);
  return decision;
}

/** A new scheduler's failure: the outbox entry that tells of it. */
export async function failure(store: Store, now = at(0)): Promise<OutboxEntry> {
  const { schedulerId } = await register(store);
  const decision = await report(store, aStatusUpdate(schedulerId).failed().at(now).build());
  const entry = decision.alertChanges[0]?.outbox[0];
  if (entry === undefined) throw new Error('the failure is not told');
  return entry;
}

/** All entries that wait in the outbox and are due by `now`. */
export async function dueEntries(store: Store, now: Date): Promise<readonly OutboxEntry[]> {
  return store.outbox.listDue(now, 100_000);
}

import type { ChannelDirectory } from '../../domain/notifications/channel';
import type { DeliveryRepository } from '../../domain/notifications/delivery.repository';
import { EDIT_PAUSE_MS, isBehind } from '../../domain/notifications/storm';
import type { Clock } from '../../domain/shared/clock';
import type { LeaseRepository } from '../../domain/shared/lease';
import { holdLease, type Hold } from '../../platform/workers/hold-lease';
import type { Task } from '../../platform/workers/task';
import { Turns } from '../../platform/workers/turns';
import type { DeliveryObserver } from './delivery-observer';
import type { Pipeline } from './pipeline';
import type { RouteStage } from './stages/route.stage';

export interface DispatchDependencies {
  readonly instanceId: string;
  readonly channels: ChannelDirectory;
  readonly deliveries: DeliveryRepository;
  readonly leases: LeaseRepository;
  readonly clock: Clock;
  readonly routeStage: RouteStage;
  readonly pipeline: Pipeline;
  readonly observer: DeliveryObserver;
}

/** Short: after a crash an alert must not wait long for another instance to take its channel over. */
const LEASE_TTL_MS = 10_000;

/**
 * Routes what the outbox holds and lets each channel's queue run on its own: a channel that is slow or down holds up no other.
 * The bell wakes it after a commit; the interval is the safety net for other instances' commits and for restarts.
 */
export class DispatchWorker implements Task {
  readonly name = 'dispatch';
  readonly schedule = { everyMs: 1_000 };
  readonly timeoutMs = 30_000;
  /** Routing is safe on any number of instances; each channel's queue has a lease of its own. */
  readonly leased = false;

  private readonly turns = new Turns();
  /** On the monotonic clock. */
  private lookedForStormsAtMs = -Infinity;

  constructor(private readonly dependencies: DispatchDependencies) {}

  async run(_now: Date, { signal }: Hold): Promise<void> {
    const kickAll = (channelIds: Iterable<string>) =>
      [...channelIds].forEach((channelId) => this.kick(channelId));
    try {
      await this.dependencies.routeStage.routeDue(signal, kickAll);
    } finally {
      // What waits from before must not wait for what cannot be routed now.
      kickAll(await this.dependencies.deliveries.listBusyChannels());
      kickAll(await this.listChannelsBehind());
    }
  }

  /** Resolves when no queue is being worked on. */
  whenIdle(): Promise<void> {
    return this.turns.whenIdle();
  }

  /** Lets the message that is being sent finish; the rest stays in the queues. */
  stop(): Promise<void> {
    return this.turns.stop();
  }

  /**
   * Channels whose storm lists fewer alerts than belong to it: its last edit failed, or came too soon after the one before. Nothing waits in their queues,
   * so nothing else leads there. No instance remembers them: whichever is alive finds them in the storage.
   */
  private async listChannelsBehind(): Promise<readonly string[]> {
    const { channels, clock, deliveries } = this.dependencies;
    if (clock.monotonicMs() - this.lookedForStormsAtMs < EDIT_PAUSE_MS) return [];
    this.lookedForStormsAtMs = clock.monotonicMs();
    const enabled = channels.list().filter(({ state }) => state === 'enabled');
    const traffic = await Promise.all(enabled.map(({ id }) => deliveries.findTraffic(id)));
    const now = clock.now();
    return traffic
      .filter(({ storm }) => storm !== null && isBehind(storm, now))
      .map(({ channelId }) => channelId);
  }

  private kick(channelId: string): void {
    this.turns.kick(channelId, () => this.drain(channelId));
  }

  private async drain(channelId: string): Promise<void> {
    const { channels, leases, clock, instanceId, observer, pipeline } = this.dependencies;
    const channel = channels.find(channelId);
    try {
      if (channel === null) throw new Error(`no channel ${channelId} is configured; its deliveries wait`);
      const request = {
        name: `dispatch:${channelId}`,
        owner: instanceId,
        ttlMs: LEASE_TTL_MS,
        signal: this.turns.signal,
      };
      await holdLease(leases, clock, request, ({ signal, isHeld }) =>
        pipeline.drain(channel, { signal, mayAct: isHeld }),
      );
    } catch (error) {
      observer.interrupted(channelId, error);
    }
  }
}

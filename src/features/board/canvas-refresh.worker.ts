import { isDirty } from '../../domain/board/canvas-record';
import { appsOf, type Board, type BoardChannel } from '../../domain/board/board';
import type { BoardRepository } from '../../domain/board/board.repository';
import type { CanvasPublisher } from '../../domain/board/canvas-publisher';
import type { AppBoard } from '../../domain/board/app-board';
import { backOffMs } from '../../domain/shared/back-off';
import type { Clock } from '../../domain/shared/clock';
import type { LeaseRepository } from '../../domain/shared/lease';
import type { Task } from '../../platform/workers/task';
import { Turns } from '../../platform/workers/turns';
import { writeUnderLease } from './canvas-lease';
import type { CanvasObserver } from './canvas-observer';
import type { CanvasWriterService } from './canvas-writer.service';
import type { CanvasOccasion, CanvasWriting } from './canvas-writing';

/** How often a canvas worker looks for changes that other instances made. */
export const CanvasLookIntervalMs = Symbol('CanvasLookIntervalMs');

export interface CanvasRefreshDependencies {
  readonly board: Board;
  readonly boards: BoardRepository;
  readonly publisher: CanvasPublisher;
  readonly writer: CanvasWriterService;
  readonly leases: LeaseRepository;
  readonly clock: Clock;
  readonly instanceId: string;
  readonly observer: CanvasObserver;
  /** How often it looks for changes that other instances made. */
  readonly lookEveryMs: number;
}

/** What this instance knows of one canvas; all on the monotonic clock. */
interface Plan {
  /** When its ages were last seen to be true; never, when it could not be written since. */
  readonly agesTrueAtMs: number;
  /** Not before this: Slack asked for it, it failed, or somebody has written it a moment ago. */
  readonly notBeforeMs: number;
  readonly failures: number;
}

const UNPLANNED: Plan = { agesTrueAtMs: -Infinity, notBeforeMs: -Infinity, failures: 0 };

/** Spec 20: how often ages are made true while something is loading, and else. */
const REFRESH_LOADING_MS = 60_000;
const REFRESH_CALM_MS = 10 * 60_000;

/** A look reads the whole board: hundreds of changes a second are to cost no more than a few looks. */
const BETWEEN_LOOKS_MS = 200;

const PAUSES = { firstMs: 2_000, longestMs: 60_000 };

/**
 * Keeps every canvas true. The bell wakes it after a change; looking now and then is the safety net for changes of other instances, crashes and restarts:
 * which canvas is behind stands in the storage. Each canvas has its own turn, so that one that fails holds up no other.
 */
export class CanvasRefreshWorker implements Task {
  readonly name = 'canvas-refresh';
  /** A look is free while nothing is planned for the moment. */
  readonly schedule = { everyMs: 200 };
  readonly timeoutMs = 30_000;
  /** Each canvas has a lease of its own. */
  readonly leased = false;

  private readonly turns = new Turns();
  private readonly plans = new Map<string, Plan>();
  private lookAtMs = -Infinity;
  private lookedAtMs = -Infinity;

  constructor(private readonly dependencies: CanvasRefreshDependencies) {}

  /** Something has changed: look at once, unless it was looked a moment ago. */
  wake(): void {
    this.lookAtMs = Math.min(this.lookAtMs, this.lookedAtMs + BETWEEN_LOOKS_MS);
  }

  isDue(): boolean {
    const { board, publisher, clock } = this.dependencies;
    if (publisher.state === 'disabled' || board.channels.length === 0) return false;
    return clock.monotonicMs() >= this.lookAtMs;
  }

  async run(): Promise<void> {
    // Woken during a look, the next one follows all the same, but not at once.
    if (!this.isDue()) return;
    const { board, boards, clock, lookEveryMs } = this.dependencies;
    const nowMs = clock.monotonicMs();
    this.lookedAtMs = nowMs;
    this.lookAtMs = nowMs + lookEveryMs;
    const states = await boards.listApps();
    for (const channel of board.channels) {
      const { agesTrueAtMs, notBeforeMs } = this.planOf(channel.id);
      if (nowMs < notBeforeMs) {
        this.lookAgainAt(notBeforeMs);
        continue;
      }
      const shown = this.statesOf(channel, states);
      // By what is loading now: whoever wrote the canvas last may not have been this instance.
      const occasion = nowMs >= agesTrueAtMs + refreshEveryMs(shown) ? 'age' : 'change';
      if (occasion === 'age' || (await this.isBehind(channel, shown)))
        this.turns.kick(channel.id, () => this.refresh(channel, occasion));
    }
  }

  /** Resolves when no canvas is being written. */
  whenIdle(): Promise<void> {
    return this.turns.whenIdle();
  }

  /** Lets the call that is under way end; what is behind stays marked in the storage. */
  stop(): Promise<void> {
    return this.turns.stop();
  }

  private async isBehind(channel: BoardChannel, shown: readonly AppBoard[]): Promise<boolean> {
    return isDirty(await this.dependencies.boards.findCanvas(channel.id), shown);
  }

  private async refresh(channel: BoardChannel, occasion: CanvasOccasion): Promise<void> {
    const { leases, clock, instanceId, writer, observer } = this.dependencies;
    // Asked for while the turn before was under way, which may have ended in a pause.
    if (clock.monotonicMs() < this.planOf(channel.id).notBeforeMs) return;
    const turn = { leases, clock, instanceId, channelId: channel.id, signal: this.turns.signal };
    try {
      const writing = await writeUnderLease(turn, (rights) => writer.write(channel, occasion, rights));
      this.plan(channel, occasion, writing);
    } catch (error) {
      this.pause(channel.id, null);
      observer.interrupted(channel.id, error);
    }
  }

  private plan(channel: BoardChannel, occasion: CanvasOccasion, writing: CanvasWriting | null): void {
    if (writing === null) return this.wait(channel.id, PAUSES.firstMs);
    if (writing.kind === 'too_soon') return this.wait(channel.id, writing.waitMs);
    if (writing.kind === 'failed') return this.pause(channel.id, writing.afterMs);
    if (writing.kind === 'unchanged' && occasion === 'change') return;
    this.plans.set(channel.id, { ...UNPLANNED, agesTrueAtMs: this.dependencies.clock.monotonicMs() });
  }

  /** It was or is being written: nothing that has failed. */
  private wait(channelId: string, ms: number): void {
    const notBeforeMs = this.dependencies.clock.monotonicMs() + ms;
    this.plans.set(channelId, { ...this.planOf(channelId), notBeforeMs });
    this.lookAgainAt(notBeforeMs);
  }

  private pause(channelId: string, askedForMs: number | null): void {
    const failures = this.planOf(channelId).failures + 1;
    const pauseMs = Math.max(backOffMs(failures, PAUSES), askedForMs ?? 0);
    const notBeforeMs = this.dependencies.clock.monotonicMs() + pauseMs;
    // It is looked at afterwards whether or not anything changes: nobody knows what Slack has of what failed.
    this.plans.set(channelId, { ...UNPLANNED, notBeforeMs, failures });
    this.lookAgainAt(notBeforeMs);
  }

  private lookAgainAt(ms: number): void {
    this.lookAtMs = Math.min(this.lookAtMs, ms);
  }

  private statesOf(channel: BoardChannel, states: readonly AppBoard[]): readonly AppBoard[] {
    const names = new Set(appsOf(this.dependencies.board, channel.id).map(({ name }) => name));
    return states.filter(({ app }) => names.has(app));
  }

  private planOf(channelId: string): Plan {
    return this.plans.get(channelId) ?? UNPLANNED;
  }
}

function refreshEveryMs(shown: readonly AppBoard[]): number {
  const isLoading = shown.some(({ cells }) => cells.some(({ status }) => status === 'Loading'));
  return isLoading ? REFRESH_LOADING_MS : REFRESH_CALM_MS;
}

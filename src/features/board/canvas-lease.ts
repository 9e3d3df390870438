import type { SendingRights } from '../../domain/notifications/notification';
import type { Clock } from '../../domain/shared/clock';
import type { LeaseRepository } from '../../domain/shared/lease';
import { holdLease } from '../../platform/workers/hold-lease';
import type { CanvasWriting } from './canvas-writing';

export interface CanvasTurn {
  readonly leases: LeaseRepository;
  readonly clock: Clock;
  readonly instanceId: string;
  readonly channelId: string;
  /** Ends it from outside. */
  readonly signal: AbortSignal;
}

/** Short: after a crash the last state must not wait long for another instance. */
const LEASE_TTL_MS = 10_000;

/** Among all instances one writes a canvas at a time. @returns `null` while somebody else does */
export async function writeUnderLease(
  { leases, clock, instanceId, channelId, signal }: CanvasTurn,
  write: (rights: SendingRights) => Promise<CanvasWriting>,
): Promise<CanvasWriting | null> {
  let writing: CanvasWriting | null = null;
  // The owner differs per turn: within one process, too, the worker and a request take turns.
  const owner = `${instanceId}:${++turns}`;
  const request = { name: `canvas:${channelId}`, owner, ttlMs: LEASE_TTL_MS, signal };
  await holdLease(leases, clock, request, async ({ signal: held, isHeld }) => {
    writing = await write({ signal: held, mayAct: isHeld });
  });
  return writing;
}

let turns = 0;

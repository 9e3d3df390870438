import type { Bell } from '../notifications/bell';

/** Wakes the canvas worker of this process after a change of the board. Losing a ring costs a poll interval, nothing more. */
export type CanvasBell = Bell;
export const CanvasBell = Symbol('CanvasBell');

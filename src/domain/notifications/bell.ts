/** Wakes the dispatcher of this process after a commit that left something to tell. Losing a ring costs a poll interval, nothing more. */
export interface Bell {
  ring(): void;
  onRing(listener: () => void): void;
}

export const Bell = Symbol('Bell');

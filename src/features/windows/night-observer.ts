import type { Interruption } from './night.messenger';

/** What the nights tell metrics and log. */
export interface NightObserver {
  interrupted(windowName: string, businessDate: string, interruption: Interruption): void;
  advanced(windowName: string): void;
}

export const NightObserver = Symbol('NightObserver');

import type { Interruption } from './interruption';

export type PublishAction = 'post' | 'edit' | 'summary' | 'withdraw';

/** What the nights tell metrics and log. */
export interface NightObserver {
  interrupted(windowName: string, businessDate: string, interruption: Interruption): void;
  advanced(windowName: string, businessDate: string): void;
  /** @param outcome kind of the publisher's outcome */
  published(action: PublishAction, outcome: string): void;
}

export const NightObserver = Symbol('NightObserver');

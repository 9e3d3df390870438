import type { EpmAnswer } from '../../domain/board/epm-gateway';

/** Told what EPM answers; for logs and metrics. */
export interface EpmObserver {
  asked(server: string, answer: EpmAnswer, tookMs: number): void;
}

export const EpmObserver = Symbol('EpmObserver');

import { Inject, Injectable } from '@nestjs/common';
import type { EpmAnswer } from '../../domain/board/epm-gateway';
import { Log } from '../../platform/logging/log';
import { Metrics } from '../../platform/metrics/metrics';
import type { EpmObserver } from './epm-observer';

@Injectable()
export class EpmTelemetry implements EpmObserver {
  /** Servers that did not answer the last time; what lasts is told once. */
  private readonly silent = new Map<string, string>();

  constructor(
    private readonly metrics: Metrics,
    @Inject(Log) private readonly log: Log,
  ) {}

  asked(server: string, answer: EpmAnswer, tookMs: number): void {
    if ('asked' in answer && answer.asked === false) return;
    this.metrics.epmPolls.inc({ server, outcome: answer.kind === 'state' ? answer.state : answer.kind });
    this.metrics.epmPollDuration.observe({ server }, tookMs / 1_000);
    if (answer.kind === 'unreachable' || answer.kind === 'unauthorized')
      this.missed(server, answer.kind, answer.error);
    else if (this.silent.delete(server)) this.log.info({ server }, 'an EPM server answers again');
  }

  private missed(server: string, kind: 'unreachable' | 'unauthorized', reason: string): void {
    if (this.silent.get(server) === kind) return;
    this.silent.set(server, kind);
    if (kind === 'unauthorized') this.log.error({ server, reason }, 'an EPM server refuses our sign-in');
    else this.log.warn({ server, reason }, 'an EPM server does not answer; it is asked again');
  }
}

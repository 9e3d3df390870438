import { Inject, Injectable } from '@nestjs/common';
import { Log } from '../../platform/logging/log';
import { Metrics } from '../../platform/metrics/metrics';
import type { NightObserver, PublishAction } from './night-observer';
import type { Interruption } from './interruption';

@Injectable()
export class NightTelemetry implements NightObserver {
  constructor(
    private readonly metrics: Metrics,
    @Inject(Log) private readonly log: Log,
  ) {}

  interrupted(windowName: string, businessDate: string, interruption: Interruption): void {
    const { reason, error, refused } = interruption;
    const fields = { window: windowName, business_date: businessDate, reason, error };
    if (refused)
      this.log.error(
        fields,
        'Slack refuses the status table of a night; it is tried again until the window is over',
      );
    else this.log.warn(fields, 'a step of a night is delayed');
  }

  advanced(windowName: string, businessDate: string): void {
    this.log.info({ window: windowName, business_date: businessDate }, 'a step of a night is done');
  }

  published(action: PublishAction, outcome: string): void {
    this.metrics.tablePublishes.inc({ action, outcome });
  }
}

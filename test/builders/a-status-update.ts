import type { StatusUpdate } from '../../src/domain/schedulers/status-update';

/** What a service reports, completed unless said otherwise: `aStatusUpdate('job').failed('boom').at(now).build()`. */
export function aStatusUpdate(schedulerId = 'service-a-eod'): StatusUpdateBuilder {
  return new StatusUpdateBuilder(schedulerId);
}

class StatusUpdateBuilder {
  private fields: Partial<StatusUpdate> = {};

  constructor(private readonly schedulerId: string) {}

  at(timestamp: Date | string): this {
    return this.with({ timestamp: new Date(timestamp) });
  }

  pending(): this {
    return this.with({ status: 'pending' });
  }

  running(): this {
    return this.with({ status: 'running' });
  }

  completed(executionTimeMs: number | null = null): this {
    return this.with({ status: 'completed', executionTimeMs });
  }

  failed(errorMessage = 'boom'): this {
    return this.with({ status: 'failed', errorMessage });
  }

  ofRun(runId: string): this {
    return this.with({ runId });
  }

  with(fields: Partial<StatusUpdate>): this {
    this.fields = { ...this.fields, ...fields };
    return this;
  }

  build(): StatusUpdate {
    return {
      schedulerId: this.schedulerId,
      status: 'completed',
      timestamp: new Date('2026-03-02T17:00:00.000Z'),
      executionTimeMs: null,
      errorMessage: null,
      metadata: null,
      runId: null,
      ...this.fields,
    };
  }
}

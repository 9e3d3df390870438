import type { CellStatus, DatedUpdate } from '../../src/domain/board/cell';

/** What a push says of one cell, OK unless said otherwise: `aCellUpdate('Planning', 'Actual').loading('LOAD_1').at(now).build()`. */
export function aCellUpdate(app = 'Planning', domain = 'Actual'): CellUpdateBuilder {
  return new CellUpdateBuilder(app, domain);
}

class CellUpdateBuilder {
  private fields: Partial<DatedUpdate> = {};

  constructor(
    private readonly app: string,
    private readonly domain: string,
  ) {}

  at(timestamp: Date | string): this {
    return this.with({ timestamp: new Date(timestamp) });
  }

  loading(jobId: string | null = 'JOB_1'): this {
    return this.saying('Loading', jobId);
  }

  ok(jobId: string | null = 'JOB_1'): this {
    return this.saying('OK', jobId);
  }

  warning(jobId: string | null = 'JOB_1', message: string | null = 'boom'): this {
    return this.saying('Warning', jobId).with({ message });
  }

  blank(): this {
    return this.saying('Blank', null);
  }

  with(fields: Partial<DatedUpdate>): this {
    this.fields = { ...this.fields, ...fields };
    return this;
  }

  build(): DatedUpdate {
    return {
      app: this.app,
      domain: this.domain,
      status: 'OK',
      jobId: 'JOB_1',
      message: null,
      timestamp: new Date('2026-03-02T17:00:00.000Z'),
      server: null,
      ...this.fields,
    };
  }

  private saying(status: CellStatus, jobId: string | null): this {
    return this.with({ status, jobId });
  }
}

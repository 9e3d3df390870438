import { emptySlot, type Alert, type AlertCandidate, type AlertSlot } from '../../src/domain/alerts/alert';

/** What a failed job says about itself. */
export function anAlertCandidate(fields: Partial<AlertCandidate> = {}): AlertCandidate {
  return {
    dedupKey: 'scheduler_failed:service-a-eod',
    source: 'scheduler_failed',
    severity: 'critical',
    title: 'Service A · EOD Processing failed',
    summary: 'boom',
    facts: [{ label: 'Service', kind: 'text', text: 'Service A' }],
    excerpt: 'boom',
    timeZone: 'Asia/Jakarta',
    details: { scheduler_id: 'service-a-eod' },
    labels: { service: 'Service A' },
    owner: { slackUserId: null, email: null },
    correlationId: 'test',
    ...fields,
  };
}

/** A firing alert; say only what matters: `anAlert().with({ severity: 'warning' }).resolved().build()`. */
export function anAlert(id = 'alert-1'): AlertBuilder {
  return new AlertBuilder(id);
}

/** A slot in which nothing ever happened, or one with this alert open in it. */
export function aSlot(open: Alert | null = null, fields: Partial<AlertSlot> = {}): AlertSlot {
  const dedupKey = open?.dedupKey ?? anAlertCandidate().dedupKey;
  return open === null
    ? { ...emptySlot(dedupKey), ...fields }
    : { ...emptySlot(dedupKey), open, recentChanges: [open.firstSeenAt], version: 1, ...fields };
}

class AlertBuilder {
  private now = new Date('2026-03-02T17:00:00.000Z');
  private fields: Partial<Alert> = {};

  constructor(private readonly id: string) {}

  /** When it was opened; call it first. */
  at(now: Date | string): this {
    this.now = new Date(now);
    return this;
  }

  with(fields: Partial<Alert>): this {
    this.fields = { ...this.fields, ...fields };
    return this;
  }

  resolved(at: Date | string = this.now): this {
    return this.with({
      status: 'resolved',
      resolvedAt: new Date(at),
      resolvedBy: 'test',
      resolution: 'completed',
      sequence: 2,
    });
  }

  build(): Alert {
    return {
      ...anAlertCandidate(),
      id: this.id,
      status: 'firing',
      occurrences: 1,
      firstSeenAt: this.now,
      lastSeenAt: this.now,
      acknowledgedBy: null,
      acknowledgedAt: null,
      resolvedBy: null,
      resolvedAt: null,
      resolution: null,
      snoozedUntil: null,
      flapping: false,
      timeline: [{ at: this.now, what: 'opened', by: 'test', note: null }],
      sequence: 1,
      ...this.fields,
    };
  }
}

import type { Alert, AlertSlot } from '../../../domain/alerts/alert';
import type { AlertFilter, AlertRepository } from '../../../domain/alerts/alert.repository';
import type { Page, PageRequest } from '../../../domain/shared/page';
import { alertSortKey } from './archives';
import type { JsonState } from './json-state';
import { toPage } from './paging';

/** Open alerts live in memory, resolved ones in daily files. */
export class JsonAlertRepository implements AlertRepository {
  constructor(private readonly state: JsonState) {}

  async find(alertId: string): Promise<Alert | null> {
    return this.state.alerts.get(alertId) ?? this.state.archives.resolvedAlerts.find(alertId, alertId);
  }

  async findSlot(dedupKey: string): Promise<AlertSlot> {
    return this.state.slot(dedupKey);
  }

  async findSlots(dedupKeys: readonly string[]): Promise<readonly AlertSlot[]> {
    return dedupKeys.map((dedupKey) => this.state.slot(dedupKey));
  }

  async list({ status, dedupKey }: AlertFilter, { limit, after }: PageRequest): Promise<Page<Alert>> {
    const found = await this.state.archives.resolvedAlerts.list({
      bucketKey: null,
      texts: dedupKey === null ? [] : [`"dedupKey":${JSON.stringify(dedupKey)}`],
      matches: (alert) =>
        (status === null || alert.status === status) && (dedupKey === null || alert.dedupKey === dedupKey),
      before: after,
      from: null,
      to: null,
      limit: limit + 1,
      besides: Array.from(this.state.alerts.entries(), ([, alert]) => alert),
      onlyBesides: status !== null && status !== 'resolved',
    });
    return toPage(found, limit, alertSortKey);
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../domain/shared/clock';
import { StorageUpkeep, type StorageHealth } from '../../domain/shared/storage-upkeep';
import { Log } from '../logging/log';
import { HealthProbes, isHealthy } from './health-probe';
import { Shutdown } from './shutdown';

/** The report is public: however often it is asked for, the storage is asked at most this often. */
const STORAGE_FRESH_MS = 1_000;

export interface HealthReport {
  readonly status: 'healthy' | 'degraded';
  readonly checks: Readonly<Record<string, string | null>>;
}

@Injectable()
export class HealthService {
  private asked: { readonly atMs: number; readonly answer: Promise<StorageHealth> } | null = null;

  constructor(
    @Inject(StorageUpkeep) private readonly storage: StorageUpkeep,
    @Inject(HealthProbes) private readonly probes: HealthProbes,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Log) private readonly log: Log,
    private readonly shutdown: Shutdown,
  ) {}

  async report(): Promise<HealthReport> {
    const health = await this.checkStorage();
    const results: Record<string, string> = { storage: health.storage, ...health.checks };
    for (const probe of this.probes) results[probe.name] = probe.check();
    return {
      status: Object.values(results).every(isHealthy) ? 'healthy' : 'degraded',
      checks: { ...results, last_update: health.lastUpdate?.toISOString() ?? null },
    };
  }

  /** Whether requests may be sent here: the storage works and the process is not on its way out. */
  async isReady(): Promise<boolean> {
    return !this.shutdown.hasBegun && isHealthy((await this.checkStorage()).storage);
  }

  private checkStorage(): Promise<StorageHealth> {
    const nowMs = this.clock.monotonicMs();
    if (this.asked === null || nowMs - this.asked.atMs >= STORAGE_FRESH_MS) {
      this.asked = { atMs: nowMs, answer: this.storage.checkHealth().catch((error) => this.broken(error)) };
    }
    return this.asked.answer;
  }

  /** A check that fails is an answer too, but not what it says: that may name hosts and files. */
  private broken(err: unknown): StorageHealth {
    this.log.warn({ err }, 'the storage could not be checked');
    return { storage: 'error', checks: {}, notices: [], lastUpdate: null };
  }
}

import type { AlertRepository } from '../../domain/alerts/alert.repository';
import type { BoardRepository } from '../../domain/board/board.repository';
import type { EpmTokenRepository } from '../../domain/board/epm-token.repository';
import type { DeliveryRepository } from '../../domain/notifications/delivery.repository';
import type { Outbox } from '../../domain/notifications/outbox';
import type { SchedulerRepository } from '../../domain/schedulers/scheduler.repository';
import type { LeaseRepository } from '../../domain/shared/lease';
import type { StorageUpkeep } from '../../domain/shared/storage-upkeep';
import type { NightRepository } from '../../domain/windows/night.repository';

/** All that a storage backend provides. A missing repository does not compile, nor does one without its contract test. */
export interface Store {
  readonly schedulers: SchedulerRepository;
  readonly alerts: AlertRepository;
  readonly outbox: Outbox;
  readonly deliveries: DeliveryRepository;
  readonly nights: NightRepository;
  readonly board: BoardRepository;
  readonly epmTokens: EpmTokenRepository;
  readonly leases: LeaseRepository;
  readonly upkeep: StorageUpkeep;
  /** Flushes and lets go of files or connections. Nothing may be called afterwards. */
  close(): Promise<void>;
}

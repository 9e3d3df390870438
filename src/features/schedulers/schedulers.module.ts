import { Module } from '@nestjs/common';
import { SchedulerRepository } from '../../domain/schedulers/scheduler.repository';
import { Clock } from '../../domain/shared/clock';
import { IdSource } from '../../domain/shared/id-source';
import { Log } from '../../platform/logging/log';
import { Metrics } from '../../platform/metrics/metrics';
import { MessageQueue } from '../../platform/queue/message-queue';
import { CensusWorker } from './census.worker';
import { DirectStatusIntake } from './direct-status.intake';
import { HeartbeatService } from './heartbeat.service';
import { KnownSchedulers } from './known-schedulers';
import { QueuedStatusIntake } from './queued-status.intake';
import { RegistrationService } from './registration.service';
import { SchedulerQueryService } from './scheduler-query.service';
import { SchedulersController } from './schedulers.controller';
import { SilenceService } from './silence.service';
import { StaleScanWorker } from './stale-scan.worker';
import { StatusIntake } from './status-intake';
import { StatusQueueDepth } from './status-queue.depth';
import { StatusQueueTelemetry } from './status-queue.telemetry';
import { StatusConsumer } from './status.consumer';
import { StatusService } from './status.service';

/** Scheduler monitoring. Its ports (storage, windows, rules, clock) are given by the application. */
@Module({
  controllers: [SchedulersController],
  providers: [
    RegistrationService,
    StatusService,
    HeartbeatService,
    SilenceService,
    SchedulerQueryService,
    StaleScanWorker,
    CensusWorker,
    StatusQueueTelemetry,
    {
      provide: StatusIntake,
      inject: [StatusService, MessageQueue, SchedulerRepository, Clock, IdSource, StatusQueueTelemetry],
      useFactory: chooseIntake,
    },
    {
      provide: StatusConsumer,
      inject: [MessageQueue, StatusService, Clock, StatusQueueTelemetry],
      useFactory: (
        queue: MessageQueue | null,
        status: StatusService,
        clock: Clock,
        telemetry: StatusQueueTelemetry,
      ) => new StatusConsumer({ queue, status, clock, telemetry }),
    },
    {
      provide: StatusQueueDepth,
      inject: [MessageQueue, Metrics, Clock, Log],
      useFactory: (queue: MessageQueue | null, metrics: Metrics, clock: Clock, log: Log) =>
        new StatusQueueDepth({ queue, metrics, clock, log }),
    },
  ],
  exports: [StaleScanWorker, CensusWorker, StatusConsumer],
})
export class SchedulersModule {}

function chooseIntake(
  status: StatusService,
  queue: MessageQueue | null,
  schedulers: SchedulerRepository,
  clock: Clock,
  ids: IdSource,
  telemetry: StatusQueueTelemetry,
): StatusIntake {
  if (queue === null) return new DirectStatusIntake(status);
  const known = new KnownSchedulers(schedulers, clock);
  return new QueuedStatusIntake({ queue, known, clock, ids, telemetry });
}

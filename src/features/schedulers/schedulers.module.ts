import { Module } from '@nestjs/common';
import { CensusWorker } from './census.worker';
import { HeartbeatService } from './heartbeat.service';
import { RegistrationService } from './registration.service';
import { SchedulerQueryService } from './scheduler-query.service';
import { SchedulersController } from './schedulers.controller';
import { SilenceService } from './silence.service';
import { StaleScanWorker } from './stale-scan.worker';
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
  ],
  exports: [StaleScanWorker, CensusWorker],
})
export class SchedulersModule {}

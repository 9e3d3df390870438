import { Module } from '@nestjs/common';
import { AlertRepository } from '../../domain/alerts/alert.repository';
import { ChannelDirectory } from '../../domain/notifications/channel';
import { DeliveryRepository } from '../../domain/notifications/delivery.repository';
import { NotificationRules } from '../../domain/notifications/notification-rules';
import { Outbox } from '../../domain/notifications/outbox';
import { Clock } from '../../domain/shared/clock';
import { IdSource } from '../../domain/shared/id-source';
import { LeaseRepository } from '../../domain/shared/lease';
import { InstanceId } from '../../platform/workers/instance-id';
import { DeliveryObserver } from './delivery-observer';
import { DispatchWorker } from './dispatch.worker';
import { Pipeline } from './pipeline';
import { GroupStage } from './stages/group.stage';
import { RecordStage } from './stages/record.stage';
import { RouteStage } from './stages/route.stage';
import { SuppressStage } from './stages/suppress.stage';

/** The one way by which alerts reach people. Its ports (storage, channels, rules, observer) are given by the application. */
@Module({
  providers: [
    {
      provide: Pipeline,
      inject: [DeliveryRepository, AlertRepository, NotificationRules, Clock, IdSource, DeliveryObserver],
      useFactory: (
        deliveries: DeliveryRepository,
        alerts: AlertRepository,
        rules: NotificationRules,
        clock: Clock,
        ids: IdSource,
        observer: DeliveryObserver,
      ) =>
        new Pipeline(
          deliveries,
          new SuppressStage(alerts, rules.repeatEditMs),
          new GroupStage(deliveries, rules.storm, clock, ids),
          new RecordStage(deliveries, rules.storm, clock, observer, Math.random),
          clock,
          Math.random,
        ),
    },
    {
      provide: DispatchWorker,
      inject: [
        InstanceId,
        ChannelDirectory,
        DeliveryRepository,
        LeaseRepository,
        Clock,
        Outbox,
        NotificationRules,
        Pipeline,
        DeliveryObserver,
      ],
      useFactory: (
        instanceId: string,
        channels: ChannelDirectory,
        deliveries: DeliveryRepository,
        leases: LeaseRepository,
        clock: Clock,
        outbox: Outbox,
        rules: NotificationRules,
        pipeline: Pipeline,
        observer: DeliveryObserver,
      ) =>
        new DispatchWorker({
          ...{ instanceId, channels, deliveries, leases, clock, pipeline, observer },
          routeStage: new RouteStage(outbox, rules, clock),
        }),
    },
  ],
  exports: [DispatchWorker],
})
export class NotificationsModule {}

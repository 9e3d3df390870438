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
import { Pipeline, type Stages } from './pipeline';
import { DeliverStage } from './stages/deliver.stage';
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
      ) => {
        const record = new RecordStage(deliveries, rules.storm, clock, observer, Math.random);
        const stages: Stages = {
          suppress: new SuppressStage(alerts, deliveries, rules.repeatEditMs),
          group: new GroupStage(deliveries, rules.storm, clock, ids),
          deliver: new DeliverStage(deliveries, record, clock),
          record,
        };
        return new Pipeline(deliveries, stages, clock, observer, Math.random);
      },
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
          routeStage: new RouteStage(outbox, rules, clock, observer),
        }),
    },
  ],
  exports: [DispatchWorker],
})
export class NotificationsModule {}

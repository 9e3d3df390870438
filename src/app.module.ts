import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { channelIdOf, DEFAULT_CHANNEL_ID } from './adapters/channels/channels';
import type { SlackInstallation } from './adapters/slack/slack.installation';
import type { QueueInstallation } from './adapters/sqs/sqs.installation';
import type { Store } from './adapters/persistence/store';
import { AlertRepository } from './domain/alerts/alert.repository';
import { APP_LABEL } from './domain/board/board-alerts';
import { Board } from './domain/board/board';
import { BoardRepository } from './domain/board/board.repository';
import { CanvasBell } from './domain/board/canvas-bell';
import { CanvasPublisher } from './domain/board/canvas-publisher';
import { PollLimits, UNKNOWN_LASTS_MS } from './domain/board/decide-poll';
import { EpmGateway } from './domain/board/epm-gateway';
import { Bell } from './domain/notifications/bell';
import { ChannelDirectory } from './domain/notifications/channel';
import { DeliveryRepository } from './domain/notifications/delivery.repository';
import { NotificationRules } from './domain/notifications/notification-rules';
import { Outbox } from './domain/notifications/outbox';
import { defaultRoute, type Route } from './domain/notifications/route';
import { SchedulerRepository } from './domain/schedulers/scheduler.repository';
import { StaleRules } from './domain/schedulers/staleness';
import { Clock } from './domain/shared/clock';
import { IdSource } from './domain/shared/id-source';
import { LeaseRepository } from './domain/shared/lease';
import { StorageUpkeep } from './domain/shared/storage-upkeep';
import { EodWindows } from './domain/windows/eod-window';
import { NightRepository } from './domain/windows/night.repository';
import { TablePublisher } from './domain/windows/table-publisher';
import { BoardCheckLimits } from './features/board/board-checks.service';
import { BoardChecksWorker } from './features/board/board-checks.worker';
import { AuditRetentionDays } from './features/board/board-query.service';
import { BoardModule } from './features/board/board.module';
import { CanvasObserver } from './features/board/canvas-observer';
import { CanvasLookIntervalMs, CanvasRefreshWorker } from './features/board/canvas-refresh.worker';
import { CanvasTelemetry } from './features/board/canvas.telemetry';
import { EpmObserver } from './features/board/epm-observer';
import { EpmPollIntervalMs, EpmPollWorker } from './features/board/epm-poll.worker';
import { EpmTelemetry } from './features/board/epm.telemetry';
import { DeliveryObserver } from './features/notifications/delivery-observer';
import { DeliveryTelemetry } from './features/notifications/delivery.telemetry';
import { DispatchWorker } from './features/notifications/dispatch.worker';
import { NotificationsModule } from './features/notifications/notifications.module';
import { CensusIntervalMs, CensusWorker } from './features/schedulers/census.worker';
import { HistoryCleanupWorker } from './features/schedulers/history-cleanup.worker';
import { HistoryRetentionDays } from './features/schedulers/scheduler-query.service';
import { SchedulersModule } from './features/schedulers/schedulers.module';
import { StaleScanIntervalMs, StaleScanWorker } from './features/schedulers/stale-scan.worker';
import { StatusConsumer } from './features/schedulers/status.consumer';
import { EodTableWorker } from './features/windows/eod-table.worker';
import { NightObserver } from './features/windows/night-observer';
import { NightTelemetry } from './features/windows/night.telemetry';
import { WindowsModule } from './features/windows/windows.module';
import type { Config } from './platform/config/config';
import { HealthController } from './platform/health/health.controller';
import { HealthProbes, type HealthProbe } from './platform/health/health-probe';
import { HealthService } from './platform/health/health.service';
import { SelfPingWorker } from './platform/health/self-ping.worker';
import { Shutdown } from './platform/health/shutdown';
import { Log } from './platform/logging/log';
import { Metrics } from './platform/metrics/metrics';
import { MetricsController } from './platform/metrics/metrics.controller';
import { MessageQueue } from './platform/queue/message-queue';
import { InstanceId } from './platform/workers/instance-id';
import { StorageBackupWorker } from './platform/workers/storage-backup.worker';
import { Tasks, type Task } from './platform/workers/task';
import { TaskRunner } from './platform/workers/task-runner';
import { TaskTelemetry } from './platform/workers/task.telemetry';
import { WorkersController } from './platform/workers/workers.controller';

/** What the rooms stand on; made before them, so that nothing in them waits or fails at start. */
export interface Foundations {
  readonly config: Config;
  readonly store: Store;
  readonly slack: SlackInstallation;
  /** `null`: status updates are not queued. */
  readonly sqs: QueueInstallation | null;
  readonly channels: ChannelDirectory;
  readonly epm: EpmGateway;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly bell: Bell;
  readonly canvasBell: CanvasBell;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly shutdown: Shutdown;
  readonly instanceId: string;
}

/** Every background job, as `WORKERS` names them; a test holds the list to the tasks below. */
export const WORKER_NAMES = [
  'eod-table',
  'stale-scan',
  'status-queue',
  'dispatch',
  'board-checks',
  'canvas-refresh',
  'epm-poll',
  'history-cleanup',
  'storage-backup',
  'census',
  'self-ping',
] as const;

/** Counting all schedulers is free in memory; from DynamoDB it costs half a read unit per 4 KB. */
const CENSUS_INTERVAL_MS = { json: 15_000, dynamodb: 15 * 60_000 } as const;

/** The same for reading the board; it is also the longest that a process without API waits to see what another one was told. */
const CANVAS_LOOK_INTERVAL_MS = { json: 1_000, dynamodb: 5_000 } as const;

/** The one page where rooms meet. */
@Module({})
export class AppModule {
  static on(foundations: Foundations): DynamicModule {
    const ports: DynamicModule = {
      module: PortsModule,
      global: true,
      providers: [...portsOf(foundations), ...settingsOf(foundations.config), ...observers()],
      exports: [...portsOf(foundations), ...settingsOf(foundations.config), ...observers()].map(tokenOf),
    };
    return {
      module: AppModule,
      imports: [
        ports,
        ScheduleModule.forRoot(),
        SchedulersModule,
        BoardModule,
        WindowsModule,
        NotificationsModule,
      ],
      controllers: [HealthController, MetricsController, WorkersController],
      providers: [HealthService, tasks(foundations), runner(foundations)],
    };
  }
}

@Module({})
class PortsModule {}

function portsOf({
  config,
  store,
  slack,
  sqs,
  channels,
  epm,
  clock,
  ids,
  bell,
  canvasBell,
  log,
  metrics,
  shutdown,
  instanceId,
}: Foundations): ValueProvider[] {
  return [
    { provide: SchedulerRepository, useValue: store.schedulers },
    { provide: AlertRepository, useValue: store.alerts },
    { provide: Outbox, useValue: store.outbox },
    { provide: DeliveryRepository, useValue: store.deliveries },
    { provide: NightRepository, useValue: store.nights },
    { provide: BoardRepository, useValue: store.board },
    { provide: LeaseRepository, useValue: store.leases },
    { provide: StorageUpkeep, useValue: store.upkeep },
    { provide: ChannelDirectory, useValue: channels },
    { provide: TablePublisher, useValue: slack.publisher },
    { provide: CanvasPublisher, useValue: slack.canvases },
    { provide: EpmGateway, useValue: epm },
    { provide: MessageQueue, useValue: sqs?.queue ?? null },
    { provide: HealthProbes, useValue: [slack.probe, sqs?.probe ?? NO_QUEUE, boardProbe(config.board)] },
    { provide: Clock, useValue: clock },
    { provide: IdSource, useValue: ids },
    { provide: Bell, useValue: bell },
    { provide: CanvasBell, useValue: canvasBell },
    { provide: Log, useValue: log },
    { provide: Metrics, useValue: metrics },
    { provide: Shutdown, useValue: shutdown },
    { provide: InstanceId, useValue: instanceId },
  ];
}

function settingsOf(config: Config): ValueProvider[] {
  const { stale, alerts, board, epm } = config;
  const staleRules: StaleRules = { defaultTimeoutMinutes: stale.timeoutMinutes, scan: stale.scan };
  const rules: NotificationRules = {
    routes: [...boardRoutes(config), defaultRoute(DEFAULT_CHANNEL_ID)],
    ...alerts,
  };
  const pollLimits: PollLimits = { longestMs: epm.longestPollMs, unknownMs: UNKNOWN_LASTS_MS };
  return [
    { provide: EodWindows, useValue: config.windows },
    { provide: StaleRules, useValue: staleRules },
    { provide: StaleScanIntervalMs, useValue: stale.scanIntervalMinutes * 60_000 },
    { provide: CensusIntervalMs, useValue: CENSUS_INTERVAL_MS[config.storage.driver] },
    { provide: HistoryRetentionDays, useValue: config.historyRetentionDays },
    { provide: NotificationRules, useValue: rules },
    { provide: Board, useValue: board },
    { provide: AuditRetentionDays, useValue: config.historyRetentionDays },
    { provide: BoardCheckLimits, useValue: config.boardChecks },
    { provide: CanvasLookIntervalMs, useValue: CANVAS_LOOK_INTERVAL_MS[config.storage.driver] },
    { provide: PollLimits, useValue: pollLimits },
    { provide: EpmPollIntervalMs, useValue: epm.pollIntervalMs },
  ];
}

/** Alerts about an app go to its channels; those about the board as a whole, and apps without a channel, take the default route. */
function boardRoutes({ board, slack }: Config): readonly Route[] {
  return board.apps
    .filter(({ channelIds }) => channelIds.length > 0)
    .map(({ name, channelIds }) => ({
      name: `board:${name}`,
      matches: ({ source, labels }) => source.startsWith('board_') && labels[APP_LABEL] === name,
      channelIds: channelIds.map((id) => channelIdOf(id, slack)),
      goesOn: false,
    }));
}

const NO_QUEUE: HealthProbe = { name: 'queue', check: () => 'disabled' };

function boardProbe(board: Board): HealthProbe {
  return { name: 'board', check: () => (board.apps.length > 0 ? 'ok' : 'disabled') };
}

function observers(): Provider[] {
  return [
    { provide: DeliveryObserver, useClass: DeliveryTelemetry },
    { provide: NightObserver, useClass: NightTelemetry },
    { provide: CanvasObserver, useClass: CanvasTelemetry },
    { provide: EpmObserver, useClass: EpmTelemetry },
  ];
}

function tasks({ config, store, clock }: Foundations): Provider {
  const timeZone = config.windows[0]?.timeZone ?? 'UTC';
  return {
    provide: Tasks,
    inject: [
      EodTableWorker,
      StaleScanWorker,
      StatusConsumer,
      DispatchWorker,
      BoardChecksWorker,
      CanvasRefreshWorker,
      EpmPollWorker,
      CensusWorker,
    ],
    useFactory: (...workers: Task[]): Tasks => [
      ...workers,
      new HistoryCleanupWorker(store.upkeep, config.historyRetentionDays, clock, timeZone),
      new StorageBackupWorker(store.upkeep, timeZone),
      new SelfPingWorker(config.heartbeatUrl?.reveal() ?? null, globalThis.fetch),
    ],
  };
}

function runner({ config, clock, store, log, metrics, instanceId }: Foundations): Provider {
  return {
    provide: TaskRunner,
    inject: [Tasks, SchedulerRegistry],
    useFactory: (all: Tasks, registry: SchedulerRegistry) =>
      new TaskRunner({
        ...{
          tasks: all,
          enabled: new Set(config.workers),
          instanceId,
          clock,
          leases: store.leases,
          registry,
        },
        observer: new TaskTelemetry(metrics, log, clock),
      }),
  };
}

interface ValueProvider {
  readonly provide: symbol | (abstract new (...args: never[]) => unknown);
  readonly useValue: unknown;
}

function tokenOf(provider: Provider) {
  return (provider as ValueProvider).provide as symbol;
}

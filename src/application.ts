import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule, type Foundations } from './app.module';
import { CanvasRefreshWorker } from './features/board/canvas-refresh.worker';
import { DispatchWorker } from './features/notifications/dispatch.worker';
import { StatusConsumer } from './features/schedulers/status.consumer';
import type { Logs } from './platform/logging/log';
import { createHttpPlatform } from './platform/http/http-platform';
import { TaskRunner } from './platform/workers/task-runner';

const DESCRIPTION =
  'Watches scheduled jobs through the night: register, report `pending | running | completed | failed`, heartbeat. ' +
  'Each request needs an API key, as `x-api-key` or as bearer token; press **Authorize** to enter yours.';

/** Not to wait for their first interval: gauges are to be there from the start, and the board is checked at start (spec 20). */
const AT_START = ['census', 'board-checks'];

/** A Vesper that is put together but not yet listening. */
export class Application {
  private constructor(
    readonly nest: NestFastifyApplication,
    readonly runner: TaskRunner,
    readonly dispatcher: DispatchWorker,
    readonly canvases: CanvasRefreshWorker,
    readonly consumer: StatusConsumer,
    private readonly foundations: Foundations,
  ) {}

  static async create(
    foundations: Foundations,
    plainLog: Logs['plainLog'],
    version: string,
  ): Promise<Application> {
    const { config, clock, log, metrics, shutdown } = foundations;
    const http = createHttpPlatform({
      gate: {
        apiKeys: config.apiKeys,
        rateLimitPerMinute: config.http.rateLimitPerMinute,
        metricsRequireKey: config.metrics.requireKey,
      },
      trustProxy: config.http.trustProxy,
      identity: { title: 'Vesper', description: DESCRIPTION, version },
      ...{ clock, metrics, shutdown, logs: { log, plainLog } },
    });
    const nest = await NestFactory.create<NestFastifyApplication>(
      AppModule.on(foundations),
      http.adapter,
      http.nestOptions,
    );
    http.furnish(nest);
    await nest.init();
    await nest.getHttpAdapter().getInstance().ready();
    return new Application(
      nest,
      nest.get(TaskRunner),
      nest.get(DispatchWorker),
      nest.get(CanvasRefreshWorker),
      nest.get(StatusConsumer),
      foundations,
    );
  }

  /** Lets the background jobs of this process begin, and the bell wake the dispatcher. */
  startWorkers(): void {
    const { bell, canvasBell, config, slack, sqs } = this.foundations;
    slack.probe.check();
    sqs?.probe.check();
    this.runner.start();
    for (const name of AT_START.filter((task) => config.workers.includes(task)))
      void this.runner.trigger(name);
    if (config.workers.includes(this.dispatcher.name))
      bell.onRing(() => void this.runner.nudge(this.dispatcher.name));
    if (config.workers.includes(this.canvases.name)) canvasBell.onRing(() => this.wakeCanvases());
  }

  private wakeCanvases(): void {
    this.canvases.wake();
    void this.runner.nudge(this.canvases.name);
  }

  /**
   * Finishes what is in flight, begins nothing new, and lets go of the storage. What is not yet told stays in the outbox. Workers end at once, so that
   * another instance has their leases; requests are served until whoever sends them has had time to notice that this process is not ready any more.
   */
  async stop(): Promise<void> {
    this.foundations.shutdown.begin();
    const { slack, sqs, store } = this.foundations;
    const ends = await Promise.allSettled([
      this.stopServing(),
      this.runner.stop(),
      this.dispatcher.stop(),
      this.canvases.stop(),
      this.consumer.stop(),
      slack.probe.close(),
    ]);
    // Whatever went wrong above, the storage is to be left as it should be found.
    await sqs?.close();
    await store.close();
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  private async stopServing(): Promise<void> {
    const { clock, config } = this.foundations;
    if (config.http.drainMs > 0) await clock.sleep(config.http.drainMs);
    await this.nest.close();
  }
}

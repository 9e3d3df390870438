import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Foundations } from './app.module';
import { boardChannels, DEFAULT_CHANNEL_ID, defaultChannel, directoryOf } from './adapters/channels/channels';
import { measureCommits } from './adapters/persistence/measured-store';
import { installEpm } from './adapters/oracle-epm/epm.installation';
import type { Store } from './adapters/persistence/store';
import { openStore } from './adapters/persistence/stores';
import { installSlack } from './adapters/slack/slack.installation';
import { ProcessBell } from './adapters/system/process.bell';
import type { QueueInstallation } from './adapters/sqs/sqs.installation';
import { RandomIdSource } from './adapters/system/random.id-source';
import type { Clock } from './domain/shared/clock';
import type { Config } from './platform/config/config';
import { Shutdown } from './platform/health/shutdown';
import type { Log } from './platform/logging/log';
import { Metrics } from './platform/metrics/metrics';

/** Opens the storage and makes everything else that the rooms stand on. @throws what the storage says when it cannot be opened */
export async function layFoundations(config: Config, clock: Clock, log: Log): Promise<Foundations> {
  const metrics = new Metrics();
  const store = await openStore(config.storage.driver, config.storage as never, {
    retentionDays: config.historyRetentionDays,
    clock,
    board: config.board,
    onNotice: (message, fields) => log.warn({ ...fields }, message),
  });
  metrics.onScrape(async () => {
    const { waiting, oldestDueAt } = await store.outbox.depth();
    const lateMs = oldestDueAt === null ? 0 : clock.now().getTime() - oldestDueAt.getTime();
    metrics.outboxEntries.set(waiting);
    metrics.outboxOldestAge.set(Math.max(0, lateMs) / 1_000);
  });
  const ids = new RandomIdSource(clock);
  const instanceId = `${hostname()}:${process.pid}:${randomUUID()}`;
  const slack = installSlack(config.slack, clock, log);
  const sqs = await openQueue(config.queue, store, clock, log);
  const channel = defaultChannel(slack.messenger, {
    slackChannelId: config.slack?.channelId ?? DEFAULT_CHANNEL_ID,
    timeZone: config.windows[0]?.timeZone ?? 'UTC',
  });
  return {
    ...{ config, clock, log, metrics, slack, sqs },
    store: measureCommits(store, (operation, seconds) =>
      metrics.storageCommit.observe({ operation }, seconds),
    ),
    channels: directoryOf([channel, ...boardChannels(slack.messenger, config.board, config.slack)]),
    epm: installEpm(config.epm, {
      ...{ clock, ids, log, instanceId },
      leases: store.leases,
      tokens: store.epmTokens,
    }),
    ids,
    bell: new ProcessBell(),
    canvasBell: new ProcessBell(),
    shutdown: new Shutdown(),
    instanceId,
  };
}

/** @throws UnusableQueue, having let go of the storage */
async function openQueue(
  config: Config['queue'],
  store: Store,
  clock: Clock,
  log: Log,
): Promise<QueueInstallation | null> {
  if (config === null) return null;
  // Loaded when it is wanted, like the SDK of DynamoDB.
  const { installSqs } = await import('./adapters/sqs/sqs.installation.js');
  try {
    return await installSqs(config, clock, log);
  } catch (error) {
    await store.close();
    throw error;
  }
}

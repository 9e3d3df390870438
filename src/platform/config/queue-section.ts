import type { QueueConfig } from './config';
import type { Environment } from './config.schema';

/** Of AWS itself; a stand-in may have any host. */
const AWS_HOST = /^(?:sqs\.([a-z0-9-]+)|([a-z0-9-]+)\.queue)\.amazonaws\.com(?:\.cn)?$/;
export const QUEUE_WORKER = 'status-queue';

/** @param workers that run in this process */
export function toQueue(
  settings: Environment,
  workers: readonly string[],
  faults: string[],
): QueueConfig | null {
  if (!settings.SQS_ENABLED) return null;
  const url = settings.SQS_QUEUE_URL;
  if (url === undefined) {
    faults.push('SQS_QUEUE_URL must be set when SQS_ENABLED is true');
    return null;
  }
  if (settings.STORAGE_DRIVER === 'json' && !workers.includes(QUEUE_WORKER))
    faults.push(
      `WORKERS must have ${QUEUE_WORKER} when SQS_ENABLED is true on JSON storage: no other process can apply what is queued`,
    );
  // A URL that is none is a fault already.
  if (!URL.canParse(url)) return null;
  const { origin, hostname } = new URL(url);
  const [, region, legacyRegion] = AWS_HOST.exec(hostname) ?? [];
  return {
    url,
    endpoint: settings.SQS_ENDPOINT ?? origin,
    region: region ?? legacyRegion ?? settings.AWS_REGION ?? null,
  };
}

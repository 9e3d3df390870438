import { FakeClock } from '../../../test/fakes/fake-clock';
import { ChangedConcurrently, StorageUnavailable } from '../../domain/shared/errors';
import { createLogs } from '../../platform/logging/log';
import { Metrics } from '../../platform/metrics/metrics';
import { DeliveryTelemetry } from './delivery.telemetry';

const INTERRUPTIONS = 'vesper_worker_interruptions_total{worker="dispatch"}';

function begin() {
  const clock = new FakeClock();
  const { log } = createLogs({ level: 'silent', format: 'json', clock, stream: { write: () => undefined } });
  const metrics = new Metrics();
  const interruptions = async () =>
    new RegExp(`^${INTERRUPTIONS} (\\d+)$`, 'm').exec(await metrics.scrape())?.[1];
  return { telemetry: new DeliveryTelemetry(metrics, log), interruptions };
}

it('counts what interrupted a channel, or kept an alert from being routed', async () => {
  const { telemetry, interruptions } = begin();
  telemetry.interrupted('ops', new StorageUnavailable('away'));
  telemetry.notRouted('entry-1', new StorageUnavailable('away'));
  expect(await interruptions()).toBe('2');
});

it('does not count that another instance took the channel over', async () => {
  const { telemetry, interruptions } = begin();
  telemetry.interrupted('ops', new ChangedConcurrently('Channel ops'));
  expect(await interruptions()).toBeUndefined();
});

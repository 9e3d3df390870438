import { FakeClock } from '../../../test/fakes/fake-clock';
import { ChangedConcurrently, StorageUnavailable } from '../../domain/shared/errors';
import { createLogs } from '../../platform/logging/log';
import { Metrics } from '../../platform/metrics/metrics';
import { CanvasTelemetry } from './canvas.telemetry';

it('counts what interrupted the writing of a canvas, but not that another instance wrote it', async () => {
  const clock = new FakeClock();
  const { log } = createLogs({ level: 'silent', format: 'json', clock, stream: { write: () => undefined } });
  const metrics = new Metrics();
  const telemetry = new CanvasTelemetry(metrics, log);
  telemetry.interrupted('C1', new ChangedConcurrently('Canvas of C1'));
  telemetry.interrupted('C1', new StorageUnavailable('away'));
  expect(await metrics.scrape()).toMatch(/^vesper_worker_interruptions_total\{worker="canvas-refresh"\} 1$/m);
});

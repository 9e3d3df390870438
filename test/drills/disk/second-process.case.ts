import { ReportedFolder } from './reported-folder';
import type { DrillCase } from '../frame/drill';

export const secondProcess: DrillCase = {
  title: 'a second process on the folder',
  async run(context, findings) {
    const first = await ReportedFolder.create(context);
    const isHarmless = context.options.sabotage === 'harmless';
    const dataDir = isHarmless ? `${first.dataDir}-other` : first.dataDir;
    try {
      await first.vesper.start();
      const second = await ReportedFolder.create(context, { dataDir, name: 'second' });
      const reporting = first.report(context.options.short ? 2_000 : 4_000);
      await second.expectRefusal(findings, [`process ${first.vesper.pid}`, first.dataDir]);
      await second.vesper.kill();
      await reporting;
      await first.check(findings);
      // A dead owner's lock is no reason to stay away.
      await first.vesper.kill();
      await second.vesper.start();
      findings.expect(
        'a dead one is followed',
        second.vesper.isRunning,
        'started after kill -9 of the first',
      );
      await second.vesper.stop();
    } finally {
      await first.vesper.kill();
    }
  },
};

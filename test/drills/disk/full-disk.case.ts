import { chmodSync, chownSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient, type Call, type NoReply, type Reply } from '../frame/api-client';
import type { DrillCase } from '../frame/drill';
import { LastWords } from '../frame/last-words';
import { PrivateDisk } from '../frame/private-disk';
import { waitUntil } from '../../processes/waiting';
import { loseLines, ReportedFolder } from './reported-folder';

const DISK_MIB = 24;
const FULL_MS = 5_000;
const FULL_SHORT_MS = 2_000;
const BACK_WITHIN_MS = 5_000;
const REFUSED = '503 STATE_ERROR';
const ALL_REFUSED = 20;
const FULL_WITHIN_MS = 4_000;
const NOBODY = 65_534;

export const fullDisk: DrillCase = {
  title: 'a disk that fills up under load, and has room again',
  skips: () => PrivateDisk.whyNot(),
  async run(context, findings) {
    const disk = await PrivateDisk.create(join(context.folder, 'disk'), DISK_MIB);
    const folder = await ReportedFolder.create(context, {
      dataDir: join(disk.path, 'data'),
      wrapper: disk.wrapper,
    });
    const answers = new Map<string, number>();
    const wrong: string[] = [];
    let acknowledged = 0;
    let refusedInARow = 0;
    let since = 0;
    const onAttempt = (call: Call, reply: Reply | NoReply) => {
      const what = 'status' in reply ? `${reply.status} ${codeOf(reply)}`.trim() : reply.fault;
      answers.set(what, (answers.get(what) ?? 0) + 1);
      refusedInARow = what === REFUSED ? refusedInARow + 1 : 0;
      // What was sent before counts for nothing.
      if ('status' in reply && reply.status < 300)
        acknowledged += performance.now() - reply.latencyMs > since ? 1 : 0;
      else if (what !== REFUSED) wrong.push(`${call.method} ${call.path}: ${what}`);
    };
    try {
      await folder.vesper.start();
      const api = new ApiClient([folder.vesper.url], onAttempt);
      const reporters = folder.reporters(api);
      reporters.start();
      await Promise.race([reporters.failed, sleep(2_000)]);
      // A reporter that is refused repeats what it has to say: heartbeats come from those who say nothing else.
      const words = await LastWords.begin('full', api, folder.ledger);
      if (context.options.sabotage !== 'harmless') disk.fill();
      // The end of the journal's last block takes some short lines more.
      await waitUntil(() => refusedInARow >= ALL_REFUSED, FULL_WITHIN_MS);
      [acknowledged, since] = [0, performance.now()];
      await Promise.race([reporters.failed, sleep(context.options.short ? FULL_SHORT_MS : FULL_MS)]);
      const onFullDisk = acknowledged;
      // What a look at the health writes is the shortest line of all, and may still find room once or twice.
      let duringIt = await folder.health();
      const isDegraded = async () => (duringIt = await folder.health()).status === 'degraded';
      await waitUntil(isDegraded, FULL_WITHIN_MS, 250);
      disk.free();
      [acknowledged, since] = [0, performance.now()];
      const freedAt = performance.now();
      const back = await waitUntil(() => acknowledged > 0, BACK_WITHIN_MS, 10);
      const backMs = performance.now() - freedAt;
      await sleep(1_500);
      await reporters.stop();
      await words.stop();

      findings.figure('answers', [...answers].map(([what, times]) => `${times} × ${what}`).join(', '));
      findings.figure('health on the full disk', JSON.stringify(duringIt));
      findings.figure('first acknowledgement with room again', `${backMs.toFixed(0)} ms`);
      findings.expect(
        'nothing is acknowledged that is not on the disk',
        onFullDisk === 0,
        String(onFullDisk),
      );
      findings.expectNone('answers other than 2xx and 503 STATE_ERROR', wrong);
      findings.expect('health is degraded meanwhile', duringIt.status === 'degraded', duringIt.status);
      findings.expect('works again by itself', back, `${backMs.toFixed(0)} ms`);
      await folder.check(findings);
      await folder.vesper.kill();
      if (context.options.sabotage === 'history') loseLines(join(disk.outside, 'data/journal.jsonl'));
      await folder.vesper.start();
      await folder.check(findings, ' after kill -9');
      findings.expect('stops in order', (await folder.vesper.stop()) === 0, String(folder.vesper.exitCode));
    } finally {
      await folder.vesper.kill();
      disk.destroy();
    }
  },
};

export const readOnlyDisk: DrillCase = {
  title: 'a folder on a read-only disk',
  skips: () => PrivateDisk.whyNot(),
  async run(context, findings) {
    const disk = await PrivateDisk.create(join(context.folder, 'disk'), DISK_MIB);
    mkdirSync(join(disk.outside, 'data'));
    if (context.options.sabotage !== 'harmless') disk.makeReadOnly();
    const dataDir = join(disk.path, 'data');
    const folder = await ReportedFolder.create(context, { dataDir, wrapper: disk.wrapper });
    try {
      await folder.expectRefusal(findings, [dataDir]);
    } finally {
      await folder.vesper.kill();
      disk.destroy();
    }
  },
};

/** For root no folder is forbidden, so root becomes somebody else for it. */
export const foreignFolder: DrillCase = {
  title: 'a folder without the permission to write',
  skips() {
    if (process.getuid === undefined) return `no permissions of this kind on ${process.platform}`;
    const closed = process.getuid() === 0 ? closedAbove(process.cwd()) : null;
    return closed === null ? null : `only root may enter ${closed}, and whoever runs Vesper here must`;
  },
  async run(context, findings) {
    const dataDir = join(context.folder, 'data');
    mkdirSync(dataDir);
    chmodSync(dataDir, context.options.sabotage === 'harmless' ? 0o777 : 0o555);
    const isRoot = process.getuid?.() === 0;
    if (isRoot) openTheWay(context.folder);
    const folder = await ReportedFolder.create(context, isRoot ? { uid: NOBODY } : {});
    try {
      await folder.expectRefusal(findings, [dataDir]);
    } finally {
      await folder.vesper.kill();
      chmodSync(dataDir, 0o755);
      if (isRoot) chownSync(dataDir, 0, 0);
    }
  },
};

/** So that the folder itself is what forbids, and not one above it. */
function openTheWay(folder: string): void {
  chmodSync(folder, 0o755);
  chmodSync(join(folder, '..'), 0o755);
}

/** @returns the folder on the way to this one that not everybody may enter */
function closedAbove(folder: string): string | null {
  if ((statSync(folder).mode & 0o001) === 0) return folder;
  return dirname(folder) === folder ? null : closedAbove(dirname(folder));
}

function codeOf({ body }: Reply): string {
  return typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : '';
}

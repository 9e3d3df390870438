import { createHash } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DrillCase, DrillContext } from '../frame/drill';
import { waitUntil } from '../../processes/waiting';
import { loseLines, ReportedFolder } from './reported-folder';

const REPORT_MS = 2_500;
const REPORT_SHORT_MS = 800;
const LOGGED_WITHIN_MS = 3_000;

/** The last line of the journal was interrupted by a crash. */
export const tornJournal: DrillCase = {
  title: 'a torn last line of the journal',
  async run(context, findings) {
    const folder = await reportedAndKilled(context);
    const { journal } = folder;
    if (context.options.sabotage === 'history') loseLines(journal);
    const last = readFileSync(journal, 'utf8').trimEnd().split('\n').at(-1) ?? '';
    // The next commit, as far as it came to the disk.
    appendFileSync(journal, last.slice(0, last.length >> 1));
    try {
      await folder.vesper.start();
      const { status, checks } = await folder.health();
      findings.expect('healthy', status === 'healthy', JSON.stringify(checks));
      const saysSo = () => /cut off/.test(folder.vesper.output());
      findings.expect(
        'it reports the cut',
        await waitUntil(saysSo, LOGGED_WITHIN_MS),
        folder.vesper.lastOutput(),
      );
      await folder.check(findings);
      await folder.report(500);
      await folder.vesper.kill();
      await folder.vesper.start();
      await folder.check(findings, ' when it went on and was killed again');
    } finally {
      await folder.vesper.kill();
    }
  },
};

/** A line in the middle went bad: what was acknowledged would be lost, so it must not go on as if nothing were. */
export const brokenJournal: DrillCase = {
  title: 'a damaged line in the middle of the journal',
  async run(context, findings) {
    const folder = await reportedAndKilled(context);
    const { journal } = folder;
    if (context.options.sabotage !== 'harmless') flipByteInTheMiddle(journal);
    const before = digestOf(folder.dataDir);
    await folder.expectRefusal(findings, [journal, 'Nothing was changed', 'truncate']);
    findings.expect('nothing was changed', digestOf(folder.dataDir) === before, 'digest of all files');
    await folder.vesper.kill();
  },
};

export const corruptSnapshot: DrillCase = {
  title: 'a corrupt snapshot',
  async run(context, findings) {
    const folder = await reportedAndStoppedTwice(context);
    const state = join(folder.dataDir, 'state.json');
    flipByteInTheMiddle(state);
    const damaged = readFileSync(state);
    if (context.options.sabotage === 'history') cutSegments(folder.dataDir);
    try {
      await folder.vesper.start();
      const { status, checks } = await folder.health();
      findings.expect(
        'health says recovered',
        checks['storage'] === 'recovered',
        JSON.stringify({ status, checks }),
      );
      const aside = readdirSync(folder.dataDir).find((name) => name.startsWith('state.json.corrupt'));
      const kept = aside !== undefined && readFileSync(join(folder.dataDir, aside)).equals(damaged);
      findings.expect('the damaged snapshot is set aside, not deleted', kept, aside ?? 'it is not there');
      await folder.check(findings);
      await folder.report(500);
      findings.expect(
        'it stops in order',
        (await folder.vesper.stop()) === 0,
        String(folder.vesper.exitCode),
      );
      await folder.vesper.start();
      await folder.check(findings, ' when it went on and was stopped');
    } finally {
      await folder.vesper.kill();
    }
  },
};

/** Every snapshot is bad: the journals begin after them, so most of what was acknowledged is not there. */
export const lostSnapshot: DrillCase = {
  title: 'no usable snapshot at all',
  async run(context, findings) {
    const folder = await reportedAndStoppedTwice(context);
    const backups = join(folder.dataDir, 'backups');
    if (context.options.sabotage !== 'harmless') {
      flipByteInTheMiddle(join(folder.dataDir, 'state.json'));
      for (const name of readdirSync(backups)) flipByteInTheMiddle(join(backups, name));
    }
    const before = digestOf(folder.dataDir);
    await folder.expectRefusal(findings, [folder.dataDir, 'Nothing was changed', 'Restore state.json']);
    findings.expect('nothing was changed', digestOf(folder.dataDir) === before, 'digest of all files');
    await folder.vesper.kill();
  },
};

async function reportedAndKilled(context: DrillContext): Promise<ReportedFolder> {
  const folder = await ReportedFolder.create(context);
  await folder.vesper.start();
  await folder.report(reportMs(context));
  await folder.vesper.kill();
  return folder;
}

/** Two snapshots, and journals between them. */
async function reportedAndStoppedTwice(context: DrillContext): Promise<ReportedFolder> {
  const folder = await ReportedFolder.create(context);
  for (let time = 0; time < 3; time++) {
    await folder.vesper.start();
    await folder.report(reportMs(context) / 2);
    await folder.vesper.stop();
  }
  return folder;
}

function reportMs({ options: { short } }: DrillContext): number {
  return short ? REPORT_SHORT_MS : REPORT_MS;
}

function flipByteInTheMiddle(path: string): void {
  const data = readFileSync(path);
  const middle = data.length >> 1;
  data[middle] = (data[middle] ?? 0) ^ 0x01;
  writeFileSync(path, data);
}

/** A planted fault: the journals since the older snapshot, and the one that is written, are gone. */
function cutSegments(dataDir: string): void {
  for (const name of readdirSync(dataDir)) if (/^journal.*\.jsonl$/.test(name)) rmSync(join(dataDir, name));
}

/** Of every file in the folder; the lock comes and goes. */
function digestOf(dataDir: string): string {
  const hash = createHash('sha256');
  const names = readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.includes('.lock'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort((a, b) => (a < b ? -1 : 1));
  for (const name of names) hash.update(name).update(readFileSync(name));
  return hash.digest('hex');
}

import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { documentedCommands } from '../drills/restore/documented-commands';
import { FakeClock } from '../fakes/fake-clock';
import { letTimePass } from '../harness/let-time-pass';
import { Vesper } from '../harness/vesper';

const run = promisify(execFile);
const NOW = '2026-03-03T00:00:00.000Z';
const JOBS = 5;
const COPIES = 3;
/** A snapshot after so many updates: ten thousand times as often as in real life. */
const SNAPSHOT_EVERY = 15;

jest.setTimeout(60_000);

/** Updates one after the other, with snapshots made all along. */
class Busy {
  private stopping = false;
  private readonly work: Promise<void>;
  readonly acknowledged: string[] = [];

  constructor(private readonly vesper: Vesper) {
    this.work = this.goOn();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.work;
  }

  private async goOn(): Promise<void> {
    const { clock, foundations } = this.vesper;
    for (let n = 0; !this.stopping; n++) {
      this.acknowledged.push(await report(this.vesper, `run-${n}`, n % JOBS));
      if (n % SNAPSHOT_EVERY === 0) await foundations.store.upkeep.backUp(clock.now());
    }
  }
}

/** @returns what has to be found again */
async function report(vesper: Vesper, runId: string, job = 0): Promise<string> {
  await vesper.clock.advance('10ms');
  const [id, timestamp] = [`job-${job}`, vesper.clock.now().toISOString()];
  const body = { scheduler_id: id, service_name: 'Copy', job_name: id, status: 'running', timestamp };
  const answer = await vesper.request('PUT', `/schedulers/${id}/status`, { ...body, run_id: runId });
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${answer.body}`);
  return `${id} ${timestamp}`;
}

/** What a Vesper finds that is started on it. */
async function historyIn(place: string): Promise<Set<string>> {
  const vesper = await Vesper.start({ on: { driver: 'json', place }, clock: new FakeClock(NOW) });
  const found = new Set<string>();
  for (let job = 0; job < JOBS; job++) {
    const answer = await vesper.request('GET', `/schedulers/job-${job}/history?limit=1000`);
    for (const { timestamp } of answer.json<{ timestamp: string }[]>()) found.add(`job-${job} ${timestamp}`);
  }
  await letTimePass(vesper.clock, vesper.stop());
  return found;
}

describe('a copy of a folder in use', () => {
  let vesper: Vesper;
  let place: string;

  beforeEach(async () => {
    vesper = await Vesper.start({ clock: new FakeClock(NOW) });
    place = await mkdtemp(join(tmpdir(), 'vesper-copies-'));
    for (let job = 0; job < JOBS; job++) {
      const body = { scheduler_id: `job-${job}`, service_name: 'Copy', job_name: `job-${job}` };
      await vesper.request('POST', '/schedulers/register', body);
    }
  });

  afterEach(async () => {
    await rm(place, { recursive: true });
    await letTimePass(vesper.clock, vesper.dispose());
  });

  it('by the commands of docs/BACKUP.md has everything, though snapshots are made while it is', async () => {
    const busy = new Busy(vesper);
    const missing: string[] = [];
    for (let copy = 1; copy <= COPIES; copy++) {
      const folder = join(place, `${copy}`);
      const before = [...busy.acknowledged];
      const env = { PATH: process.env['PATH'], DATA_DIR: vesper.storage.place, BACKUP_DIR: folder };
      await run('bash', ['-c', documentedCommands('copy a running Vesper')], { env });
      const held = await historyIn(folder);
      missing.push(...before.filter((one) => !held.has(one)));
    }
    await busy.stop();
    expect(busy.acknowledged.length).toBeGreaterThan(SNAPSHOT_EVERY);
    expect(missing).toEqual([]);
  });

  describe('file after file, with snapshots in between', () => {
    const snapshots = async () => {
      const reported: string[] = [];
      for (let round = 0; round < 2; round++) {
        reported.push(await report(vesper, `round-${round}`));
        await vesper.foundations.store.upkeep.backUp(vesper.clock.now());
      }
      return reported;
    };
    const copyFiles = async (chosen: (name: string) => boolean) => {
      for (const name of (await readdir(vesper.storage.place)).filter(chosen))
        if (name !== 'vesper.lock')
          await cp(join(vesper.storage.place, name), join(place, name), { recursive: true });
    };

    it('is refused when the journals do not lead on from the snapshot', async () => {
      await report(vesper, 'first');
      await vesper.foundations.store.upkeep.backUp(vesper.clock.now());
      await copyFiles((name) => name === 'state.json');
      await snapshots();
      await copyFiles((name) => name.startsWith('journal'));
      await expect(historyIn(place)).rejects.toThrow(/commits \d+ to \d+ (?:would be lost|are missing)/);
    });

    it('lacks history without a word: the reason for the check in those commands', async () => {
      await copyFiles((name) => name === 'history');
      const [first = '', second = ''] = await snapshots();
      await copyFiles((name) => name !== 'history');
      const held = await historyIn(place);
      expect([held.has(first), held.has(second)]).toEqual([false, false]);
    });
  });
});

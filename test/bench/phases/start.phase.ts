import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Archives } from '../../../src/adapters/persistence/json/archives';
import { DataFolder } from '../../../src/adapters/persistence/json/data-folder';
import { openOnDisk } from '../../../src/adapters/persistence/json/open-file';
import { SystemClock } from '../../../src/adapters/system/system.clock';
import { API_KEY, type VesperProcess } from '../../processes/vesper-process';
import { loadOn, startVesper, type BenchContext, type Phase } from '../context';
import { ms, type Row } from '../figures';
import { median } from '../../processes/median';
import { schedulerIdOf } from '../load/workload';
import { memoryOf } from '../../processes/process-figures';

const STARTS = 5;
const UPDATES_A_DAY = 6;
const DAY_MS = 86_400_000;
const START_AIM_MS = 2_000;
const MEMORY_AIM_MIB = 512;
/** Some of what is written at a start is written behind it. */
const SETTLED_AFTER_MS = 1_000;

/** Start and memory with many schedulers and a month of their history on the JSON storage. */
export const start: Phase = async (context) => {
  const { many, historyDays } = context.options;
  const vesper = await startVesper(context, 'month', many);
  await statusLoad(context, vesper, many);
  const stopMs = await timed(() => vesper.stop());
  context.say(`writing ${(many * historyDays * UPDATES_A_DAY).toLocaleString('en')} history entries`);
  await writeHistory(join(context.folder, 'month', 'data'), many, historyDays);

  context.say(`starting ${STARTS} times`);
  const starts: number[] = [];
  for (let time = 0; time < STARTS; time++) {
    starts.push(await vesper.start());
    if (time < STARTS - 1) await vesper.stop();
  }
  try {
    await sleep(SETTLED_AFTER_MS);
    const idle = memoryOf(vesper.pid);
    context.say('load on all of it, for the memory');
    await useAll(context, vesper, many);
    const busy = memoryOf(vesper.pid);
    return toRows(context, starts, stopMs, { idle, busy });
  } finally {
    await vesper.stop();
  }
};

function toRows(
  { options: { many, historyDays } }: BenchContext,
  starts: readonly number[],
  stopMs: number,
  { idle, busy }: Record<'idle' | 'busy', ReturnType<typeof memoryOf>>,
): Row[] {
  const startMs = median(starts);
  const slowestMs = Math.max(...starts);
  const known = idle !== null && busy !== null;
  return [
    {
      what: `start with ${many} schedulers and ${historyDays} days of history`,
      measured: `${ms(startMs)} · slowest of ${starts.length} ${ms(slowestMs)} · stop after load ${ms(stopMs)}`,
      aim: `< ${START_AIM_MS} ms`,
      met: slowestMs < START_AIM_MS,
      figures: { startMs, slowestMs, stopMs },
    },
    {
      what: `memory, ${many} schedulers, ${historyDays} days × ${UPDATES_A_DAY} updates of history`,
      measured: known
        ? `peak ${busy.peakMiB.toFixed(0)} MiB under load · ${idle.nowMiB.toFixed(0)} MiB after start`
        : 'not measured: there is no /proc here',
      aim: `< ${MEMORY_AIM_MIB} MiB`,
      met: known ? busy.peakMiB < MEMORY_AIM_MIB : null,
      figures: { peakMiB: busy?.peakMiB ?? null, idleMiB: idle?.nowMiB ?? null },
    },
  ];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function statusLoad(context: BenchContext, vesper: VesperProcess, schedulers: number) {
  return loadOn(context, { name: '', kind: 'status', port: vesper.port, pid: null, schedulers }).measure();
}

/** Heartbeats, updates, lists and histories of many: everything that might keep something. */
async function useAll(context: BenchContext, vesper: VesperProcess, schedulers: number): Promise<void> {
  const on = { name: '', port: vesper.port, pid: null, schedulers } as const;
  await loadOn(context, { ...on, kind: 'heartbeat' }).measure();
  await loadOn(context, { ...on, kind: 'status' }).measure();
  await loadOn(context, { ...on, kind: 'list', connections: 4 }).measure();
  for (let index = 0; index < 200; index++) {
    const path = `/api/v1/schedulers/${schedulerIdOf((index * 53) % schedulers)}/history?limit=1000`;
    const answer = await fetch(`${vesper.url}${path}`, { headers: { 'x-api-key': API_KEY } });
    if (answer.status !== 200) throw new Error(`${path} was answered with ${answer.status}`);
    await answer.text();
  }
}

/** A month of reports, filed by the storage's own code as it would have filed them day by day. */
async function writeHistory(dataDir: string, schedulers: number, days: number): Promise<void> {
  const clock = new SystemClock();
  const onNotice = (message: string) => {
    throw new Error(message);
  };
  const folder = new DataFolder(dataDir);
  const { history } = new Archives({
    folder,
    openFile: openOnDisk,
    clock,
    retentionDays: days + 1,
    onNotice,
  });
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  for (let day = days; day > 0; day--) {
    for (let index = 0; index < schedulers; index++) {
      for (let update = 0; update < UPDATES_A_DAY; update++)
        history.restore(anEntry(schedulerIdOf(index), today - day * DAY_MS, update));
    }
    await history.fileDurably();
  }
}

function anEntry(schedulerId: string, dayMs: number, update: number) {
  const timestamp = new Date(dayMs + update * 600_000).toISOString();
  const ends = update % 2 === 1;
  return {
    id: randomUUID(),
    schedulerId,
    status: ends ? 'completed' : 'running',
    timestamp,
    executionTimeMs: ends ? 600_000 : null,
    executionTimeSource: ends ? 'reported' : null,
    errorMessage: null,
    metadata: { records_processed: 1_000 + update, source: { system: 'ledger', region: 'ap-southeast-3' } },
    runId: `run-${dayMs}-${update >> 1}`,
    receivedAt: timestamp,
    reportedBy: 'bench',
  };
}

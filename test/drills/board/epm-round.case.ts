import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FakeEpm } from '../../fakes/fake-epm';
import { ApiClient } from '../frame/api-client';
import type { DrillCase, DrillContext } from '../frame/drill';
import type { Findings } from '../frame/findings';
import { windowFarAway } from '../frame/slack-ledger';
import { VesperProcess } from '../../processes/vesper-process';
import { waitUntil } from '../../processes/waiting';

const SERVERS = ['one', 'two', 'three', 'four', 'five'];
const JOBS_EACH = 10;
const ANSWER_MS = 200;
const INTERVAL_S = 5;
const AT_ONCE = 3;
/** Ten jobs, three at a time, and as long again for a busy machine. */
const ROUND_WITHIN_MS = 2 * Math.ceil(JOBS_EACH / AT_ONCE) * ANSWER_MS;

/** 50 jobs on 5 servers that take their time. */
export const epmRoundCase: DrillCase = { title: 'EPM is asked about 50 jobs on 5 servers', run };

async function run(context: DrillContext, findings: Findings): Promise<void> {
  const epm = await FakeEpm.start({
    pods: Object.fromEntries(
      SERVERS.map((name) => [name, { product: 'planning' as const, applications: ['Vision'] }]),
    ),
  });
  const appsFile = join(context.folder, 'apps.json');
  writeFileSync(appsFile, JSON.stringify(toAppsFile(epm)));
  const vesper = await VesperProcess.start({
    // Outside production a server may be plain HTTP on this machine.
    env: {
      NODE_ENV: 'test',
      DATA_DIR: join(context.folder, 'data'),
      APPS_CONFIG: appsFile,
      ...windowFarAway(),
    },
    logFile: join(context.folder, 'vesper.log'),
  });
  const api = new ApiClient([vesper.url]);
  try {
    for (const server of SERVERS)
      epm.fault(server, { kind: 'slow', delayMs: ANSWER_MS, times: Number.POSITIVE_INFINITY });
    const jobs = SERVERS.flatMap((server) =>
      Array.from({ length: JOBS_EACH }, (_, n) => ({
        server,
        domain: `Domain ${n + 1}`,
        id: String(epm.startJob(server, { family: 'planning' })),
      })),
    );
    await api.untilAcknowledged({
      method: 'POST',
      path: '/status/batch',
      body: {
        updates: jobs.map(({ server, domain, id }) => ({
          app: server,
          domain,
          status: 'Loading',
          job_id: id,
        })),
      },
    });
    const roundMs = await timeOneRound(epm);
    for (const { server, id } of jobs) epm.finishJob(server, 'planning', id);
    const healed = await waitUntil(async () => (await openCells(api)) === 0, 3 * INTERVAL_S * 1_000, 200);
    const highWater = SERVERS.map(
      (server) => epm.traffic(server).highWater + (context.options.sabotage === 'crowd' ? 9 : 0),
    );
    findings.figure('one round', `${roundMs.toFixed(0)} ms, each answer taking ${ANSWER_MS} ms`);
    findings.figure('requests at once, by server', highWater.join(', '));
    findings.expect(
      `a round within ${ROUND_WITHIN_MS} ms`,
      roundMs < ROUND_WITHIN_MS,
      `${roundMs.toFixed(0)} ms`,
    );
    findings.expect(
      `no server is asked more than ${AT_ONCE} things at once`,
      highWater.every((count) => count <= AT_ONCE),
      highWater.join(', '),
    );
    findings.expect('every cell is healed', healed, `${await openCells(api)} still Loading`);
  } finally {
    await vesper.kill();
    await epm.close();
  }
}

/** From the first question of a round to the end of its last answer. */
async function timeOneRound(epm: FakeEpm): Promise<number> {
  const asked = () => SERVERS.flatMap((server) => epm.calls(server));
  // The first round finds no token; the next is like all that follow.
  await waitUntil(() => asked().length >= SERVERS.length * JOBS_EACH, 30_000);
  const before = asked().length;
  await waitUntil(() => asked().length > before, 30_000, 5);
  const startedAt = performance.now();
  await waitUntil(() => asked().length >= before + SERVERS.length * JOBS_EACH, 30_000, 5);
  return performance.now() - startedAt + ANSWER_MS;
}

async function openCells(api: ApiClient): Promise<number> {
  const { reply } = await api.untilAcknowledged({ method: 'GET', path: '/status' });
  const { apps } = reply.body as { apps: Record<string, Record<string, { status: string }>> };
  return Object.values(apps)
    .flatMap((domains) => Object.values(domains))
    .filter(({ status }) => status === 'Loading').length;
}

function toAppsFile(epm: FakeEpm): object {
  const auth = { type: 'basic', username: 'epm_robot', password: 'epm-password' };
  const domains = Array.from({ length: JOBS_EACH }, (_, n) => `Domain ${n + 1}`);
  return {
    epm: {
      auth,
      servers: Object.fromEntries(
        SERVERS.map((name) => [
          name,
          { name, base_url: epm.baseUrl(name), family: 'planning', application: 'Vision' },
        ]),
      ),
    },
    pull_mode: { enabled: true, poll_interval_seconds: INTERVAL_S, max_poll_duration_minutes: 60 },
    apps: Object.fromEntries(SERVERS.map((name) => [name, { domains, server: name, channels: [] }])),
    channels: {},
  };
}

import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { keepTrackOf } from '../processes/child-processes';
import { freePort } from '../processes/free-port';
import { API_KEY, type VesperProcess } from '../processes/vesper-process';
import { namesOf, schedulerIdOf } from './load/workload';

/** The bare Fastify that Vesper is compared with, answering as many bytes as Vesper does. */
export class BareServer {
  private constructor(
    readonly port: number,
    private readonly child: ChildProcess,
  ) {}

  get pid(): number | null {
    return this.child.pid ?? null;
  }

  static async start(model: VesperProcess): Promise<BareServer> {
    const port = await freePort();
    const child = keepTrackOf(
      fork(join(__dirname, 'load/bare-fastify.process.ts'), [], {
        execArgv: ['--import', 'tsx'],
        env: {
          ...process.env,
          NODE_ENV: 'production',
          PORT: String(port),
          BARE_HEARTBEAT: await answerOf(model, 'POST', 'heartbeat', { scheduler_id: schedulerIdOf(0) }),
          BARE_STATUS: await answerOf(model, 'PUT', 'status', aStatus()),
        },
      }),
    );
    await new Promise((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', () => reject(new Error('the bare server did not start')));
    });
    return new BareServer(port, child);
  }

  stop(): void {
    this.child.kill();
  }
}

async function answerOf(model: VesperProcess, method: string, path: string, body: object): Promise<string> {
  const answer = await fetch(`${model.url}/api/v1/schedulers/${schedulerIdOf(0)}/${path}`, {
    method,
    headers: { 'content-type': 'application/json', 'x-api-key': API_KEY },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${method} ${path} was answered with ${answer.status}: ${text}`);
  return text;
}

function aStatus(): object {
  return {
    scheduler_id: schedulerIdOf(0),
    ...namesOf(0),
    status: 'completed',
    timestamp: new Date().toISOString(),
    execution_time_ms: 4_200,
    metadata: {
      records_processed: 1_000,
      business_date: '2026-01-15',
      source: { system: 'ledger', region: 'ap-southeast-3' },
    },
    run_id: 'run-0-0',
  };
}

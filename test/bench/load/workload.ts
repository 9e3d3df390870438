export interface Target {
  readonly port: number;
  readonly apiKey: string;
}

export type WorkloadKind = 'register' | 'heartbeat' | 'status' | 'cell' | 'one' | 'list' | 'board';

export interface WorkloadPlan {
  readonly kind: WorkloadKind;
  readonly target: Target;
  /** How many schedulers there are, or are to be registered. */
  readonly schedulers: number;
  readonly connections: number;
  /** Tells the run ids of two plays apart. */
  readonly play: number;
}

/** What one connection sends. */
export interface Workload {
  next(): string | Buffer | null;
  /** What an answer's body must contain; `null`: anything. */
  readonly expects: string | null;
}

export function schedulerIdOf(index: number): string {
  return `bench-${String(index).padStart(5, '0')}-settlement`;
}

export function namesOf(index: number): { service_name: string; job_name: string } {
  return {
    service_name: `Service ${String(index % 97).padStart(2, '0')}`,
    job_name: `Settlement run ${index}`,
  };
}

/** Each connection has schedulers of its own, so that a scheduler's updates go out in order. */
export function workloadOf(plan: WorkloadPlan, connection: number): Workload {
  const own = Array.from({ length: plan.schedulers }, (_, index) => index).filter(
    (index) => index % plan.connections === connection,
  );
  switch (plan.kind) {
    case 'register':
      return registrations(plan, own);
    case 'heartbeat':
      return heartbeats(plan, own);
    case 'status':
      return statusUpdates(plan, own);
    case 'cell':
      return cellUpdates(plan, connection);
    case 'one':
      return states(plan, own);
    case 'list':
      return { next: always(toRequest(plan.target, 'GET', '?limit=1000', '')), expects: null };
    case 'board':
      return { next: always(toRequest(plan.target, 'GET', '', '', 'status')), expects: null };
  }
}

function registrations({ target }: WorkloadPlan, own: readonly number[]): Workload {
  const left = own.values();
  return {
    expects: null,
    next() {
      const { value: index, done } = left.next();
      if (done === true) return null;
      const body = {
        scheduler_id: schedulerIdOf(index),
        ...namesOf(index),
        owner_email: `team-${index % 97}@example.com`,
        tags: ['bench', `group-${index % 10}`],
      };
      return toRequest(target, 'POST', '/register', JSON.stringify(body));
    },
  };
}

function heartbeats({ target }: WorkloadPlan, own: readonly number[]): Workload {
  const requests = own.map((index) => {
    const id = schedulerIdOf(index);
    const body = JSON.stringify({ scheduler_id: id });
    return Buffer.from(toRequest(target, 'POST', `/${id}/heartbeat`, body), 'latin1');
  });
  let turn = 0;
  return { expects: null, next: () => requests[turn++ % requests.length] ?? null };
}

/** Of one scheduler after the other. */
function states({ target }: WorkloadPlan, own: readonly number[]): Workload {
  let turn = 0;
  const next = () => toRequest(target, 'GET', `/${schedulerIdOf(own[turn++ % own.length] ?? 0)}`, '');
  return { expects: '"last_heartbeat"', next };
}

/** Runs as services report them: running, then completed with its figures; every run with an id of its own. */
function statusUpdates({ target, play }: WorkloadPlan, own: readonly number[]): Workload {
  const runs = own.map((index) => ({ index, id: schedulerIdOf(index), step: 0, at: 0, startedAt: 0 }));
  let turn = 0;
  return {
    expects: '"applied":true',
    next() {
      const run = runs[turn++ % runs.length];
      if (run === undefined) return null;
      run.at = Math.max(Date.now(), run.at + 1);
      const ends = run.step % 2 === 1;
      if (!ends) run.startedAt = run.at;
      const update = {
        scheduler_id: run.id,
        ...namesOf(run.index),
        status: ends ? 'completed' : 'running',
        timestamp: new Date(run.at).toISOString(),
        ...(ends ? { execution_time_ms: run.at - run.startedAt } : {}),
        metadata: {
          records_processed: ends ? 1_000 + run.step : 0,
          business_date: '2026-01-15',
          source: { system: 'ledger', region: 'ap-southeast-3' },
        },
        run_id: `run-${play}-${run.step >> 1}`,
      };
      run.step += 1;
      return toRequest(target, 'PUT', `/${run.id}/status`, JSON.stringify(update));
    },
  };
}

/** Apps of the benchmark's board, and domains of each. */
export const BENCH_APPS = Array.from({ length: 10 }, (_, n) => `App ${n + 1}`);
export const BENCH_DOMAINS = Array.from({ length: 20 }, (_, n) => `Domain ${n + 1}`);

/** Each connection has a cell of its own; jobs begin and end in it. */
function cellUpdates({ target, play }: WorkloadPlan, connection: number): Workload {
  const app = BENCH_APPS[connection % BENCH_APPS.length];
  const domain = BENCH_DOMAINS[Math.floor(connection / BENCH_APPS.length) % BENCH_DOMAINS.length];
  let step = 0;
  return {
    expects: '"success":true',
    next() {
      const status = step % 2 === 0 ? 'Loading' : 'OK';
      const update = {
        app,
        domain,
        status,
        job_id: `JOB_${play}_${connection}_${step >> 1}`,
        message: 'bench',
      };
      step += 1;
      return toRequest(target, 'POST', '', JSON.stringify(update), 'status');
    },
  };
}

function always(request: string): () => Buffer {
  const bytes = Buffer.from(request, 'latin1');
  return () => bytes;
}

function toRequest(
  { port, apiKey }: Target,
  method: string,
  path: string,
  body: string,
  resource = 'schedulers',
): string {
  const content = body === '' ? '' : `content-type: application/json\r\ncontent-length: ${body.length}\r\n`;
  return (
    `${method} /api/v1/${resource}${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nx-api-key: ${apiKey}\r\n` +
    `accept: application/json\r\n${content}\r\n${body}`
  );
}

import { settings, workloadOf } from './a-night';
import { Ledger } from './ledger';
import { planNight, type NightPlan } from './plan';
import { Player, type Played } from './player';
import { StrictVesper, TEST_KEY } from './strict-vesper';
import { fetchTransport } from './transport';
import { VesperClient } from './vesper-client';
import { VirtualPace } from './virtual-pace';

const T0 = Date.parse('2026-01-31T10:00:00.000Z');

describe('Player', () => {
  let pace: VirtualPace;
  let vesper: StrictVesper;
  let url: string;
  let ledger: Ledger;
  let stop: AbortController;

  beforeEach(async () => {
    pace = new VirtualPace(T0);
    vesper = new StrictVesper(() => pace.now());
    url = await vesper.listen();
    ledger = new Ledger();
    stop = new AbortController();
  });
  afterEach(() => vesper.close());

  interface Changes {
    readonly key?: string;
    readonly timeoutMs?: number;
    readonly maxConcurrency?: number;
    readonly startAt?: number;
    readonly retryForMs?: number;
  }

  function play(plan: NightPlan, changes: Changes = {}): Promise<Played> {
    const send = fetchTransport({
      url,
      key: changes.key ?? TEST_KEY,
      timeoutMs: changes.timeoutMs ?? 10_000,
    });
    const retryForMs = changes.retryForMs ?? 300_000;
    const client = new VesperClient(
      (call) => pace.track(send(call)),
      pace,
      ledger,
      () => 0.5,
      retryForMs,
    );
    const { maxConcurrency = 16, startAt = null } = changes;
    return new Player(client, pace, ledger, { speed: 60, maxConcurrency, startAt }).play(plan, stop.signal);
  }

  const oneRun = planNight(workloadOf([['a', 6, 12]]), settings());
  const isStatus = (route: string): boolean => route.endsWith('/status');
  const timesOf = (): number[] => vesper.received.slice(1).map(({ at }) => (at - T0) / 1000);
  const timestamps = (): unknown[] =>
    vesper.received.filter((one) => isStatus(one.route)).map((one) => one.body.timestamp);

  it('registers first, then plays each call at its time, speeded up, with that time as timestamp', async () => {
    expect(await play(oneRun)).toEqual({ startedAt: T0, ended: 'played' });
    expect(vesper.received.map(({ route }) => route)).toEqual([
      'POST /api/v1/schedulers/register',
      'PUT /api/v1/schedulers/a/status',
      'POST /api/v1/schedulers/a/heartbeat',
      'POST /api/v1/schedulers/a/heartbeat',
      'PUT /api/v1/schedulers/a/status',
    ]);
    expect(timesOf()).toEqual([6, 11, 16, 18]);
    expect(timestamps()).toEqual(['2026-01-31T10:00:06.000Z', '2026-01-31T10:00:18.000Z']);
    expect(vesper.violations).toEqual([]);
    expect(ledger.unacknowledged).toBe(0);
    expect(pace.now() - T0).toBe(6 * 60_000);
  });

  it('waits for the chosen start', async () => {
    const { startedAt } = await play(oneRun, { startAt: T0 + 40_000 });
    expect(startedAt).toBe(T0 + 40_000);
    expect(timesOf()[0]).toBe(46);
  });

  it('sends side by side up to the limit, but never two calls of one scheduler', async () => {
    // all due at once: 6 schedulers with 2 calls each
    const plan = planNight(
      workloadOf(['a', 'b', 'c', 'd', 'e', 'f'].map((id) => [id, 1, 0] as const)),
      settings(),
    );
    vesper.gather = 3;
    await play(plan, { maxConcurrency: 3 });
    expect(vesper.maxInFlight).toBe(3);
    expect(vesper.violations).toEqual([]);
    expect(ledger.counts.completed.acknowledged).toBe(6);
  });

  it('keeps a scheduler in order while an earlier call is retried', async () => {
    const plan = planNight(
      workloadOf([
        ['a', 0, 1],
        ['a', 1, 1],
        ['a', 2, 1],
      ]),
      settings(),
    );
    vesper.faults.push(...[1, 2, 3, 4].map(() => ({ matches: isStatus, status: 503 })));
    await play(plan);
    expect(
      vesper.received.slice(1).map(({ body }) => `${String(body.run_id)} ${String(body.status)}`),
    ).toEqual(['1 running', '1 completed', '2 running', '2 completed', '3 running', '3 completed']);
    expect(ledger.counts.running.retried).toBe(4);
    expect(ledger.notApplied).toBe(0);
    expect(ledger.maxLagMs).toBeGreaterThan(0);
  });

  it('repeats a call to the letter when the connection breaks after it was carried out', async () => {
    vesper.faults.push({ matches: isStatus, status: 'hang-up' });
    await play(oneRun);
    const [first, again] = vesper.received.slice(1);
    expect(again?.body).toEqual(first?.body);
    expect(again?.at).toBeGreaterThan(first?.at ?? 0);
    expect(ledger.waits['no-reply'].times).toBe(1);
    expect(ledger.unacknowledged).toBe(0);
  });

  it('retries after a time-out', async () => {
    vesper.faults.push({ matches: isStatus, status: 'hang' });
    await play(oneRun, { timeoutMs: 100 });
    expect(ledger.counts.running).toMatchObject({ sent: 1, acknowledged: 1, retried: 1 });
  });

  it('lets all calls wait for the Retry-After of a 429, and counts the wait', async () => {
    const plan = planNight(
      workloadOf([
        ['a', 0, 1],
        ['b', 1, 30],
      ]),
      settings(),
    );
    vesper.faults.push({ matches: isStatus, status: 429, headers: { 'retry-after': '7' } });
    await play(plan);
    expect(Math.min(...timesOf().slice(1))).toBe(7);
    expect(ledger.waits['rate-limited']).toEqual({ times: 1, totalMs: 7000 });
    expect(ledger.unacknowledged).toBe(0);
  });

  it('backs off twice as long each time, and gives a call up after the chosen time', async () => {
    vesper.faults.push(...Array.from({ length: 50 }, () => ({ matches: isStatus, status: 503 })));
    await play(planNight(workloadOf([['a', 0, 0]]), settings()), { retryForMs: 2_000 });
    // 0.75 of 250, 500, 1000 ms, for each of the two calls; the fourth wait would be too long
    expect(ledger.waits.unavailable).toEqual({ times: 6, totalMs: 2 * (188 + 375 + 750) });
    expect(ledger.counts.running).toMatchObject({ acknowledged: 0, gaveUp: 1 });
    expect(ledger.unacknowledged).toBe(2);
    expect(ledger.refusals[0]).toMatchObject({ what: 'gave up: 503', count: 1 });
  });

  it('shows a refusal once per kind with its first body, and never repeats the call', async () => {
    vesper.faults.push(
      ...[400, 400, 500].map((status) => ({ matches: (r: string) => r.endsWith('/heartbeat'), status })),
    );
    await play(planNight(workloadOf([['a', 0, 21]]), settings()));
    expect(ledger.counts.heartbeat).toMatchObject({ sent: 4, refused: 3, retried: 0, acknowledged: 1 });
    const body = '{"error":"planted"}';
    expect(ledger.refusals).toEqual([
      { kind: 'heartbeat', what: '400', firstBody: body, count: 2 },
      { kind: 'heartbeat', what: '500', firstBody: body, count: 1 },
    ]);
  });

  it('plays nothing when the schedulers could not be registered', async () => {
    expect(await play(oneRun, { key: 'wrong' })).toEqual({ startedAt: null, ended: 'registration-failed' });
    expect(vesper.received).toEqual([]);
    expect(ledger.refusals[0]).toMatchObject({ kind: 'register', what: '401' });
  });

  it('stops when told: no further call goes out, those in flight are finished, the others are counted', async () => {
    vesper.onCall = (route) => {
      if (route.endsWith('/heartbeat')) stop.abort();
    };
    expect((await play(oneRun)).ended).toBe('stopped');
    expect(vesper.received).toHaveLength(3);
    expect(ledger.counts.heartbeat).toMatchObject({ sent: 1, acknowledged: 1 });
    expect(ledger.notSent).toBe(2);
    expect(pace.now()).toBe(T0 + 11_000);
  });

  it('never sends a timestamp before the last one of the scheduler when the clock steps back', async () => {
    let calls = 0;
    vesper.onCall = (route) => {
      if (isStatus(route) && (calls += 1) === 1) pace.set(T0 - 60_000);
    };
    // both calls are due at once: the second one is already waiting when the clock is set back
    await play(planNight(workloadOf([['a', 6, 0]]), settings()));
    expect(timestamps()).toEqual(['2026-01-31T10:00:06.000Z', '2026-01-31T10:00:06.000Z']);
    expect(ledger.notApplied).toBe(0);
  });

  it('plays nothing before its time when a timer fires early', async () => {
    pace.earlyMs = 1;
    await play(oneRun, { startAt: T0 + 40_000 });
    expect(timesOf()).toEqual([46, 51, 56, 58]);
  });

  it('counts updates that Vesper did not apply', async () => {
    await play(oneRun);
    pace.set(T0 - 3_600_000);
    expect((await play(oneRun)).ended).toBe('played');
    expect(ledger.notApplied).toBe(2);
  });
});

import { FakeClock } from '../../fakes/fake-clock';
import { FakeEpm } from '../../fakes/fake-epm';
import { FakeSlack } from '../../fakes/fake-slack';
import { Vesper } from '../../harness/vesper';
import type { Act } from './act';
import { POLL_SECONDS } from './board-night';
import { CELLS, CLOSE_CHANNEL, RECON_CHANNEL } from './cast';
import type { ApiCall, DemoApi } from './demo-api';
import { jobsIn } from './epm-jobs';
import { LostPushes } from './lost-pushes';
import { planNight } from './night';
import { Player } from './player';
import { registerAll } from './registration';
import { appsFile, EPM_CLIENT, makeSecrets, podOptions, vesperEnvironment, type Secrets } from './settings';
import { SlackWatch } from './slack-watch';

jest.setTimeout(60_000);

/** A bad moment: the table has just been edited when the first jobs fail. */
const START = '2026-03-02T17:04:25.000Z';
const OFTEN = ['eod-table', 'stale-scan', 'canvas-refresh', 'dispatch'] as const;

describe('the first minute of the demo, on a Vesper whose time is moved by hand', () => {
  let clock: FakeClock;
  let slack: FakeSlack;
  let epm: FakeEpm;
  let vesper: Vesper;
  let secrets: Secrets;

  beforeEach(async () => {
    clock = new FakeClock(START);
    const now = () => clock.now().getTime();
    slack = await FakeSlack.start({ now, channels: [CLOSE_CHANNEL, RECON_CHANNEL] });
    epm = await FakeEpm.start({ now, pods: podOptions() });
    let drawn = 0;
    secrets = makeSecrets(epm.signIn({ client: EPM_CLIENT }), () => `a-secret-of-24-letters-${(drawn += 1)}`);
    const pods = Object.keys(podOptions()).map((pod) => [pod, epm.baseUrl(pod)]);
    const addresses = {
      port: 0,
      slackApiUrl: slack.apiUrl,
      epmTokenUrl: epm.tokenUrl,
      pods: Object.fromEntries(pods) as Record<string, string>,
    };
    const { DATA_DIR: _, ...environment } = vesperEnvironment(addresses, secrets, clock.now(), 'UTC');
    vesper = await Vesper.start({
      clock,
      environment: { ...environment, RATE_LIMIT_PER_MINUTE: '100', APPS_CONFIG: 'config/apps.json' },
      appsFile: appsFile(addresses, slack.createCanvas(CLOSE_CHANNEL.id, { title: 'EPM close' }).id),
    });
  });

  afterEach(async () => {
    await patiently(vesper.dispose());
    await slack.close();
    await epm.close();
  });

  /** Every second of the acts, and the background jobs in it. */
  async function play(seed: number): Promise<{ told: readonly string[]; healed: readonly string[] }> {
    const startMs = clock.now().getTime();
    const told: string[] = [];
    const healed: string[] = [];
    const lost = new LostPushes(api);
    const watch = new SlackWatch(slack);
    let polledMs = startMs;
    const tick = async (): Promise<void> => {
      await clock.advance('1s');
      const isPollDue = clock.now().getTime() - polledMs >= POLL_SECONDS * 1_000;
      if (isPollDue) polledMs = clock.now().getTime();
      await patiently(vesper.run(...(isPollDue ? (['epm-poll'] as const) : []), ...OFTEN));
      healed.push(...(await lost.look()).map(({ run, status }) => `${run.cell.domain}: ${status}`));
      told.push(...watch.look(clock.now().getTime()));
    };
    const pace = {
      now: () => clock.now().getTime(),
      sleep: async (ms: number) => {
        const untilMs = clock.now().getTime() + ms;
        while (clock.now().getTime() < untilMs) await tick();
      },
    };
    const player = new Player(api, jobsIn(epm), lost, pace, (text) => told.push(text));
    await registerAll(api);
    await player.play(firstMinute(seed), new AbortController().signal);
    while (clock.now().getTime() - startMs < 60_000) await tick();
    return { told, healed };
  }

  /** What is under way may wait for its pacing: time passes by itself, but slowly enough for real sockets. */
  async function patiently<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    const end = () => (ended = true);
    work.then(end, end);
    for (let turn = 1; !ended; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (turn % 25 === 0) await clock.advance('100ms');
    }
    return work;
  }

  const api: DemoApi = async ({ key, method, path, body }: ApiCall) => {
    const answer = await vesper.request(method, path, body, secrets.apiKeys[key] ?? null);
    if (answer.statusCode < 300) return { ok: true, body: answer.body === '' ? null : answer.json() };
    return { ok: false, fault: `${method} ${path}: ${answer.statusCode} ${answer.body}` };
  };

  it.each([1, 2])('shows a table, alerts, canvases and healed cells (seed %d)', async (seed) => {
    const { told, healed } = await play(seed);

    expect(told.filter((line) => line.includes('did not take it'))).toEqual([]);
    const messages = slack.messages().filter(({ threadTs }) => threadTs === null);
    const [table] = messages.filter(({ text }) => text.startsWith('EOD status'));
    expect(table?.edits.length).toBeGreaterThanOrEqual(2);
    expect(told.filter((line) => /EOD status.* [1-9] failed/.test(line)).length).toBeGreaterThanOrEqual(1);
    expect(messages.filter(({ text }) => text.includes('failed')).length).toBeGreaterThanOrEqual(2);
    expect(messages.filter(({ text }) => text.includes('Resolved')).length).toBeGreaterThanOrEqual(3);
    expect(told.filter((line) => line.includes('⚠️') && line.includes('fell silent'))).toHaveLength(1);
    expect(healed).toEqual(expect.arrayContaining([expect.stringMatching(/: OK$/)]));
    expect(healed).toEqual(expect.arrayContaining([expect.stringMatching(/: Warning$/)]));
    expect(slack.canvases().map(({ createdBy }) => createdBy)).toEqual(['human', 'vesper']);
    for (const { revision } of slack.canvases()) expect(revision).toBeGreaterThanOrEqual(3);
    const shown = slack.canvases().map(({ markdown }) => markdown);
    for (const { domain } of CELLS) expect(shown.some((text) => text.includes(domain))).toBe(true);
  });
});

function firstMinute(seed: number): readonly Act[] {
  const acts: Act[] = [];
  for (const act of planNight(seed)) {
    if (act.atMs > 60_000) break;
    acts.push(act);
  }
  return acts;
}

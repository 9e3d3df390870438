import { EpmPollService } from '../../src/features/board/epm-poll.service';
import type { LostSignIn } from '../../src/domain/board/epm-gateway';
import { staleDedupKey } from '../../src/domain/schedulers/scheduler-alerts';
import { FakeClock } from '../fakes/fake-clock';
import type { FakeMessage } from '../fakes/fake-slack';
import { letTimePass, letWorkGoOn } from '../harness/let-time-pass';
import { holdBefore, type Held } from '../harness/monitored-board';
import { CHANNEL, MonitoredNight } from '../harness/monitored-night';
import { PolledBoard } from '../harness/polled-board';
import { Vesper } from '../harness/vesper';

/** Five minutes before midnight in Jakarta, when the default window opens. */
const BEFORE_MIDNIGHT = '2026-03-02T16:55:00.000Z';
/** Longer than any lease. */
const PAUSE = '35s';
/** One more than are told one by one. */
const A_STORM = 11;

const shown = (message: FakeMessage | undefined) => `${message?.text}\n${JSON.stringify(message?.blocks)}`;
type Task = Parameters<Vesper['run']>[0];

jest.setTimeout(60_000);

/** What ADR 0005 promises of each worker: whoever comes late is refused. A folder has one process; so these are about DynamoDB. */
describe('an instance that is paused for longer than its lease', () => {
  let night: MonitoredNight;
  let first: Vesper;
  let second: Vesper;
  /** The second's own, and Slack's: they go on while the first stands still. */
  let secondClock: FakeClock;

  beforeEach(async () => {
    secondClock = new FakeClock(BEFORE_MIDNIGHT);
    const now = () => secondClock.now().getTime();
    night = await MonitoredNight.begin(BEFORE_MIDNIGHT, { storage: 'dynamodb' }, { now });
    first = night.vesper;
    second = await Vesper.start({ clock: secondClock, slack: night.slack, on: first.storage });
    await night.register('close');
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await letTimePass(secondClock, second.stop());
    await night.end();
  });

  const pass = async (duration: string) => {
    await night.clock.advance(duration);
    await secondClock.advance(duration);
  };
  const runSecond = (task: Task) => letTimePass(secondClock, second.run(task));

  /** The first one gets no further than the held call until the second one has done what it does. */
  const overtake = async (task: Task, held: Held, secondDoes: () => Promise<void>) => {
    const paused = first.run(task);
    await held.reached;
    await secondClock.advance(PAUSE);
    await secondDoes();
    night.clock.suspend(PAUSE);
    held.release();
    // Timers are overdue for it too, but what it was about to do comes first.
    await letWorkGoOn(paused);
    await letTimePass(night.clock, paused);
  };

  it('does not edit the table back to an older step', async () => {
    await pass('5m');
    await night.run('eod-table');
    await pass('1h');
    await overtake('eod-table', holdBefore(first.foundations.slack.publisher, 'edit'), async () => {
      await night.report('close', 'completed');
      await runSecond('eod-table');
    });
    expect(night.slack.calls('chat.update')).toHaveLength(1);
    expect(shown(night.posts()[0])).toContain('1 completed');
  });

  it('posts no second summary', async () => {
    await pass('5m');
    await night.run('eod-table');
    await pass('7h');
    await overtake('eod-table', holdBefore(first.foundations.slack.publisher, 'post'), () =>
      runSecond('eod-table'),
    );
    expect(night.slack.allMessages(CHANNEL)).toHaveLength(2);
  });

  it('does not show an alert as open that is over', async () => {
    await night.report('close', 'failed');
    await night.run('dispatch');
    await night.report('close', 'failed', { run_id: 'again' });
    await pass('2m');
    const { messenger } = first.foundations.slack;
    if (messenger === null) throw new Error('this Vesper has no Slack');
    await overtake('dispatch', holdBefore(messenger, 'update'), async () => {
      await night.report('close', 'completed');
      await runSecond('dispatch');
    });
    expect(shown(night.posts()[0])).toMatch(/resolved|recovered|completed/i);
    expect(night.slack.calls('chat.update')).toHaveLength(1);
  });

  it('takes its alert back when it was already on its way', async () => {
    await night.report('close', 'failed');
    await overtake('dispatch', holdBefore(globalThis, 'fetch'), () => runSecond('dispatch'));
    expect(night.slack.allMessages(CHANNEL)).toHaveLength(2);
    expect(night.posts()).toHaveLength(1);
    // The one that stays is the one that is written down.
    await night.report('close', 'completed');
    await runSecond('dispatch');
    expect(shown(night.posts()[0])).toMatch(/resolved|recovered|completed/i);
  });

  it('takes back what it rang below an alert that is over, when that was already on its way', async () => {
    await night.report('close', 'failed');
    await night.run('dispatch');
    await night.report('close', 'completed');
    await pass('2m');
    const { messenger } = first.foundations.slack;
    if (messenger === null) throw new Error('this Vesper has no Slack');
    const edited = holdBefore(messenger, 'post');
    let rung!: Held;
    void edited.reached.then(() => {
      // The edit was the first thing to leave; this is the note, asked and on its way.
      rung = holdBefore(globalThis, 'fetch');
      edited.release();
    });
    const onItsWay = { reached: edited.reached.then(() => rung.reached), release: () => rung.release() };
    await overtake('dispatch', onItsWay, () => runSecond('dispatch'));
    expect(night.replies(night.posts()[0])).toHaveLength(1);
    expect(night.slack.calls('chat.delete')).toHaveLength(1);
    expect(night.posts()).toHaveLength(1);
  });

  it('takes the message of a storm back when it was already on its way', async () => {
    for (let job = 0; job < A_STORM; job++) {
      await night.register(`job-${job}`);
      await night.report(`job-${job}`, 'failed');
    }
    await overtake('dispatch', holdBefore(globalThis, 'fetch'), () => runSecond('dispatch'));
    expect(night.posts()).toHaveLength(1);
    expect(night.replies(night.posts()[0])).toHaveLength(A_STORM);
  });

  it('warns of no silence that another one has told of, and that is over', async () => {
    await pass('10m');
    await night.report('close', 'running');
    await pass('11m');
    await overtake(
      'stale-scan',
      holdBefore(first.foundations.store.schedulers, 'recordSilence'),
      async () => {
        await runSecond('stale-scan');
        await night.heartbeat('close');
        await letTimePass(secondClock, second.request('POST', '/schedulers/close/heartbeat'));
        await runSecond('stale-scan');
      },
    );
    await runSecond('dispatch');
    expect(night.posts()).toHaveLength(1);
    const { open, version } = await second.foundations.store.alerts.findSlot(staleDedupKey('close'));
    expect({ open, changes: version }).toEqual({ open: null, changes: 2 });
  });
});

it('does not tell of a lost sign-in once a person has signed in', async () => {
  const night = await PolledBoard.begin({ auth: 'refresh_token', storage: 'dynamodb' });
  const { foundations, application } = night.board.vesper;
  const polls = application.nest.get(EpmPollService);
  let lost: LostSignIn | null = { connection: 'shared', error: 'invalid_grant' };
  const review = () => polls.reviewSignIn('shared', async () => lost);
  const held = holdBefore(foundations.store.board, 'recordAlert');
  const paused = review();
  await held.reached;
  await review();
  lost = null;
  await review();
  held.release();
  await letTimePass(night.board.clock, paused);
  expect(await night.board.alerts('epm_sign_in:shared')).toMatchObject([{ status: 'resolved' }]);
  jest.restoreAllMocks();
  expect(await night.end()).toEqual([]);
});

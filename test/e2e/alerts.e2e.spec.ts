import { FakeClock } from '../fakes/fake-clock';
import { FakeSlack } from '../fakes/fake-slack';
import { Vesper } from '../harness/vesper';

const CHANNEL = 'C0000000001';

describe.each(['json', 'dynamodb'] as const)('alerts in Slack, on %s', (storage) => {
  let clock: FakeClock;
  let slack: FakeSlack;
  let vesper: Vesper;

  beforeEach(async () => {
    clock = new FakeClock('2026-03-02T17:30:00.000Z');
    slack = await FakeSlack.start({ now: () => clock.now().getTime() });
    vesper = await Vesper.start({ storage, clock, slack });
  });
  afterEach(async () => {
    await vesper.dispose();
    await slack.close();
  });

  const register = (id: string, more: object = {}) =>
    vesper.request('POST', '/schedulers/register', {
      scheduler_id: id,
      service_name: 'Ledger',
      job_name: id,
      ...more,
    });
  const report = (id: string, status: string, more: object = {}) =>
    vesper.request('PUT', `/schedulers/${id}/status`, {
      ...{
        scheduler_id: id,
        service_name: 'Ledger',
        job_name: id,
        status,
        timestamp: clock.now().toISOString(),
      },
      ...(status === 'failed' ? { error_message: 'disk full' } : {}),
      ...more,
    });
  /** Runs the dispatcher while time passes, as far as pacing makes it wait. */
  const dispatch = async (duration = '5s') => {
    const run = vesper.run('dispatch');
    await passUntil(run, duration);
  };
  const passUntil = async (work: Promise<void>, duration: string) => {
    let done = false;
    void work.finally(() => (done = true));
    for (let step = 0; step < 200 && !done; step++) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (step % 5 === 4) await clock.advance('250ms');
    }
    await work;
    await clock.advance(duration);
  };
  const tops = () => slack.messages(CHANNEL).filter((message) => message.threadTs === null);

  it('tells a failure once with its owner, counts repeats on the same message, and shows the recovery', async () => {
    await register('close', { alert_user_id: 'U123ABC' });
    await report('close', 'running');
    await clock.advance('1m');
    expect(
      (await report('close', 'failed', { error_message: 'boom <!channel> & <https://evil|x>' })).statusCode,
    ).toBe(200);
    await dispatch();
    expect(tops()).toHaveLength(1);
    expect(tops()[0]?.mentions.map((mention) => mention.raw)).toEqual(['<@U123ABC>']);
    expect(tops()[0]?.markupWarnings).toEqual([]);

    await clock.advance('1m');
    await report('close', 'failed');
    await dispatch();
    expect(tops()).toHaveLength(1);
    expect(tops()[0]?.edits).toHaveLength(1);

    await clock.advance('1m');
    await report('close', 'completed');
    await dispatch();
    expect(tops()).toHaveLength(1);
    expect(slack.thread(CHANNEL, tops()[0]?.ts ?? '')).toHaveLength(1);
    const log = await vesper.foundations.store.deliveries.listAttempts(
      { alertId: null, channelId: null, outcome: 'sent' },
      { limit: 10, after: null },
    );
    expect(log.items.map((attempt) => attempt.event)).toEqual(['resolved', 'repeated', 'opened']);
  });
});

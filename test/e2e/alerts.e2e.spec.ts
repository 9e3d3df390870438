import { letTimePass } from '../harness/let-time-pass';
import { CHANNEL, MonitoredNight } from '../harness/monitored-night';

/** 00:30 in Jakarta: the default window is open. */
const HALF_PAST_MIDNIGHT = '2026-03-02T17:30:00.000Z';
const textOf = (message: { text: string; blocks: unknown[] } | undefined) =>
  `${message?.text} ${JSON.stringify(message?.blocks)}`;

jest.setTimeout(60_000);

describe.each(['json', 'dynamodb'] as const)('alerts in Slack, on %s', (storage) => {
  let night: MonitoredNight;

  beforeEach(async () => (night = await MonitoredNight.begin(HALF_PAST_MIDNIGHT, { storage })));
  afterEach(() => night.end());

  it('tells a failure once with its owner, counts repeats on the same message, and shows the recovery', async () => {
    await night.register('close', { alert_user_id: 'U123ABC' });
    await night.report('close', 'running');
    await night.clock.advance('1m');
    await night.report('close', 'failed', { error_message: 'boom <!channel> & <https://evil|x>' });
    await night.run('dispatch');
    const [alert] = night.posts();
    expect(alert?.mentions.map((mention) => mention.raw)).toEqual(['<@U123ABC>']);
    expect(alert?.markupWarnings).toEqual([]);
    expect(textOf(alert)).toContain('boom &lt;!channel&gt;');

    await night.clock.advance('1m');
    await night.report('close', 'failed');
    await night.run('dispatch');
    expect(night.posts()).toHaveLength(1);
    expect(night.posts()[0]?.edits).toHaveLength(1);
    expect(textOf(night.posts()[0])).toMatch(/2 times/);

    await night.clock.advance('1m');
    await night.report('close', 'completed');
    await night.run('dispatch');
    expect(night.posts()).toHaveLength(1);
    expect(night.replies(night.posts()[0])).toHaveLength(1);
    const log = await night.vesper.foundations.store.deliveries.listAttempts(
      { alertId: null, channelId: null, outcome: 'sent' },
      { limit: 10, after: null },
    );
    expect(log.items.map((attempt) => attempt.event)).toEqual(['resolved', 'repeated', 'opened']);
  });

  it('tells nothing twice when the same failure is reported again', async () => {
    await night.register('close');
    const timestamp = night.clock.now().toISOString();
    await night.report('close', 'failed', { timestamp });
    await night.clock.advance('2m');
    expect((await night.report('close', 'failed', { timestamp })).json()).toMatchObject({ applied: true });
    await night.run('dispatch');
    expect(night.posts()).toHaveLength(1);
    expect(night.posts()[0]?.edits).toHaveLength(0);
  });

  it('does not alert a failure that arrives after the run it was overtaken by', async () => {
    await night.register('close');
    const earlier = night.clock.now().toISOString();
    await night.clock.advance('5m');
    await night.report('close', 'completed');
    expect((await night.report('close', 'failed', { timestamp: earlier })).json()).toMatchObject({
      applied: false,
      status: 'completed',
    });
    await night.run('dispatch');
    expect(night.posts()).toHaveLength(0);
  });

  it('warns once of a silence, ends it with the heartbeat, and warns again of the next', async () => {
    await night.register('close');
    await night.report('close', 'running');
    await night.clock.advance('11m');
    await night.run('stale-scan', 'dispatch');
    await night.clock.advance('5m');
    await night.run('stale-scan', 'dispatch');
    expect(night.posts()).toHaveLength(1);
    expect(textOf(night.posts()[0])).toContain('fell silent');
    expect((await night.vesper.request('GET', '/schedulers/close')).json()).toMatchObject({
      status: 'running',
      stale: true,
    });

    await night.heartbeat('close');
    await night.run('dispatch');
    expect(night.replies(night.posts()[0])).toHaveLength(1);

    await night.clock.advance('11m');
    await night.run('stale-scan', 'dispatch');
    expect(night.posts()).toHaveLength(2);
  });

  it('makes no silence out of a clock that was set forward, and finds one that lasts from then on', async () => {
    await night.register('close');
    await night.report('close', 'running');
    for (const minutes of [-4, 4, 60]) {
      await night.clock.advance('1m');
      await night.heartbeat('close');
      night.clock.stepWallTo(new Date(night.clock.now().getTime() + minutes * 60_000));
      await night.run('stale-scan');
    }
    await night.clock.advance('9m');
    await night.run('stale-scan', 'dispatch');
    expect(night.posts()).toHaveLength(0);
    await night.clock.advance('2m');
    await night.run('stale-scan', 'dispatch');
    expect(night.posts()).toHaveLength(1);
  });

  it('does not call a silence outside the windows one, unless told to', async () => {
    await night.register('close');
    night.clock.stepWallTo('2026-03-02T23:30:00.000Z');
    await night.report('close', 'running');
    await night.clock.advance('20m');
    await night.run('stale-scan', 'dispatch');
    expect(night.posts()).toHaveLength(0);
  });

  it('tells more than ten at once as one message, with each alert in its thread and each owner addressed once', async () => {
    for (let job = 0; job < 15; job++) {
      await night.register(`job-${job}`, { alert_user_id: `U0000000${job % 3}` });
      await night.report(`job-${job}`, 'failed');
    }
    await night.run('dispatch');
    await night.pass('1m', storage === 'json' ? '1s' : '5s', 'dispatch');
    expect(night.posts()).toHaveLength(1);
    const [storm] = night.posts();
    expect(night.replies(storm)).toHaveLength(15);
    for (let job = 0; job < 15; job++) expect(textOf(storm)).toContain(`job-${job} `);
    const mentions = night.slack
      .messages(CHANNEL)
      .flatMap((message) => message.mentions.map((mention) => mention.raw));
    expect(mentions.sort()).toEqual(['<@U00000000>', '<@U00000001>', '<@U00000002>']);
  });

  it('delivers everything in order once Slack is back, and slows no request meanwhile', async () => {
    await night.register('close');
    night.slack.fault({ kind: 'refuse', times: Infinity });
    await night.report('close', 'failed');
    await night.run('dispatch');
    await night.clock.advance('1m');
    expect((await night.report('close', 'completed')).statusCode).toBe(200);
    await night.pass('5m', '20s', 'dispatch');
    expect(night.posts()).toHaveLength(0);
    night.slack.clearFaults();
    await night.pass('2m', '10s', 'dispatch');
    expect(night.posts()).toHaveLength(1);
    expect(textOf(night.posts()[0])).toMatch(/resolved|recovered|completed/i);
    expect(night.replies(night.posts()[0])).toHaveLength(1);
  });

  it('posts once although Slack took the message and its answer was lost', async () => {
    await night.register('close');
    night.slack.fault({ kind: 'store_then_drop', method: 'chat.postMessage' });
    await night.report('close', 'failed');
    await night.pass('2m', '5s', 'dispatch');
    expect(night.posts()).toHaveLength(1);
    expect(night.slack.calls('conversations.history').length).toBeGreaterThan(0);
  });

  it('looks for the message of an attempt that a crash cut short, and does not post it again', async () => {
    await night.register('close');
    await night.report('close', 'failed');
    const { store } = night.vesper.foundations;
    // The instance dies between Slack's answer and its own note of it: only the mark that it was sending is left.
    const recordAttempt = jest
      .spyOn(store.deliveries, 'recordAttempt')
      .mockRejectedValue(new Error('killed'));
    await night.run('dispatch');
    recordAttempt.mockRestore();
    expect(night.posts()).toHaveLength(1);
    await night.restart();
    await night.pass('1m', '5s', 'dispatch');
    expect(night.posts()).toHaveLength(1);
    await night.report('close', 'completed');
    await night.run('dispatch');
    expect(night.replies(night.posts()[0])).toHaveLength(1);
  });

  it('honours Retry-After and keeps the delivery in the log', async () => {
    await night.register('close');
    night.slack.fault({ kind: 'rate_limited', retryAfterSeconds: 40, method: 'chat.postMessage' });
    await night.report('close', 'failed');
    await night.run('dispatch');
    await night.pass('1m', '10s', 'dispatch');
    const posts = night.slack.calls('chat.postMessage');
    expect(posts).toHaveLength(2);
    expect((posts[1]?.at ?? 0) - (posts[0]?.at ?? 0)).toBeGreaterThanOrEqual(40_000);
    const log = await night.vesper.foundations.store.deliveries.listAttempts(
      { alertId: null, channelId: null, outcome: null },
      { limit: 10, after: null },
    );
    expect(log.items.map((attempt) => attempt.outcome)).toEqual(['sent', 'retrying']);
    expect(log.items[1]).toMatchObject({ httpStatus: 429 });
  });

  it('tells an alert in the order of its events although the clock stepped back between them', async () => {
    await night.register('close');
    night.slack.fault({ kind: 'refuse', times: Infinity });
    await night.report('close', 'failed');
    await night.run('dispatch');
    night.clock.stepWallTo('2026-03-02T17:26:00.000Z');
    await night.report('close', 'completed', { timestamp: '2026-03-02T17:31:00.000Z' });
    night.slack.clearFaults();
    await night.pass('2m', '10s', 'dispatch');
    expect(night.posts()).toHaveLength(1);
    expect(textOf(night.posts()[0])).toContain('Resolved');
    expect(night.replies(night.posts()[0])).toHaveLength(1);
  });

  it('goes on with a broken channel soon after the clock stepped back an hour', async () => {
    await night.register('close');
    night.slack.fault({ kind: 'refuse', times: Infinity });
    await night.report('close', 'failed');
    await night.pass('2m', '10s', 'dispatch');
    night.clock.stepWallTo('2026-03-02T16:32:00.000Z');
    night.slack.clearFaults();
    await night.pass('1m', '5s', 'dispatch');
    expect(night.posts()).toHaveLength(1);
  });

  it('keeps alerts while the token is refused, and tells them once it is mended', async () => {
    await night.register('close');
    night.slack.fault({ kind: 'platform_error', error: 'token_revoked', times: Infinity });
    await night.report('close', 'failed');
    await night.pass('5m', '20s', 'dispatch');
    night.slack.clearFaults();
    await night.pass('1m', '5s', 'dispatch');
    expect(night.posts()).toHaveLength(1);
  });

  it('gives up after a day, and says so', async () => {
    await night.register('close');
    night.slack.fault({ kind: 'refuse', times: Infinity });
    await night.report('close', 'failed');
    await night.run('dispatch');
    await night.clock.advance('24h');
    await night.run('dispatch');
    const log = await night.vesper.foundations.store.deliveries.listAttempts(
      { alertId: null, channelId: null, outcome: 'failed' },
      { limit: 10, after: null },
    );
    expect(log.items.map(({ reason }) => reason)).toEqual(['given up after 24 hours']);
    night.slack.clearFaults();
    await night.pass('1m', '20s', 'dispatch');
    expect(night.posts()).toHaveLength(0);
  });

  it('is quiet while an alert flaps, and says at the end how it ended', async () => {
    await night.register('close');
    for (let round = 0; round < 4; round++) {
      await night.clock.advance('1m');
      await night.report('close', 'failed');
      await night.run('dispatch');
      await night.clock.advance('1m');
      await night.report('close', 'completed');
      await night.run('dispatch');
    }
    const flapping = night.posts().filter((message) => textOf(message).includes('Flapping'));
    expect(flapping).toHaveLength(1);
    const before = night.posts().length;
    await night.clock.advance('1m');
    await night.report('close', 'failed');
    await night.run('dispatch');
    expect(night.posts()).toHaveLength(before);
    await night.clock.advance('20m');
    const { body: metrics } = await night.vesper.request('GET', '/metrics', undefined, null);
    expect(metrics).toMatch(/^vesper_outbox_entries [1-9]/m);
    // It is held back, which is not to wake anybody.
    expect(metrics).toMatch(/^vesper_outbox_oldest_age_seconds 0$/m);
    await night.clock.advance('10m');
    await night.run('dispatch');
    expect(night.posts()).toHaveLength(before + 1);
    expect(textOf(night.posts().at(-1))).toContain('failed');
  });

  it('fails a delivery that Slack refuses for good, and shows why', async () => {
    await night.register('close');
    night.slack.fault({
      kind: 'platform_error',
      error: 'channel_not_found',
      method: 'chat.postMessage',
      times: Infinity,
    });
    await night.report('close', 'failed');
    await night.run('dispatch');
    const log = await night.vesper.foundations.store.deliveries.listAttempts(
      { alertId: null, channelId: null, outcome: 'failed' },
      { limit: 10, after: null },
    );
    expect(log.items).toHaveLength(1);
    expect(log.items[0]?.reason).toContain('channel_not_found');
  });
});

describe('many alerts in Slack', () => {
  let night: MonitoredNight;

  beforeEach(async () => (night = await MonitoredNight.begin(HALF_PAST_MIDNIGHT)));
  afterEach(() => night.end());

  const many = async (count: number, status: string) => {
    for (let job = 0; job < count; job++) {
      await night.register(`job-${job}`);
      await night.report(`job-${job}`, status);
    }
  };

  it('are one grouped message however long it takes to tell them, edited only with news', async () => {
    await many(120, 'failed');
    await night.pass('4m', '1s', 'dispatch');
    expect(night.posts()).toHaveLength(1);
    expect(night.replies(night.posts()[0])).toHaveLength(120);
    expect(textOf(night.posts()[0])).toContain('120');
    expect(night.posts()[0]?.edits.length).toBeLessThanOrEqual(1);
  });

  it('do not keep a new one waiting behind the news of old ones', async () => {
    await many(30, 'failed');
    await night.pass('2m', '1s', 'dispatch');
    for (let job = 0; job < 30; job++) await night.report(`job-${job}`, 'completed');
    await night.register('urgent');
    await night.report('urgent', 'failed');
    const before = night.clock.now().getTime();
    await night.run('dispatch');
    const told = night.slack.messages(CHANNEL).find((message) => textOf(message).includes('urgent failed'));
    expect((told?.postedAt ?? Infinity) - before).toBeLessThan(5_000);
  });

  it('go out one by one when Slack refuses the grouped message, and as one although its answer was lost', async () => {
    night.slack.fault({ kind: 'store_then_drop', method: 'chat.postMessage' });
    await many(12, 'failed');
    await night.pass('1m', '1s', 'dispatch');
    expect(night.posts()).toHaveLength(1);
    expect(night.replies(night.posts()[0])).toHaveLength(12);

    await night.clock.advance('10m');
    night.slack.fault({ kind: 'platform_error', error: 'no_text', method: 'chat.postMessage' });
    for (let job = 0; job < 12; job++) {
      await night.register(`late-${job}`);
      await night.report(`late-${job}`, 'failed');
    }
    await night.pass('1m', '1s', 'dispatch');
    const told = night.slack.messages(CHANNEL).map(textOf).join();
    for (let job = 0; job < 12; job++) expect(told).toContain(`late-${job} failed`);
  });
});

describe('two instances', () => {
  it('scan for silences once an interval, and warn once', async () => {
    const night = await MonitoredNight.begin(HALF_PAST_MIDNIGHT, { storage: 'dynamodb' });
    const second = await night.anotherInstance();
    await night.register('close');
    await night.report('close', 'running');
    await night.clock.advance('11m');
    await letTimePass(night.clock, Promise.all([night.vesper.run('stale-scan'), second.run('stale-scan')]));
    const outcomes = [night.vesper, second].map(
      ({ application }) =>
        application.runner.reports().find(({ name }) => name === 'stale-scan')?.lastOutcome,
    );
    expect(new Set(outcomes)).toEqual(new Set(['done', 'held_elsewhere']));
    await letTimePass(night.clock, Promise.all([night.vesper.run('dispatch'), second.run('dispatch')]));
    expect(night.posts()).toHaveLength(1);
    await letTimePass(night.clock, second.stop());
    await night.end();
  });
});

describe('alerts without Slack', () => {
  it('are kept as skipped in the delivery log', async () => {
    const night = await MonitoredNight.begin(HALF_PAST_MIDNIGHT, { environment: { SLACK_BOT_TOKEN: '' } });
    await night.register('close');
    await night.report('close', 'failed');
    await night.run('dispatch');
    const log = await night.vesper.foundations.store.deliveries.listAttempts(
      { alertId: null, channelId: null, outcome: null },
      { limit: 10, after: null },
    );
    expect(log.items.map((attempt) => attempt.outcome)).toEqual(['skipped']);
    expect((await night.vesper.request('GET', '/health')).json()).toMatchObject({
      status: 'healthy',
      checks: { slack_api: 'disabled' },
    });
    await night.end();
  });
});

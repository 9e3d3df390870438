import { CHANNEL, MonitoredNight } from '../harness/monitored-night';
import { KEYS } from '../harness/vesper';
import { letTimePass } from '../harness/let-time-pass';
import type { FakeMessage } from '../fakes/fake-slack';

jest.setTimeout(30_000);

/** Five minutes before midnight in Jakarta. */
const BEFORE_MIDNIGHT = '2026-03-02T16:55:00.000Z';
const shown = (message: FakeMessage | undefined) => `${message?.text}\n${JSON.stringify(message?.blocks)}`;

describe.each(['json', 'dynamodb'] as const)('the night in Slack, on %s', (storage) => {
  let night: MonitoredNight;

  beforeEach(async () => (night = await MonitoredNight.begin(BEFORE_MIDNIGHT, { storage })));
  afterEach(() => night.end());

  it('is one table, edited each hour, with a last edit and one summary', async () => {
    for (const id of ['close', 'open', 'load']) await night.register(id);
    await night.report('close', 'completed');
    await night.pass('5m', '1m', 'eod-table');
    expect(night.posts()).toHaveLength(1);
    // What ended before midnight is yesterday's.
    expect(shown(night.posts()[0])).toContain('0 completed · 0 running · 0 failed · 0 stale · 3 pending');

    await night.pass('30m', '10m', 'eod-table');
    expect(night.posts()[0]?.edits).toHaveLength(0);
    await night.report('close', 'running');
    await night.report('open', 'failed');
    await night.pass('30m', '10m', 'eod-table');
    expect(night.posts()[0]?.edits).toHaveLength(1);
    // Half an hour without a heartbeat is a silence.
    expect(shown(night.posts()[0])).toContain('0 completed · 0 running · 1 failed · 1 stale · 1 pending');

    for (const id of ['close', 'open', 'load']) await night.report(id, 'completed');
    await night.pass('5h', '30m', 'eod-table');
    const [table, summary, ...more] = night.posts();
    expect(more).toEqual([]);
    expect(table?.edits).toHaveLength(6);
    expect(shown(table)).toContain('3 completed · 0 running · 0 failed · 0 stale · 0 pending');
    expect(shown(summary)).toContain('All clear');

    await night.pass('3h', '30m', 'eod-table');
    expect(night.posts()).toHaveLength(2);
  });

  it('goes on with the same message after a restart, and makes up for what was missed', async () => {
    await night.register('close');
    await night.pass('5m', '1m', 'eod-table');
    await night.clock.advance('150m');
    await night.restart();
    await night.run('eod-table');
    expect(night.posts()).toHaveLength(1);
    expect(night.posts()[0]?.edits).toHaveLength(1);
    // Down over the end of the window: the summary is still made up.
    await night.clock.advance('6h');
    await night.restart();
    await night.run('eod-table');
    expect(night.posts()).toHaveLength(2);
    expect(night.posts()[0]?.edits).toHaveLength(2);
    expect(shown(night.posts()[1])).not.toContain('All clear');
  });

  it('is done once by two instances', async () => {
    await night.register('close');
    const first = night.vesper;
    if (storage === 'json') return; // One process has the folder.
    const second = await night.anotherInstance();
    for (let hour = 0; hour < 7; hour++) {
      await night.clock.advance(hour === 0 ? '5m' : '1h');
      await letTimePass(night.clock, Promise.all([first.run('eod-table'), second.run('eod-table')]));
      await letTimePass(night.clock, Promise.all([second.run('eod-table'), first.run('eod-table')]));
    }
    expect(night.posts()).toHaveLength(2);
    expect(night.posts()[0]?.edits).toHaveLength(6);
    await letTimePass(night.clock, second.stop());
  });

  it('posts the table once although the answer to the post was lost', async () => {
    await night.register('close');
    night.slack.fault({ kind: 'store_then_error', method: 'chat.postMessage' });
    await night.pass('6m', '20s', 'eod-table');
    expect(night.posts()).toHaveLength(1);
    await night.pass('1h', '20m', 'eod-table');
    expect(night.posts()).toHaveLength(1);
  });

  it('posts a deleted table anew, once', async () => {
    await night.register('close');
    await night.pass('5m', '1m', 'eod-table');
    night.slack.deleteMessage(CHANNEL, night.posts()[0]?.ts ?? '');
    await night.pass('1h', '20m', 'eod-table');
    expect(night.posts()).toHaveLength(1);
    await night.pass('1h', '20m', 'eod-table');
    expect(night.posts()).toHaveLength(1);
    expect(night.posts()[0]?.edits).toHaveLength(1);
  });

  it('waits for Slack, and shows the newest step once it is back', async () => {
    await night.register('close');
    night.slack.fault({ kind: 'http_error', status: 503, times: Infinity });
    await night.pass('90m', '5m', 'eod-table');
    expect(night.posts()).toHaveLength(0);
    night.slack.clearFaults();
    await night.pass('10m', '1m', 'eod-table');
    expect(night.posts()).toHaveLength(1);
  });
});

describe('the night in Slack, when things go missing', () => {
  it('begins no table after the end: only the summary is made up', async () => {
    const night = await MonitoredNight.begin(BEFORE_MIDNIGHT);
    await night.register('close');
    night.slack.fault({ kind: 'refuse', times: Infinity });
    await night.pass('380m', '20m', 'eod-table');
    night.slack.clearFaults();
    await night.pass('10m', '1m', 'eod-table');
    expect(night.posts().map((message) => message.metadata?.event_payload)).toEqual([
      { key: 'eod:eod:2026-03-03:summary' },
    ]);
    await night.end();
  });

  it('posts no empty part anew when a table that shrank was deleted', async () => {
    const night = await MonitoredNight.begin(BEFORE_MIDNIGHT);
    for (let job = 0; job < 150; job++) await night.register(`job-${job}`);
    await night.pass('5m', '1m', 'eod-table');
    expect(night.replies(night.posts()[0])).toHaveLength(1);
    for (let job = 50; job < 150; job++)
      await night.vesper.request('DELETE', `/schedulers/job-${job}`, undefined, KEYS.admin);
    await night.pass('1h', '20m', 'eod-table');
    night.slack.deleteMessage(CHANNEL, night.posts()[0]?.ts ?? '');
    await night.pass('1h', '20m', 'eod-table');
    expect(night.posts()).toHaveLength(1);
    expect(night.replies(night.posts()[0])).toHaveLength(0);
    await night.end();
  });

  it('takes its own message back when it was paused past its lease and another instance has posted', async () => {
    const night = await MonitoredNight.begin(BEFORE_MIDNIGHT, { storage: 'dynamodb' });
    await night.register('close');
    await night.clock.advance('5m');
    const second = await night.anotherInstance();
    const { publisher } = night.vesper.foundations.slack;
    const post = publisher.post.bind(publisher);
    // The first stands still between its mark and its post, the second takes over, posts and writes it down; then the first goes on.
    jest.spyOn(publisher, 'post').mockImplementation(async (message, request) => {
      const stored = await second.foundations.store.nights.find('eod', '2026-03-03');
      if (stored !== null) {
        const posted = await second.foundations.slack.publisher.post(message, {
          ...request,
          mayHaveBeenSentSince: null,
        });
        const reference = posted.kind === 'sent' ? posted.reference : null;
        await second.foundations.store.nights.record({
          ...stored,
          messages: [{ reference, sendingSince: null }],
        });
      }
      return post(message, { ...request, mayHaveBeenSentSince: null });
    });
    await night.run('eod-table');
    expect(night.slack.allMessages(CHANNEL)).toHaveLength(2);
    expect(night.posts()).toHaveLength(1);
    await letTimePass(night.clock, second.stop());
    await night.end();
  });
});

describe('the night in Slack, when the clock steps', () => {
  it('does no step twice after a step back, and goes on when time has caught up', async () => {
    const night = await MonitoredNight.begin(BEFORE_MIDNIGHT);
    await night.register('close');
    await night.pass('5m', '1m', 'eod-table');
    await night.pass('1h', '20m', 'eod-table');
    expect(night.posts()[0]?.edits).toHaveLength(1);
    // NTP finds the clock half an hour fast.
    night.clock.stepWallTo('2026-03-02T17:30:00.000Z');
    await night.pass('20m', '5m', 'eod-table');
    expect(night.posts()[0]?.edits).toHaveLength(1);
    await night.pass('70m', '10m', 'eod-table');
    expect(night.posts()).toHaveLength(1);
    expect(night.posts()[0]?.edits).toHaveLength(2);
    await night.end();
  });

  it('calls nobody silent, and takes no heartbeat back, when it steps back', async () => {
    const night = await MonitoredNight.begin('2026-03-02T17:30:00.000Z');
    await night.register('close');
    await night.report('close', 'running');
    await night.clock.advance('5m');
    await night.heartbeat('close');
    night.clock.stepWallTo('2026-03-02T17:20:00.000Z');
    await night.heartbeat('close');
    expect((await night.vesper.request('GET', '/schedulers/close')).json()).toMatchObject({
      last_heartbeat: '2026-03-02T17:35:00.000Z',
      stale: false,
    });
    await night.run('stale-scan', 'dispatch');
    expect(night.posts()).toHaveLength(0);
    await night.end();
  });
});

describe('the night in Slack, with several windows', () => {
  it('has a table for each, in its own zone and channel, with its own schedulers', async () => {
    const windowsFile = JSON.stringify({
      windows: [
        { name: 'eod', time_zone: 'Asia/Jakarta', start: '00:00', end: '06:00', interval_minutes: 60 },
        {
          name: 'late',
          time_zone: 'America/New_York',
          start: '22:00',
          end: '02:00',
          channel_id: 'C0000000002',
          tags: ['us'],
        },
      ],
    });
    const channels = [
      { id: CHANNEL, name: 'eod' },
      { id: 'C0000000002', name: 'late' },
    ];
    // 22:00 in New York on 7 March 2026; the clocks go forward at 02:00 that night, which is the window's end.
    const night = await MonitoredNight.begin('2026-03-08T02:59:00.000Z', { windowsFile }, { channels });
    await night.register('close', { tags: ['us'] });
    await night.register('open');
    await night.pass('6m', '1m', 'eod-table');
    const [late] = night.slack.messages('C0000000002');
    expect(shown(late)).toContain('1 pending');
    expect(shown(late)).toContain('2026-03-07');
    expect(night.posts()).toHaveLength(0);
    await night.pass('4h', '30m', 'eod-table');
    expect(night.slack.messages('C0000000002').map((message) => message.edits.length)).toEqual([4, 0]);
    await night.end();
  });
});

describe('the night in Slack, at size', () => {
  it('shows 1,000 schedulers in one thread, and edits every part of it', async () => {
    const night = await MonitoredNight.begin(BEFORE_MIDNIGHT);
    for (let batch = 0; batch < 10; batch++) {
      await Promise.all(
        Array.from({ length: 100 }, (_, index) => night.register(`job-${batch * 100 + index}`)),
      );
    }
    for (const id of ['job-7', 'job-999'])
      await night.report(id, 'failed', { timestamp: '2026-03-02T17:00:00.000Z' });
    await night.clock.advance('5m');
    await night.run('eod-table');
    const [table] = night.posts();
    expect(night.posts()).toHaveLength(1);
    expect(shown(table)).toContain('job-999');
    const parts = [table, ...night.replies(table)];
    const everything = parts.map(shown).join('\n');
    for (let job = 0; job < 1_000; job++) expect(everything).toContain(`"job-${job}"`);
    await night.clock.advance('1h');
    await night.run('eod-table');
    expect([night.posts()[0], ...night.replies(table)].map((message) => message?.edits.length)).toEqual(
      parts.map(() => 1),
    );
    await night.end();
  });
});

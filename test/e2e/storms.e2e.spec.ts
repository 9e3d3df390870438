import type { FakeMessage } from '../fakes/fake-slack';
import { CHANNEL, MonitoredNight } from '../harness/monitored-night';

/** 00:30 in Jakarta: the default window is open. */
const HALF_PAST_MIDNIGHT = '2026-03-02T17:30:00.000Z';
/** One more than are told one by one. */
const A_STORM = 11;
/** How often it is looked for what is due; it goes on by itself while there is something to tell. */
const LOOK = { json: '1s', dynamodb: '5s' } as const;

const textOf = (message: FakeMessage | undefined) => `${message?.text} ${JSON.stringify(message?.blocks)}`;
const isStorm = ({ metadata }: FakeMessage) => String(metadata?.event_payload['key']).startsWith('storm:');

jest.setTimeout(60_000);

describe.each(['json', 'dynamodb'] as const)('alerts around a storm, on %s', (storage) => {
  let night: MonitoredNight;

  beforeEach(async () => (night = await MonitoredNight.begin(HALF_PAST_MIDNIGHT, { storage })));
  afterEach(() => night.end());

  const fail = async (...jobs: readonly string[]) => {
    for (const job of jobs) {
      await night.register(job);
      await night.report(job, 'failed');
    }
  };
  const crowd = (name: string) => Array.from({ length: A_STORM }, (_, n) => `${name}-${n}`);
  const storms = () => night.posts().filter(isStorm);
  /** Where the messages about this job alone stand: `null` for the channel, else the parent's `ts`. */
  const placesOf = (job: string) =>
    night.slack
      .messages(CHANNEL)
      .filter((message) => !isStorm(message) && textOf(message).includes(`${job} failed`))
      .map(({ threadTs }) => threadTs);
  const loseNextAnswer = () => night.slack.fault({ kind: 'store_then_drop', method: 'chat.postMessage' });

  describe('an alert whose answer was lost', () => {
    it('is found alone in the channel, although a storm has begun since', async () => {
      loseNextAnswer();
      await fail('lost');
      await night.run('dispatch');
      await fail(...crowd('new'));
      await night.pass('1m', LOOK[storage], 'dispatch');
      expect(placesOf('lost')).toEqual([null]);
      expect(night.replies(storms()[0])).toHaveLength(A_STORM);
    });

    it('is found alone in the channel after a crash, although a storm has begun since', async () => {
      await fail('lost');
      const { deliveries } = night.vesper.foundations.store;
      const recordAttempt = jest.spyOn(deliveries, 'recordAttempt').mockRejectedValue(new Error('killed'));
      await night.run('dispatch');
      recordAttempt.mockRestore();
      await night.restart();
      await fail(...crowd('new'));
      await night.pass('1m', LOOK[storage], 'dispatch');
      expect(placesOf('lost')).toEqual([null]);
      expect(night.replies(storms()[0])).toHaveLength(A_STORM);
    });

    it('is found in the thread of its storm, although another storm has begun since', async () => {
      await fail(...crowd('old'));
      await night.run('dispatch');
      loseNextAnswer();
      await fail('lost');
      await night.run('dispatch');
      // Nothing can be looked up for a while; whoever was tried least is tried first when that ends.
      night.slack.fault({
        kind: 'http_error',
        status: 503,
        method: 'conversations.replies',
        times: Infinity,
      });
      await night.pass('2m', '5s', 'dispatch');
      await fail(...crowd('new'));
      night.slack.clearFaults();
      await night.pass('1m', LOOK[storage], 'dispatch');
      const [first, second] = storms();
      expect(placesOf('lost')).toEqual([first?.ts]);
      expect(night.replies(first)).toHaveLength(A_STORM + 1);
      expect(night.replies(second)).toHaveLength(A_STORM);
    });

    it('is posted once although the message in whose thread it belongs was deleted meanwhile', async () => {
      await fail(...crowd('old'));
      await night.run('dispatch');
      loseNextAnswer();
      await fail('lost');
      await night.run('dispatch');
      night.slack.deleteMessage(CHANNEL, storms()[0]?.ts ?? '');
      await night.pass('1m', LOOK[storage], 'dispatch');
      expect(placesOf('lost')).toHaveLength(1);
    });
  });

  it('joins the storm that has begun since when the first attempt certainly did not arrive', async () => {
    night.slack.fault({ kind: 'rate_limited', retryAfterSeconds: 1, method: 'chat.postMessage' });
    await fail('late');
    await night.run('dispatch');
    await fail(...crowd('new'));
    await night.pass('1m', LOOK[storage], 'dispatch');
    expect(storms()).toHaveLength(1);
    expect(night.replies(storms()[0])).toHaveLength(A_STORM + 1);
    expect(placesOf('late')).toEqual([storms()[0]?.ts]);
  });

  describe('the message of a storm', () => {
    const edits = () => night.slack.calls('chat.update');
    /** A storm that has been told, and an alert that came later and is told in its thread. */
    const growUnder = async (fault: Parameters<typeof night.slack.fault>[0]) => {
      await fail(...crowd('old'));
      await night.run('dispatch');
      await night.clock.advance('6s');
      night.slack.fault(fault);
      await fail('late');
      await night.run('dispatch');
      expect(night.replies(storms()[0])).toHaveLength(A_STORM + 1);
      expect(textOf(storms()[0])).not.toContain('late failed');
    };

    it('lists all in the end although its last edit failed, without a new alert', async () => {
      await growUnder({ kind: 'http_error', status: 503, method: 'chat.update', times: Infinity });
      const triedBefore = edits().length;
      await night.pass('1m', '1s', 'dispatch');
      expect(edits().length - triedBefore).toBeGreaterThan(1);
      expect(edits().length - triedBefore).toBeLessThanOrEqual(12);
      night.slack.clearFaults();
      await night.pass('1m', LOOK[storage], 'dispatch');
      expect(textOf(storms()[0])).toContain('late failed');
      expect(storms()[0]?.edits).toHaveLength(1);
    });

    it('lists all in the end although Vesper was restarted after its last edit failed', async () => {
      await growUnder({ kind: 'http_error', status: 503, method: 'chat.update', times: Infinity });
      await night.restart();
      night.slack.clearFaults();
      await night.pass('1m', LOOK[storage], 'dispatch');
      expect(textOf(storms()[0])).toContain('late failed');
    });

    it('is left as it is when Slack refuses the edit for good', async () => {
      await growUnder({
        kind: 'platform_error',
        error: 'is_inactive',
        method: 'chat.update',
        times: Infinity,
      });
      const tried = edits().length;
      await night.pass('1m', LOOK[storage], 'dispatch');
      expect(edits()).toHaveLength(tried);
    });

    it('is posted anew once although it was deleted and the answer to the new one was lost', async () => {
      await fail(...crowd('old'));
      await night.run('dispatch');
      await night.clock.advance('6s');
      night.slack.deleteMessage(CHANNEL, storms()[0]?.ts ?? '');
      loseNextAnswer();
      await fail('late');
      await night.pass('1m', LOOK[storage], 'dispatch');
      expect(storms()).toHaveLength(1);
      expect(textOf(storms()[0])).toContain('late failed');
      expect(placesOf('late')).toHaveLength(1);
    });
  });
});

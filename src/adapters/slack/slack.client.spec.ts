import { createServer } from 'node:net';
import { CHANNEL, OTHER_CHANNEL, recordingLog, SlackRig, TOKEN } from '../../../test/harness/slack-rig';
import type { FakeFault } from '../../../test/fakes/fake-slack';
import { FakeClock } from '../../../test/fakes/fake-clock';
import { Secret } from '../../platform/config/secret';
import { SlackClient, type SlackAnswer } from './slack.client';

const POST = 'chat.postMessage';

describe('SlackClient', () => {
  let rig: SlackRig;

  beforeEach(async () => {
    rig = await SlackRig.start();
  });
  afterEach(() => rig.close());

  const post = (channel = CHANNEL) => rig.client.call(POST, { channel, text: 'x' }, rig.signal);
  const outcomeOf = (answer: SlackAnswer) => (answer.ok ? null : answer.fault.outcome);

  it('answers what Slack answered', async () => {
    const answer = await post();
    expect(answer).toMatchObject({ ok: true, httpStatus: 200, data: { channel: CHANNEL } });
  });

  it.each<[string, FakeFault, object]>([
    [
      'a throttle',
      { kind: 'rate_limited', retryAfterSeconds: 7 },
      { reason: 'rate_limited', afterMs: 7_000, httpStatus: 429, outcomeUnknown: false },
    ],
    [
      'a throttle that does not say for how long',
      { kind: 'rate_limited_without_retry_after' },
      { reason: 'rate_limited', afterMs: null, httpStatus: 429, outcomeUnknown: false },
    ],
    [
      'a web page',
      { kind: 'garbage' },
      { reason: 'unreadable_answer', httpStatus: 200, outcomeUnknown: true },
    ],
    [
      'a fault of its edge',
      { kind: 'http_error', status: 503 },
      { reason: 'server_error', httpStatus: 503, outcomeUnknown: true },
    ],
    [
      'a timeout of a proxy',
      { kind: 'http_error', status: 408 },
      { reason: 'timeout', httpStatus: 408, outcomeUnknown: true },
    ],
    [
      'that it may have done part of it',
      { kind: 'platform_error', error: 'internal_error' },
      { reason: 'server_error', outcomeUnknown: true },
    ],
    [
      'that it took too long',
      { kind: 'platform_error', error: 'request_timeout' },
      { reason: 'timeout', outcomeUnknown: true },
    ],
    [
      'that it is busy',
      { kind: 'platform_error', error: 'service_unavailable' },
      { reason: 'server_error', outcomeUnknown: false },
    ],
    [
      'a throttle without its status',
      { kind: 'platform_error', error: 'rate_limited' },
      { reason: 'rate_limited', outcomeUnknown: false },
    ],
    [
      'nothing, having closed the line',
      { kind: 'refuse' },
      { reason: 'network', httpStatus: null, outcomeUnknown: true },
    ],
    [
      'nothing, having done the work',
      { kind: 'store_then_drop' },
      { reason: 'network', outcomeUnknown: true },
    ],
  ])('calls it passing when Slack answers %s', async (_name, fault, expected) => {
    rig.fake.fault(fault);
    expect(outcomeOf(await post())).toMatchObject({ kind: 'retry', ...expected });
  });

  it.each([
    ['invalid_auth', 'unauthorized'],
    ['missing_scope', 'unauthorized'],
    ['token_revoked', 'unauthorized'],
    ['channel_not_found', 'target_gone'],
    ['is_archived', 'target_gone'],
    ['not_in_channel', 'target_gone'],
    ['invalid_blocks', 'bad_payload'],
    ['msg_too_long', 'bad_payload'],
    ['no_text', 'bad_payload'],
    ['restricted_action', 'refused'],
    ['something_new', 'refused'],
  ])('calls %s final: %s', async (error, reason) => {
    rig.fake.fault({ kind: 'platform_error', error });
    expect(outcomeOf(await post())).toMatchObject({ kind: 'refused', reason, error: `${POST}: ${error}` });
  });

  it.each([
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [404, 'refused'],
  ])('calls HTTP %d of a proxy final', async (status, reason) => {
    rig.fake.fault({ kind: 'http_error', status });
    expect(outcomeOf(await post())).toMatchObject({ kind: 'refused', reason, httpStatus: status });
  });

  it('says which scope is missing, and tells the operator', async () => {
    await rig.close();
    rig = await SlackRig.start({ scopes: [] });
    expect(outcomeOf(await post())).toMatchObject({
      reason: 'unauthorized',
      error: expect.stringContaining('needs chat:write') as string,
    });
    expect(rig.logged).toContainEqual(expect.objectContaining({ level: 'error' }));
  });

  it('gives up on a call that Slack does not answer in time', async () => {
    await rig.close();
    rig = await SlackRig.start({ timeoutMs: 50 });
    rig.fake.fault({ kind: 'hang' });
    expect(outcomeOf(await post())).toMatchObject({ reason: 'timeout', outcomeUnknown: true });
  });

  it('gives a message that is on its way three more seconds when told to end', async () => {
    rig.fake.fault({ kind: 'hang' });
    let ended = false;
    const answer = post().finally(() => (ended = true));
    await rig.received(POST, 1);
    rig.controller.abort();
    await rig.clock.advance('2900ms');
    expect(ended).toBe(false);
    await rig.clock.advance('100ms');
    expect(outcomeOf(await answer)).toMatchObject({ reason: 'aborted', outcomeUnknown: true });
  });

  it('gives up a question at once when told to end', async () => {
    rig.fake.fault({ kind: 'hang' });
    const answer = rig.client.call('auth.test', {}, rig.controller.signal);
    await rig.received('auth.test', 1);
    rig.controller.abort();
    expect(outcomeOf(await answer)).toMatchObject({ reason: 'aborted' });
  });

  it('sends nothing when the right to send has passed to somebody else by the time of its turn', async () => {
    const args = { channel: CHANNEL, text: 'hello' };
    const answer = await rig.client.call(POST, args, rig.controller.signal, 'alert', () => false);
    expect(outcomeOf(answer)).toMatchObject({ reason: 'aborted', outcomeUnknown: false });
    expect(rig.fake.calls()).toEqual([]);
  });

  it('sends nothing when told to give up before', async () => {
    rig.controller.abort();
    expect(outcomeOf(await post())).toMatchObject({ reason: 'aborted', outcomeUnknown: false });
    expect(rig.fake.calls()).toEqual([]);
  });

  it('knows that nothing was sent when nobody listens', async () => {
    const settings = {
      token: new Secret(TOKEN),
      apiUrl: `http://127.0.0.1:${await aFreePort()}/`,
      timeoutMs: 1_000,
    };
    const client = new SlackClient(settings, new FakeClock(), recordingLog().log);
    const answer = await client.call('auth.test', {}, rig.signal);
    expect(outcomeOf(answer)).toMatchObject({
      reason: 'network',
      error: 'auth.test: ECONNREFUSED',
      outcomeUnknown: false,
    });
  });

  it.each(['null', '5', '[]', '{}', '{"ok":false}', '{"ok":false,"error":{"a":1}}', ''])(
    'survives the answer %p',
    async (body) => {
      const server = await answering(body);
      const settings = { token: new Secret(TOKEN), apiUrl: server.url, timeoutMs: 1_000 };
      const client = new SlackClient(settings, new FakeClock(), recordingLog().log);
      const answer = await client.call('auth.test', {}, rig.signal);
      expect(outcomeOf(answer)).toMatchObject({
        kind: 'retry',
        reason: 'unreadable_answer',
        outcomeUnknown: true,
      });
      await server.close();
    },
  );

  it('shows the token nowhere', async () => {
    await rig.close();
    rig = await SlackRig.start({ sentToken: 'xoxb-very-secret' });
    const answer = await post();
    rig.fake.fault({ kind: 'refuse' });
    const dropped = await rig.finish(post());
    expect(JSON.stringify([answer, dropped, rig.logged])).not.toContain('very-secret');
    expect(outcomeOf(answer)).toMatchObject({ reason: 'unauthorized' });
  });

  describe('keeping to the rate limits', () => {
    it('posts one message a second to a channel, so that Slack never throttles', async () => {
      const answers = await rig.finish(Promise.all(Array.from({ length: 5 }, () => post())));
      expect(answers.every((answer) => answer.ok)).toBe(true);
      const times = rig.fake.messages(CHANNEL).map((message) => message.postedAt);
      const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
      expect(gaps.every((gap) => gap >= 1_000)).toBe(true);
    });

    it('lets no channel wait for another', async () => {
      rig.fake.fault({ kind: 'hang', channel: CHANNEL });
      const stuck = post(CHANNEL);
      const waiting = post(CHANNEL);
      expect((await post(OTHER_CHANNEL)).ok).toBe(true);
      rig.controller.abort();
      await rig.clock.advance('3s');
      await Promise.all([stuck, waiting]);
    });

    it('pauses only the channel that was throttled', async () => {
      rig.fake.fault({ kind: 'rate_limited', retryAfterSeconds: 60, channel: CHANNEL });
      await post(CHANNEL);
      expect(outcomeOf(await post(CHANNEL))).toMatchObject({
        reason: 'rate_limited',
        afterMs: 60_000,
        httpStatus: null,
      });
      expect((await post(OTHER_CHANNEL)).ok).toBe(true);
      expect(rig.fake.calls(POST)).toHaveLength(2);

      await rig.clock.advance('61s');
      expect((await post(CHANNEL)).ok).toBe(true);
    });

    it('pauses another method by itself', async () => {
      rig.fake.fault({ kind: 'rate_limited', retryAfterSeconds: 60, method: 'chat.update' });
      const update = () =>
        rig.client.call('chat.update', { channel: CHANNEL, ts: '1.0', text: 'x' }, rig.signal);
      await update();
      expect(outcomeOf(await update())).toMatchObject({ reason: 'rate_limited' });
      expect((await post()).ok).toBe(true);
    });

    it('waits through a short pause instead of failing', async () => {
      rig.fake.fault({ kind: 'rate_limited', retryAfterSeconds: 2 });
      await post();
      const before = rig.clock.monotonicMs();
      expect((await rig.finish(post())).ok).toBe(true);
      expect(rig.clock.monotonicMs() - before).toBeGreaterThanOrEqual(2_000);
    });
  });
});

function aFreePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}

/** A server that answers every request with this body. */
function answering(body: string): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', () => socket.end(head + body));
    }).listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
      const close = () => new Promise<void>((closed) => server.close(() => closed()));
      resolve({ url: `http://127.0.0.1:${port}/`, close });
    });
  });
}

import { anAlert } from '../../../test/builders/an-alert';
import { CHANNEL, SlackRig } from '../../../test/harness/slack-rig';
import type { Alert } from '../../domain/alerts/alert';
import type { SendOutcome } from '../../domain/notifications/channel';
import type { AlertNotification, SendContext } from '../../domain/notifications/notification';
import { DisabledSlackChannel } from './disabled-slack.channel';
import { SlackChannel } from './slack.channel';

const POST = 'chat.postMessage';
const UPDATE = 'chat.update';
const firing = anAlert()
  .with({ owner: { slackUserId: 'U123ABC', email: null } })
  .build();
const resolved: Alert = anAlert().resolved('2026-03-02T17:11:00Z').build();

describe('SlackChannel', () => {
  let rig: SlackRig;
  let channel: SlackChannel;

  beforeEach(async () => {
    rig = await SlackRig.start();
    const settings = { id: 'slack', slackChannelId: CHANNEL, timeZone: 'Asia/Jakarta' };
    channel = new SlackChannel(settings, rig.messenger);
  });
  afterEach(() => rig.close());

  const context = (fields: Partial<SendContext> = {}): SendContext => ({
    key: 'delivery-1',
    previous: null,
    thread: null,
    mayHaveBeenSentSince: null,
    signal: rig.signal,
    ...fields,
  });

  function send(
    event: AlertNotification['event'],
    alert: Alert,
    fields: Partial<SendContext> = {},
  ): Promise<SendOutcome> {
    return rig.finish(channel.send({ kind: 'alert', event, alert, mentionOwner: true }, context(fields)));
  }

  function storm(titles: readonly string[], fields: Partial<SendContext> = {}): Promise<SendOutcome> {
    const members = titles.map((title) => ({ alertId: title, title, slackUserId: null }));
    return rig.finish(channel.send({ kind: 'storm', startedAt: rig.clock.now(), members }, context(fields)));
  }

  function referenceOf(outcome: SendOutcome): string {
    if (outcome.kind !== 'sent' || outcome.reference === null) throw new Error(JSON.stringify(outcome));
    return outcome.reference;
  }

  const messages = () => rig.fake.messages(CHANNEL);
  const tops = () => messages().filter(({ threadTs }) => threadTs === null);
  const replies = () => messages().filter(({ threadTs }) => threadTs !== null);
  const deleteFirst = () => rig.fake.deleteMessage(CHANNEL, messages()[0]?.ts ?? '');
  const openedBefore = async () => referenceOf(await send('opened', firing, { key: 'delivery-0' }));

  describe('a new alert', () => {
    it('is posted, its owner mentioned', async () => {
      const reference = await openedBefore();
      expect(messages()).toMatchObject([{ mentions: [{ raw: '<@U123ABC>' }], markupWarnings: [] }]);
      expect(reference).toBe(`${CHANNEL}/${messages()[0]?.ts}`);
    });

    it('goes into the thread of its storm', async () => {
      const thread = referenceOf(await storm(['one', 'two'], { key: 'storm' }));
      await send('opened', firing, { thread });
      expect(replies()).toHaveLength(1);
    });

    it('goes into the channel when somebody deleted the storm', async () => {
      const thread = referenceOf(await storm(['one', 'two'], { key: 'storm' }));
      deleteFirst();
      expect((await send('opened', firing, { thread })).kind).toBe('sent');
      expect(tops()).toHaveLength(1);
    });

    it('is posted once although its answer was lost', async () => {
      rig.fake.fault({ kind: 'store_then_drop', method: POST });
      const since = rig.clock.now();
      expect(await send('opened', firing)).toMatchObject({ kind: 'retry', outcomeUnknown: true });
      expect((await send('opened', firing, { mayHaveBeenSentSince: since })).kind).toBe('sent');
      expect(messages()).toHaveLength(1);
    });

    it('arrives as plain text when its layout is refused', async () => {
      rig.fake.fault({ kind: 'platform_error', error: 'invalid_blocks', method: POST });
      expect((await send('opened', firing)).kind).toBe('sent');
      expect(messages()).toMatchObject([
        { blocks: [], mentions: [{ raw: '<@U123ABC>' }], markupWarnings: [] },
      ]);
      expect(messages()[0]?.text).toContain('Correlation id test');
    });
  });

  describe('a repeat', () => {
    const again: Alert = { ...firing, occurrences: 2, lastSeenAt: new Date('2026-03-02T17:30:00Z') };

    it('edits the message and its count', async () => {
      const previous = await openedBefore();
      expect(referenceOf(await send('repeated', again, { previous }))).toBe(previous);
      expect(messages()).toHaveLength(1);
      expect(JSON.stringify(messages()[0]?.blocks)).toContain('Seen 2 times');
    });

    it('is posted anew when somebody deleted the message, and once', async () => {
      const previous = await openedBefore();
      deleteFirst();
      rig.fake.fault({ kind: 'store_then_error', method: POST });
      const since = rig.clock.now();
      await send('repeated', again, { previous });
      const outcome = await send('repeated', again, { previous, mayHaveBeenSentSince: since });
      expect(messages()).toMatchObject([{ metadata: { event_payload: { key: 'delivery-1:anew' } } }]);
      expect(referenceOf(outcome)).toBe(`${CHANNEL}/${messages()[0]?.ts}`);
    });

    it('stays in the thread of its storm when it is posted anew', async () => {
      const thread = referenceOf(await storm(['one', 'two'], { key: 'storm' }));
      const previous = referenceOf(await send('opened', firing, { key: 'delivery-0', thread }));
      rig.fake.deleteMessage(CHANNEL, replies()[0]?.ts ?? '');
      await send('repeated', again, { previous });
      expect(replies()).toHaveLength(1);
    });
  });

  describe('the end of an alert', () => {
    it('turns the message green and leaves a note in its thread', async () => {
      const previous = await openedBefore();
      expect(referenceOf(await send('resolved', resolved, { previous }))).toBe(previous);
      expect(tops()).toMatchObject([
        { text: '✅ Resolved: Service A · EOD Processing failed', mentions: [] },
      ]);
      expect(replies()).toMatchObject([{ metadata: { event_payload: { key: 'delivery-1:note' } } }]);
    });

    it('leaves its note in the storm’s thread when the alert stands there', async () => {
      const thread = referenceOf(await storm(['one', 'two'], { key: 'storm' }));
      const previous = referenceOf(await send('opened', firing, { key: 'delivery-0', thread }));
      await send('resolved', resolved, { previous });
      expect(replies()).toHaveLength(2);
      expect(new Set(replies().map(({ threadTs }) => threadTs)).size).toBe(1);
    });

    it('is finished when only the edit went through, and not done twice when both did', async () => {
      const previous = await openedBefore();
      rig.fake.fault({ kind: 'platform_error', error: 'service_unavailable', method: POST });
      expect((await send('resolved', resolved, { previous })).kind).toBe('retry');
      rig.fake.fault({ kind: 'store_then_drop', method: POST });
      const since = rig.clock.now();
      expect(await send('resolved', resolved, { previous })).toMatchObject({ outcomeUnknown: true });
      expect((await send('resolved', resolved, { previous, mayHaveBeenSentSince: since })).kind).toBe('sent');
      expect(replies()).toHaveLength(1);
    });

    it('leaves no note while the edit does not go through', async () => {
      const previous = await openedBefore();
      rig.fake.fault({ kind: 'http_error', status: 503, method: UPDATE });
      expect((await send('resolved', resolved, { previous })).kind).toBe('retry');
      expect(messages()).toHaveLength(1);
    });

    it('is said in a message of its own when there is none to edit', async () => {
      await send('resolved', resolved);
      expect(messages()).toMatchObject([{ text: '✅ Resolved: Service A · EOD Processing failed' }]);
      expect(messages()[0]?.blocks).toHaveLength(1);
    });

    it('is posted anew, without a note below, when somebody deleted the message', async () => {
      const previous = await openedBefore();
      deleteFirst();
      await send('resolved', resolved, { previous });
      expect(tops()).toHaveLength(1);
      expect(replies()).toEqual([]);
    });
  });

  describe('an alert that flaps', () => {
    it('says so in its message when it opened', async () => {
      await send('flapping', firing);
      expect(JSON.stringify(messages()[0]?.blocks)).toContain('Flapping');
    });

    it('says so below its message when it resolved, since an edit rings no bell', async () => {
      const previous = await openedBefore();
      await send('flapping', resolved, { previous });
      expect(JSON.stringify(replies()[0]?.blocks)).toContain('Flapping');
    });

    it('says how it ended up when it is still open', async () => {
      const previous = referenceOf(await send('flapping', firing, { key: 'delivery-0' }));
      await send('opened', firing, { previous });
      expect(JSON.stringify(tops()[0]?.blocks)).not.toContain('Flapping');
      expect(JSON.stringify(replies()[0]?.blocks)).toContain('still open');
    });
  });

  describe('a storm', () => {
    it('is edited as it grows', async () => {
      const previous = referenceOf(await storm(['one'], { key: 'storm' }));
      await storm(['one', 'two'], { key: 'storm', previous });
      expect(messages()).toMatchObject([{ text: expect.stringContaining('2 alerts') as string }]);
    });

    it('lists who joined meanwhile when its first attempt is found', async () => {
      rig.fake.fault({ kind: 'store_then_drop', method: POST });
      const since = rig.clock.now();
      await storm(['one']);
      await storm(['one', 'two'], { mayHaveBeenSentSince: since });
      expect(messages()).toMatchObject([{ text: expect.stringContaining('2 alerts') as string }]);
    });
  });

  it('obeys the signal', async () => {
    rig.fake.fault({ kind: 'hang' });
    const outcome = channel.send(
      { kind: 'alert', event: 'opened', alert: firing, mentionOwner: true },
      context(),
    );
    await rig.received(POST, 1);
    rig.controller.abort();
    await rig.clock.advance('3s');
    expect(await outcome).toMatchObject({ kind: 'retry', reason: 'aborted', outcomeUnknown: true });
  });
});

describe('DisabledSlackChannel', () => {
  it('says that it is disabled, and sends nothing', async () => {
    const channel = new DisabledSlackChannel('slack');
    expect(channel.state).toBe('disabled');
    expect(await channel.send()).toMatchObject({ kind: 'refused', error: 'Slack is not configured' });
  });
});

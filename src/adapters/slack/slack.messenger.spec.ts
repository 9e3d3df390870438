import { CHANNEL, SlackRig } from '../../../test/harness/slack-rig';
import { section, type SlackMessage } from './slack-message';
import { decodeReference } from './slack-reference';
import type { SlackPost } from './slack.messenger';

const HISTORY = 'conversations.history';
const POST = 'chat.postMessage';

describe('SlackMessenger', () => {
  let rig: SlackRig;
  let since: Date;

  beforeEach(async () => {
    rig = await SlackRig.start();
    since = rig.clock.now();
  });
  afterEach(() => rig.close());

  function message(text = 'hello'): SlackMessage {
    const plain = { text: `plain ${text}`, blocks: [], fallback: null };
    return { text, blocks: [section(text)], fallback: plain };
  }

  function aPost(fields: Partial<SlackPost> = {}): SlackPost {
    return {
      channel: CHANNEL,
      threadTs: null,
      key: 'key-1',
      priority: 'alert',
      mayHaveBeenSentSince: null,
      mayHaveChanged: false,
      signal: rig.signal,
      ...fields,
    };
  }

  const post = (fields: Partial<SlackPost> = {}, content = message()) =>
    rig.finish(rig.messenger.post(content, aPost(fields)));
  const again = (fields: Partial<SlackPost> = {}, content = message()) =>
    post({ mayHaveBeenSentSince: since, ...fields }, content);

  async function posted(fields: Partial<SlackPost> = {}) {
    const outcome = await post(fields);
    const reference = outcome.kind === 'sent' ? decodeReference(outcome.reference ?? '') : null;
    if (reference === null) throw new Error(`not posted: ${JSON.stringify(outcome)}`);
    return reference;
  }

  describe('posting', () => {
    it('tells where the message stands, and leaves its key in it', async () => {
      const outcome = await post();
      const [found] = rig.fake.messages(CHANNEL);
      expect(outcome).toEqual({ kind: 'sent', reference: `${CHANNEL}/${found?.ts}`, httpStatus: 200 });
      expect(found?.metadata).toEqual({ event_type: 'vesper_message', event_payload: { key: 'key-1' } });
    });

    it('replies in a thread', async () => {
      const parent = await posted();
      const reply = await posted({ key: 'key-2', threadTs: parent.ts });
      expect(reply.threadTs).toBe(parent.ts);
    });

    it('says that the thread is gone', async () => {
      const parent = await posted();
      rig.fake.deleteMessage(CHANNEL, parent.ts);
      expect(await post({ key: 'key-2', threadTs: parent.ts })).toEqual({ kind: 'missing' });
    });

    it('knows that a reply to a deleted message went into the channel', async () => {
      await rig.close();
      rig = await SlackRig.start({ repliesToDeletedParent: 'unthread' });
      const parent = await posted();
      rig.fake.deleteMessage(CHANNEL, parent.ts);
      expect((await posted({ key: 'key-2', threadTs: parent.ts })).threadTs).toBeNull();
    });

    it('sends the plainer form, once, when Slack refuses the blocks, and says so in the log', async () => {
      const broken: SlackMessage = { ...message(), blocks: [section('')] };
      expect((await post({}, broken)).kind).toBe('sent');
      expect(rig.fake.messages(CHANNEL)).toMatchObject([{ text: 'plain hello', blocks: [] }]);
      expect(rig.logged.filter(({ level }) => level === 'error')).toHaveLength(1);
    });

    it('gives up when the plainest form is refused as well', async () => {
      rig.fake.fault({ kind: 'platform_error', error: 'invalid_blocks', method: POST, times: 5 });
      expect(await post()).toMatchObject({ kind: 'refused', reason: 'bad_payload' });
      expect(rig.fake.calls(POST)).toHaveLength(2);
    });
  });

  describe('posting what may have arrived before', () => {
    it.each(['store_then_drop', 'store_then_error'] as const)('finds it after %s', async (kind) => {
      rig.fake.fault({ kind, method: POST });
      expect(await post()).toMatchObject({ kind: 'retry', outcomeUnknown: true });
      const [found] = rig.fake.messages(CHANNEL);

      expect(await again()).toMatchObject({ kind: 'sent', reference: `${CHANNEL}/${found?.ts}` });
      expect(rig.fake.messages(CHANNEL)).toHaveLength(1);
    });

    it('finds it in a thread', async () => {
      const parent = await posted();
      rig.fake.fault({ kind: 'store_then_drop', method: POST });
      await post({ key: 'key-2', threadTs: parent.ts });
      const outcome = await again({ key: 'key-2', threadTs: parent.ts });
      expect(outcome).toMatchObject({
        kind: 'sent',
        reference: expect.stringMatching(`/${parent.ts}$`) as string,
      });
      expect(rig.fake.messages(CHANNEL)).toHaveLength(2);
    });

    it('finds it in the channel when its thread is gone', async () => {
      await rig.close();
      rig = await SlackRig.start({ repliesToDeletedParent: 'unthread' });
      const parent = await posted();
      rig.fake.deleteMessage(CHANNEL, parent.ts);
      rig.fake.fault({ kind: 'store_then_drop', method: POST });
      await post({ key: 'key-2', threadTs: parent.ts });
      expect((await again({ key: 'key-2', threadTs: parent.ts })).kind).toBe('sent');
      expect(rig.fake.messages(CHANNEL)).toHaveLength(1);
    });

    it('finds it in the channel when only the parent of its thread is gone', async () => {
      await rig.close();
      rig = await SlackRig.start({ repliesToDeletedParent: 'unthread' });
      const parent = await posted();
      await posted({ key: 'key-2', threadTs: parent.ts });
      rig.fake.deleteMessage(CHANNEL, parent.ts);
      rig.fake.fault({ kind: 'store_then_drop', method: POST });
      await post({ key: 'key-3', threadTs: parent.ts });
      expect((await again({ key: 'key-3', threadTs: parent.ts })).kind).toBe('sent');
      expect(rig.fake.messages(CHANNEL)).toHaveLength(2);
    });

    it('posts when it is not there', async () => {
      rig.fake.fault({ kind: 'refuse', method: POST });
      await post();
      expect((await again()).kind).toBe('sent');
      expect(rig.fake.messages(CHANNEL)).toHaveLength(1);
    });

    it('does not take another message, or one somebody else wrote, for it', async () => {
      await posted({ key: 'key-2' });
      rig.fake.postAsHuman(CHANNEL, 'hello');
      expect((await again()).kind).toBe('sent');
      expect(rig.fake.messages(CHANNEL)).toHaveLength(3);
    });

    it('finds it although Slack’s clock is behind, and a busy channel went on', async () => {
      since = new Date(rig.clock.now().getTime() + 4 * 60_000);
      await posted();
      for (let index = 0; index < 450; index++) rig.fake.postAsHuman(CHANNEL, 'chatter');
      expect((await again()).kind).toBe('sent');
      expect(rig.fake.messages(CHANNEL)).toHaveLength(451);
      expect(rig.fake.calls(HISTORY)).toHaveLength(3);
    });

    it('brings it up to date when it may have said something else', async () => {
      await posted();
      const outcome = await again({ mayHaveChanged: true }, message('newer'));
      expect(outcome.kind).toBe('sent');
      expect(rig.fake.messages(CHANNEL)).toMatchObject([{ text: 'newer' }]);
    });

    it('stays in doubt when it cannot be brought up to date now', async () => {
      await posted();
      rig.fake.fault({ kind: 'rate_limited', retryAfterSeconds: 30, method: 'chat.update' });
      expect(await again({ mayHaveChanged: true })).toMatchObject({
        kind: 'retry',
        outcomeUnknown: true,
        afterMs: 30_000,
      });
    });

    it.each<[string, Parameters<SlackRig['fake']['fault']>[0]]>([
      ['throttled', { kind: 'rate_limited', retryAfterSeconds: 30, method: HISTORY }],
      ['dropped', { kind: 'refuse', method: HISTORY }],
      ['garbled', { kind: 'garbage', method: HISTORY }],
    ])('stays in doubt while looking is %s', async (_name, fault) => {
      await posted();
      rig.fake.fault(fault);
      expect(await again()).toMatchObject({ kind: 'retry', outcomeUnknown: true });
      expect(rig.fake.messages(CHANNEL)).toHaveLength(1);
    });

    it('prefers a message twice over none where it may not look, and warns', async () => {
      await rig.close();
      rig = await SlackRig.start({ scopes: ['chat:write'] });
      await posted();
      expect((await again()).kind).toBe('sent');
      expect(rig.fake.messages(CHANNEL)).toHaveLength(2);
      expect(rig.logged).toContainEqual(
        expect.objectContaining({
          level: 'warn',
          fields: expect.objectContaining({ key: 'key-1' }) as object,
        }),
      );
    });

    it('looks through no more than 2,000 messages', async () => {
      for (let index = 0; index < 2_001; index++) rig.fake.postAsHuman(CHANNEL, 'chatter');
      expect((await again()).kind).toBe('sent');
      expect(rig.fake.calls(HISTORY)).toHaveLength(10);
      expect(rig.logged).toContainEqual(expect.objectContaining({ level: 'warn' }));
    });
  });

  describe('editing', () => {
    const edit = (
      reference: { channel: string; ts: string; threadTs: string | null },
      content = message('newer'),
    ) => rig.finish(rig.messenger.update(content, reference, rig.rights));

    it('changes text and blocks, and keeps the key', async () => {
      const reference = await posted();
      expect(await edit(reference)).toMatchObject({ kind: 'sent', reference: `${CHANNEL}/${reference.ts}` });
      expect(rig.fake.messages(CHANNEL)).toMatchObject([
        {
          text: 'newer',
          blocks: [{ text: { text: 'newer' } }],
          metadata: { event_payload: { key: 'key-1' } },
        },
      ]);
    });

    it('says that the message is gone', async () => {
      const reference = await posted();
      rig.fake.deleteMessage(CHANNEL, reference.ts);
      expect(await edit(reference)).toEqual({ kind: 'missing' });
    });

    it.each(['cant_update_message', 'edit_window_closed'])('takes %s for gone', async (error) => {
      const reference = await posted();
      rig.fake.fault({ kind: 'platform_error', error, method: 'chat.update' });
      expect(await edit(reference)).toEqual({ kind: 'missing' });
    });

    it('takes the old blocks away when only the plain form is accepted', async () => {
      const reference = await posted();
      expect((await edit(reference, { ...message('newer'), blocks: [section('')] })).kind).toBe('sent');
      expect(rig.fake.messages(CHANNEL)).toMatchObject([{ text: 'plain newer', blocks: [] }]);
    });
  });

  describe('deleting', () => {
    it('deletes, and is content with what is gone already', async () => {
      const reference = await posted();
      const remove = () => rig.finish(rig.messenger.delete(reference, rig.signal));
      expect((await remove()).kind).toBe('sent');
      expect(rig.fake.messages(CHANNEL)).toEqual([]);
      expect((await remove()).kind).toBe('sent');
    });

    it('says why not', async () => {
      rig.fake.fault({ kind: 'platform_error', error: 'cant_delete_message' });
      const outcome = await rig.finish(
        rig.messenger.delete({ channel: CHANNEL, ts: '1.0', threadTs: null }, rig.signal),
      );
      expect(outcome).toMatchObject({ kind: 'refused', reason: 'refused' });
    });
  });
});

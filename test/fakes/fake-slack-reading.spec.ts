import { callJson, clientOf, EOD, errorOf, post, SlackReply } from './fake-slack/calling';
import { FakeSlack } from './fake-slack';

describe('reading back from FakeSlack', () => {
  let fake: FakeSlack;
  let now = 1_700_000_000_000;

  beforeEach(async () => {
    fake = await FakeSlack.start({ now: () => now, enforceRateLimits: false });
  });
  afterEach(() => fake.close());

  const postInOrder = async (texts: string[], args: object = {}): Promise<string[]> => {
    const timestamps: string[] = [];
    for (const text of texts) {
      now += 1_000;
      timestamps.push(await post(fake, { text, ...args }));
    }
    return timestamps;
  };
  const history = (args: object = {}): Promise<SlackReply> =>
    callJson(fake, 'conversations.history', { channel: EOD, ...args });
  const replies = (args: object): Promise<SlackReply> =>
    callJson(fake, 'conversations.replies', { channel: EOD, ...args });
  const textsOf = (reply: SlackReply): unknown[] | undefined => reply.messages?.map(({ text }) => text);

  it('answers top-level messages, newest first, with their replies counted', async () => {
    const [first = ''] = await postInOrder(['1', '2']);
    await postInOrder(['in thread'], { thread_ts: first });
    await postInOrder(['also to channel'], { thread_ts: first, reply_broadcast: true });

    const reply = await history();

    expect(textsOf(reply)).toEqual(['also to channel', '2', '1']);
    expect(reply.messages?.[2]).toMatchObject({ thread_ts: first, reply_count: 2 });
    expect(reply.has_more).toBe(false);
  });

  it('pages by cursor, also while messages are added', async () => {
    await postInOrder(['1', '2', '3', '4', '5']);

    const first = await history({ limit: 2 });
    await postInOrder(['6']);
    const second = await history({ limit: 2, cursor: first.response_metadata?.next_cursor });
    const third = await history({ limit: 2, cursor: second.response_metadata?.next_cursor });

    expect([first, second, third].map(textsOf)).toEqual([['5', '4'], ['3', '2'], ['1']]);
    expect(third).toMatchObject({ has_more: false });
    expect(third.response_metadata).toBeUndefined();
  });

  it('bounds by oldest and latest, exclusive unless told otherwise', async () => {
    const [first, , third] = await postInOrder(['1', '2', '3']);

    expect(textsOf(await history({ oldest: first, latest: third }))).toEqual(['2']);
    expect(textsOf(await history({ oldest: first, latest: third, inclusive: true }))).toEqual([
      '3',
      '2',
      '1',
    ]);
    expect(textsOf(await history({ oldest: first?.split('.')[0] }))).toEqual(['3', '2']);
  });

  it('refuses bad limits, cursors and bounds', async () => {
    expect(await history({ limit: 1000 })).toMatchObject({ error: 'invalid_limit' });
    expect(await history({ limit: 0 })).toMatchObject({ error: 'invalid_limit' });
    expect(await history({ cursor: 'x' })).toMatchObject({ error: 'invalid_cursor' });
    expect(await history({ oldest: 'yesterday' })).toMatchObject({ error: 'invalid_ts_oldest' });
  });

  it('answers a thread with the parent first, then the oldest reply', async () => {
    const [parent = ''] = await postInOrder(['parent', 'other']);
    const [first] = await postInOrder(['1', '2', '3'], { thread_ts: parent });

    const page = await replies({ ts: parent, limit: 2 });
    const rest = await replies({ ts: parent, limit: 3, cursor: page.response_metadata?.next_cursor });

    expect([page, rest].map(textsOf)).toEqual([
      ['parent', '1'],
      ['2', '3'],
    ]);
    expect(textsOf(await replies({ ts: parent, oldest: first }))).toEqual(['parent', '2', '3']);
    expect(await replies({ ts: '1700000000.000001' })).toMatchObject({ error: 'thread_not_found' });
  });

  it('shows a tombstone for a deleted parent while replies live', async () => {
    const metadata = { event_type: 'eod', event_payload: { key: 'a' } };
    const [parent = ''] = await postInOrder(['parent'], { metadata });
    const [child = ''] = await postInOrder(['child'], { thread_ts: parent });
    fake.deleteMessage(EOD, parent);

    const [tombstone] = (await history({ include_all_metadata: true })).messages ?? [];
    expect(tombstone).toMatchObject({ subtype: 'tombstone', ts: parent });
    expect(tombstone).not.toHaveProperty('metadata');
    expect(textsOf(await replies({ ts: parent }))).toEqual(['This message was deleted.', 'child']);

    fake.deleteMessage(EOD, child);
    expect((await history()).messages).toEqual([]);
    expect(await replies({ ts: parent })).toMatchObject({ error: 'thread_not_found' });
  });

  it('marks an edit only where no blocks were sent, and names blocks that have no id', async () => {
    const blocks = [{ type: 'divider' }];
    const [plain = '', rich = ''] = await postInOrder(['1', '2']);
    await clientOf(fake).chat.update({ channel: EOD, ts: plain, text: 'x' });
    await callJson(fake, 'chat.update', { channel: EOD, ts: rich, text: 'x', blocks });

    const [second, first] = (await history()).messages ?? [];

    expect(first).toHaveProperty('edited');
    expect(second).not.toHaveProperty('edited');
    expect(second?.['blocks']).toEqual([{ type: 'divider', block_id: 'fake0' }]);
  });

  it('describes a channel', async () => {
    expect((await clientOf(fake).conversations.info({ channel: EOD })).channel).toMatchObject({
      id: EOD,
      name: 'eod',
      is_member: true,
    });
    expect(await errorOf(clientOf(fake).conversations.info({ channel: 'C0000000009' }))).toBe(
      'channel_not_found',
    );
  });
});

import { callJson, clientOf, EOD, errorOf, post } from './fake-slack/calling';
import { FakeSlack, FakeSlackOptions } from './fake-slack';

describe('FakeSlack', () => {
  let fake: FakeSlack;

  const start = async (options: FakeSlackOptions = {}): Promise<void> => {
    await fake?.close();
    fake = await FakeSlack.start({ enforceRateLimits: false, ...options });
  };

  beforeEach(() => start());
  afterEach(() => fake.close());

  describe('transport', () => {
    const blocks = [{ type: 'header', text: { type: 'plain_text', text: 'Night' } }];

    it('understands the form the SDK sends, with nested JSON strings', async () => {
      const metadata = { event_type: 'eod', event_payload: { key: 'a' } };

      const reply = await clientOf(fake).chat.postMessage({ channel: EOD, text: 'x', blocks, metadata });

      expect(reply.ts).toMatch(/^\d{10}\.\d{6}$/);
      expect(fake.messages(EOD)).toMatchObject([{ text: 'x', blocks, metadata, threadTs: null, edits: [] }]);
    });

    it('understands a JSON body', async () => {
      await post(fake, { text: 'x', blocks });

      expect(fake.messages()).toMatchObject([{ text: 'x', blocks }]);
      expect(fake.calls('chat.postMessage')).toMatchObject([
        { args: { channel: EOD, blocks }, outcome: { status: 200, ok: true, error: null } },
      ]);
    });

    it.each([
      ['application/json', '{', 'invalid_json'],
      ['application/json', '[]', 'json_not_object'],
      ['multipart/form-data; boundary=x', 'x', 'invalid_post_type'],
      ['application/x-www-form-urlencoded', Buffer.from([0x61, 0x3d, 0xff]), 'invalid_charset'],
    ])('refuses the body %s %j', async (contentType, body, error) => {
      const response = await fetch(`${fake.apiUrl}auth.test`, {
        method: 'POST',
        headers: { authorization: 'Bearer xoxb-fake', 'content-type': contentType },
        body,
      });

      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ ok: false, error });
    });

    it('refuses broken JSON in form fields by the code of the field', async () => {
      const form = async (field: string): Promise<unknown> => {
        const response = await fetch(`${fake.apiUrl}chat.postMessage`, {
          method: 'POST',
          body: new URLSearchParams({ token: 'xoxb-fake', channel: EOD, text: 'x', [field]: '{broken' }),
        });
        return ((await response.json()) as { error: string }).error;
      };

      expect(await form('blocks')).toBe('invalid_blocks_format');
      expect(await form('metadata')).toBe('invalid_metadata_format');
      expect(await form('attachments')).toBe('invalid_attachments');
    });

    it('refuses unknown methods, unknown and missing arguments and wrong types', async () => {
      expect(await callJson(fake, 'chat.shout', {})).toMatchObject({ error: 'unknown_method' });
      const call = (args: unknown): Promise<unknown> => callJson(fake, 'chat.postMessage', args);
      expect(await call({ channel: EOD, txt: 'x' })).toMatchObject({
        error: 'invalid_arguments',
        response_metadata: { messages: ['[ERROR] unknown argument: txt'] },
      });
      expect(await call({ text: 'x' })).toMatchObject({ error: 'invalid_arguments' });
      expect(await call({ channel: EOD, text: 'x', thread_ts: 1.5 })).toMatchObject({
        error: 'invalid_arguments',
      });
    });
  });

  describe('auth and scopes', () => {
    it('refuses a missing and a wrong token', async () => {
      expect(await callJson(fake, 'auth.test', {}, {})).toMatchObject({ error: 'not_authed' });
      expect(await errorOf(clientOf(fake, 'xoxb-other').auth.test())).toBe('invalid_auth');
      expect(await clientOf(fake).auth.test()).toMatchObject({ ok: true, team_id: 'T0000000001' });
    });

    it('names the scope that is missing', async () => {
      await start({ scopes: ['channels:read'] });

      expect(await callJson(fake, 'chat.postMessage', { channel: EOD, text: 'x' })).toMatchObject({
        error: 'missing_scope',
        needed: 'chat:write',
        provided: 'channels:read',
      });
      expect(await errorOf(clientOf(fake).conversations.history({ channel: EOD }))).toBe('missing_scope');
      expect(await errorOf(clientOf(fake).conversations.list({ types: 'private_channel' }))).toBe(
        'missing_scope',
      );
    });

    it('wants chat:write.customize for a name or icon of its own', async () => {
      const reply = await callJson(fake, 'chat.postMessage', { channel: EOD, text: 'x', username: 'boss' });

      expect(reply).toMatchObject({ error: 'missing_scope', needed: 'chat:write.customize' });
    });
  });

  describe('channels', () => {
    const channels = [
      { id: 'C0000000002', name: 'foreign', botIsMember: false },
      { id: 'C0000000003', name: 'hidden', isPrivate: true, botIsMember: false },
      { id: 'C0000000004', name: 'old', isArchived: true },
    ];
    const postTo = (channel: string): Promise<string> =>
      errorOf(clientOf(fake).chat.postMessage({ channel, text: 'x' }));

    it('refuses channels that are unknown, named, hidden, archived or not joined', async () => {
      await start({ channels, scopes: ['chat:write', 'channels:history'] });

      expect(await postTo('C0000000009')).toBe('channel_not_found');
      expect(await postTo('#foreign')).toBe('channel_not_found');
      expect(await postTo('C0000000003')).toBe('channel_not_found');
      expect(await postTo('C0000000004')).toBe('is_archived');
      expect(await postTo('C0000000002')).toBe('not_in_channel');
      expect(await errorOf(clientOf(fake).conversations.history({ channel: 'C0000000002' }))).toBe(
        'not_in_channel',
      );
    });

    it('lets chat:write.public post without joining', async () => {
      await start({ channels });

      await post(fake, { channel: 'C0000000002', text: 'x' });

      expect(fake.messages('C0000000002')).toHaveLength(1);
    });

    it('creates well-formed channels by name of id only when told to', async () => {
      await start({ autoCreateChannels: true });

      await post(fake, { channel: 'C0123ABCDEF', text: 'x' });

      expect(await postTo('eod')).toBe('channel_not_found');
      expect((await clientOf(fake).conversations.list()).channels?.map(({ id }) => id)).toEqual([
        EOD,
        'C0123ABCDEF',
      ]);
    });
  });

  describe('timestamps', () => {
    it('increase in a channel with the clock standing still or stepping back, and repeat across channels', async () => {
      let now = 1_700_000_000_000;
      const other = 'C0000000002';
      await start({
        now: () => now,
        channels: [
          { id: EOD, name: 'eod' },
          { id: other, name: 'b' },
        ],
      });

      await post(fake, { text: '1' });
      await post(fake, { text: '2' });
      now -= 60_000;
      await post(fake, { text: '3' });
      now += 61_000;
      await post(fake, { text: '4' });
      now = 1_700_000_000_000;
      await post(fake, { channel: other, text: '5' });

      expect(fake.messages(EOD).map(({ ts }) => ts)).toEqual([
        '1700000000.000000',
        '1700000000.000001',
        '1700000000.000002',
        '1700000001.000000',
      ]);
      expect(fake.messages(other)[0]?.ts).toBe('1700000000.000000');
    });
  });

  describe('text', () => {
    it('refuses a message that says nothing', async () => {
      expect(await callJson(fake, 'chat.postMessage', { channel: EOD })).toMatchObject({ error: 'no_text' });
      expect(await callJson(fake, 'chat.postMessage', { channel: EOD, text: '', blocks: [] })).toMatchObject({
        error: 'no_text',
      });
    });

    it('cuts a posted text at 40,000 characters and says so', async () => {
      const reply = await callJson(fake, 'chat.postMessage', { channel: EOD, text: 'x'.repeat(40_001) });

      expect(reply).toMatchObject({ ok: true, warning: 'message_truncated' });
      expect(fake.messages()[0]?.text).toHaveLength(40_000);
    });

    it('keeps markdown_text apart from text and within 12,000 characters', async () => {
      const call = (args: object): Promise<unknown> =>
        callJson(fake, 'chat.postMessage', { channel: EOD, ...args });

      expect(await call({ markdown_text: 'a', text: 'b' })).toMatchObject({
        error: 'markdown_text_conflict',
      });
      expect(await call({ markdown_text: 'a'.repeat(12_001) })).toMatchObject({ error: 'msg_too_long' });
      expect(await call({ markdown_text: '**a**' })).toMatchObject({ ok: true });
    });

    it('finds every mention and link, and markup that was not escaped', async () => {
      await post(fake, {
        text: '<!channel> <@U0000000001> &lt;!here&gt; R&D',
        blocks: [
          { type: 'section', text: { type: 'mrkdwn', text: '> quoted\n<https://x.test|x> a < b' } },
          { type: 'section', fields: [{ type: 'mrkdwn', text: '<!subteam^S01> <#C0000000001> <!nobody>' }] },
          { type: 'header', text: { type: 'plain_text', text: '<!everyone>' } },
          { type: 'context', elements: [{ type: 'mrkdwn', text: '<!date^1700000000^{date}|then>' }] },
        ],
      });

      const [message] = fake.messages();
      expect(message?.mentions.map(({ kind, raw }) => `${kind} ${raw}`)).toEqual([
        'special <!channel>',
        'user <@U0000000001>',
        'link <https://x.test|x>',
        'usergroup <!subteam^S01>',
        'channel <#C0000000001>',
        'date <!date^1700000000^{date}|then>',
      ]);
      expect(message?.markupWarnings).toEqual(['unescaped "&D"', 'unescaped "<"', 'unescaped "<!nobody>"']);
    });

    it('counts bare @channel as a mention when names are linked', async () => {
      await post(fake, { text: 'hi @channel' });
      await post(fake, { text: 'hi @channel', link_names: true });

      expect(fake.messages().map(({ mentions }) => mentions.length)).toEqual([0, 1]);
    });
  });

  describe('metadata', () => {
    const postWith = (metadata: unknown): Promise<{ error?: string }> =>
      callJson(fake, 'chat.postMessage', { channel: EOD, text: 'x', metadata });

    it.each([
      ['no event type', { event_payload: {} }, 'invalid_metadata_format'],
      ['no payload', { event_type: 'a' }, 'invalid_metadata_format'],
      ['a field too many', { event_type: 'a', event_payload: {}, key: 1 }, 'invalid_metadata_format'],
      ['depth', { event_type: 'a', event_payload: { a: { b: 1 } } }, 'invalid_metadata_schema'],
      ['null', { event_type: 'a', event_payload: { a: null } }, 'invalid_metadata_schema'],
      ['size', { event_type: 'a', event_payload: { a: 'x'.repeat(8_000) } }, 'metadata_too_large'],
    ])('refuses %s', async (_what, metadata, error) => {
      expect(await postWith(metadata)).toMatchObject({ error });
    });

    it('comes back only when asked for', async () => {
      const metadata = { event_type: 'eod', event_payload: { key: 'a' } };
      await postWith(metadata);
      const history = (args: object): Promise<unknown> =>
        callJson(fake, 'conversations.history', { channel: EOD, ...args }).then(
          ({ messages }) => messages?.[0],
        );

      expect(await history({})).not.toHaveProperty('metadata');
      expect(await history({ include_all_metadata: true })).toMatchObject({ metadata });
    });
  });

  describe('threads', () => {
    it('take replies to living top-level messages only', async () => {
      const parent = await post(fake, { text: 'parent' });
      const reply = await post(fake, { text: 'reply', thread_ts: parent });
      const replyTo = (thread_ts: string): Promise<unknown> =>
        callJson(fake, 'chat.postMessage', { channel: EOD, text: 'x', thread_ts });

      expect(fake.thread(EOD, parent).map(({ text }) => text)).toEqual(['reply']);
      expect(await replyTo(reply)).toMatchObject({ error: 'cannot_reply_to_message' });
      expect(await replyTo('1700000000.000000')).toMatchObject({ error: 'thread_not_found' });
      fake.deleteMessage(EOD, parent);
      expect(await replyTo(parent)).toMatchObject({ error: 'thread_not_found' });
    });

    it('may lose a reply to a deleted parent to the channel, as Slack has been seen to do', async () => {
      await start({ repliesToDeletedParent: 'unthread' });
      const parent = await post(fake, { text: 'parent' });
      fake.deleteMessage(EOD, parent);

      const reply = await callJson(fake, 'chat.postMessage', { channel: EOD, text: 'x', thread_ts: parent });

      expect(reply.message).not.toHaveProperty('thread_ts');
      expect(fake.messages()).toMatchObject([{ text: 'x', threadTs: null }]);
    });
  });

  describe('chat.update', () => {
    const header = [{ type: 'header', text: { type: 'plain_text', text: 'Night' } }];
    const metadata = { event_type: 'eod', event_payload: { key: 'a' } };
    let ts: string;

    const update = (args: object): Promise<{ error?: string; ok: boolean }> =>
      callJson(fake, 'chat.update', { channel: EOD, ts, ...args });

    beforeEach(async () => {
      ts = await post(fake, { text: 'first', blocks: header, metadata });
    });

    it('edits in place, keeps older versions and the metadata', async () => {
      await update({ text: 'second', blocks: header });

      expect(fake.messages()).toMatchObject([
        { ts, text: 'second', metadata, edits: [{ text: 'first', blocks: header }] },
      ]);
    });

    it('removes the blocks when only text is sent, and keeps them when only metadata is', async () => {
      await update({ metadata: {} });
      expect(fake.messages()[0]).toMatchObject({ text: 'first', blocks: header, metadata: null });

      await update({ text: 'second' });
      expect(fake.messages()[0]).toMatchObject({ text: 'second', blocks: [] });
    });

    it('refuses unknown, deleted and foreign messages, too much text and nothing at all', async () => {
      const foreign = fake.postAsHuman(EOD, 'hello');

      expect(await update({ ts: '1700000000.000000', text: 'x' })).toMatchObject({
        error: 'message_not_found',
      });
      expect(await update({ ts: foreign.ts, text: 'x' })).toMatchObject({ error: 'cant_update_message' });
      expect(await update({ text: 'x'.repeat(4_001) })).toMatchObject({ error: 'msg_too_long' });
      expect(await update({})).toMatchObject({ error: 'no_text' });
      expect(await update({ blocks: [], text: '' })).toMatchObject({ error: 'no_text' });
      fake.deleteMessage(EOD, ts);
      expect(await update({ text: 'x' })).toMatchObject({ error: 'message_not_found' });
    });
  });

  it('deletes own messages only', async () => {
    const ts = await post(fake, { text: 'x' });
    const foreign = fake.postAsHuman(EOD, 'hello');

    await clientOf(fake).chat.delete({ channel: EOD, ts });

    expect(fake.messages()).toEqual([foreign]);
    expect(fake.allMessages()).toHaveLength(2);
    expect(await errorOf(clientOf(fake).chat.delete({ channel: EOD, ts: foreign.ts }))).toBe(
      'cant_delete_message',
    );
  });

  it('links to living messages', async () => {
    const ts = await post(fake, { text: 'x' });
    const client = clientOf(fake);

    expect(await client.chat.getPermalink({ channel: EOD, message_ts: ts })).toMatchObject({
      permalink: `${fake.pageUrl}archives/${EOD}/p${ts.replace('.', '')}`,
    });
    expect(await errorOf(client.chat.getPermalink({ channel: EOD, message_ts: '1' }))).toBe(
      'message_not_found',
    );
  });

  it('starts anew on reset', async () => {
    await post(fake, { text: 'x' });
    fake.fault({ kind: 'garbage' });

    fake.reset();

    expect(fake.allMessages()).toEqual([]);
    expect(fake.calls()).toEqual([]);
    await post(fake, { text: 'y' });
  });
});

import { callJson, clientOf, EOD, errorOf, markdown, SlackReply } from './fake-slack/calling';
import { FakeSlack, FakeSlackOptions } from './fake-slack';

const OTHER = 'C0000000002';
const PRIVATE = 'C0000000003';
const CHANNELS = [
  { id: EOD, name: 'eod' },
  { id: OTHER, name: 'other', botIsMember: false },
  { id: PRIVATE, name: 'secret', isPrivate: true, botIsMember: false },
  { id: 'C0000000004', name: 'old', isArchived: true },
];

describe('canvases of FakeSlack', () => {
  let fake: FakeSlack;
  let now: number;

  const start = async (options: FakeSlackOptions = {}): Promise<void> => {
    await fake?.close();
    now = 1_700_000_000_000;
    fake = await FakeSlack.start({
      now: () => now,
      channels: CHANNELS,
      enforceRateLimits: false,
      ...options,
    });
  };

  beforeEach(() => start());
  afterEach(() => fake.close());

  const call = (method: string, args: object): Promise<SlackReply> => callJson(fake, method, args);
  const create = async (args: object = {}): Promise<string> => {
    const reply = await call('canvases.create', args);
    if (!reply.canvas_id) throw new Error(`refused: ${JSON.stringify(reply)}`);
    return reply.canvas_id;
  };
  const edit = (id: string, change: object): Promise<SlackReply> =>
    call('canvases.edit', { canvas_id: id, changes: [change] });
  const replace = (id: string, text: string): Promise<SlackReply> =>
    edit(id, { operation: 'replace', document_content: markdown(text) });
  const lookup = async (id: string, criteria: object): Promise<string[]> => {
    const reply = await call('canvases.sections.lookup', { canvas_id: id, criteria });
    return (reply.sections ?? []).map((section) => section.id);
  };

  it('are made, rewritten and read back by the SDK, every edit with its instant', async () => {
    const client = clientOf(fake);
    const created = await client.canvases.create({ title: 'Board', document_content: markdown('# One') });
    const id = created.canvas_id ?? '';
    now += 2_000;
    await client.canvases.edit({
      canvas_id: id,
      changes: [{ operation: 'replace', document_content: markdown('# Two') }],
    });

    expect(id).toMatch(/^F[A-Z0-9]{8,}$/);
    expect(await client.apiCall('canvases.getContent', { canvas_id: id })).toMatchObject({
      content: '# Two',
    });
    expect(fake.canvas(id)).toMatchObject({
      ...{
        title: 'Board',
        markdown: '# Two',
        revision: 2,
        createdBy: 'vesper',
        createdAt: 1_700_000_000_000,
      },
      edits: [{ at: 1_700_000_002_000, by: 'vesper', operation: 'replace', markdown: '# Two' }],
    });
    expect(fake.calls('canvases.edit')).toMatchObject([
      { args: { changes: [{ operation: 'replace', document_content: markdown('# Two') }] } },
    ]);
  });

  it.each([
    ['canvases.create', {}, 'canvases:write'],
    ['conversations.canvases.create', {}, 'canvases:write'],
    ['canvases.edit', {}, 'canvases:write'],
    ['canvases.delete', {}, 'canvases:write'],
    ['canvases.access.set', {}, 'canvases:write'],
    ['canvases.sections.lookup', {}, 'canvases:read'],
    ['canvases.getContent', {}, 'canvases:read'],
    ['files.info', {}, 'files:read'],
  ])('%s needs its scope', async (method, args, needed) => {
    await start({ scopes: ['chat:write', 'canvas:write', 'canvases.write'] });

    expect(await call(method, args)).toMatchObject({ error: 'missing_scope', needed });
  });

  it.each([
    ['canvases.create', 24],
    ['conversations.canvases.create', 24],
    ['canvases.edit', 60],
    ['canvases.delete', 60],
    ['canvases.access.set', 60],
    ['canvases.sections.lookup', 60],
    ['files.info', 120],
  ])('%s is limited by its tier to %i a minute', async (method, most) => {
    await start({ enforceRateLimits: true });
    let accepted = 0;

    while ((await call(method, {})).error !== 'ratelimited') accepted += 1;

    expect(accepted).toBe(most);
  });

  describe('that are gone, locked or not ours', () => {
    const everyChange = async (id: string): Promise<(string | undefined)[]> => {
      const replies = [
        await replace(id, 'x'),
        await call('canvases.access.set', { canvas_id: id, access_level: 'read', channel_ids: [EOD] }),
        await call('canvases.delete', { canvas_id: id }),
      ];
      return replies.map(({ error }) => error);
    };
    const everyLook = async (id: string): Promise<(string | undefined)[]> => {
      const replies = [
        await call('canvases.getContent', { canvas_id: id }),
        await call('canvases.sections.lookup', { canvas_id: id, criteria: { contains_text: 'x' } }),
        await call('files.info', { file: id }),
      ];
      return replies.map(({ error }) => error);
    };
    const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

    it('unknown', async () => {
      expect(await everyChange('F0123456789')).toEqual(times(3, 'canvas_not_found'));
      expect(await everyLook('F0123456789')).toEqual([
        'canvas_not_found',
        'canvas_not_found',
        'file_not_found',
      ]);
    });

    it('deleted, by the API or by hand', async () => {
      const [first, second] = [await create(), await create()];
      expect(await call('canvases.delete', { canvas_id: first })).toEqual({ ok: true });
      fake.deleteCanvas(second);

      for (const id of [first, second]) {
        expect(await everyChange(id)).toEqual(times(3, 'canvas_not_found'));
        expect(await everyLook(id)).toEqual(['canvas_not_found', 'canvas_deleted', 'file_deleted']);
        expect(fake.canvas(id).deleted).toBe(true);
      }
      expect(fake.canvases()).toEqual([]);
    });

    it('locked', async () => {
      const id = await create();
      fake.lockCanvas(id);

      expect(await everyChange(id)).toEqual(times(3, 'restricted_action'));
      expect(await everyLook(id)).toEqual(times(3, undefined));
      fake.lockCanvas(id, false);
      expect(await everyChange(id)).toEqual(times(3, undefined));
    });

    it('somebody else’s, shared or not', async () => {
      const shared = fake.createCanvas(EOD, { markdown: 'x' });
      const readable = fake.createCanvas(EOD, { markdown: 'x', access: 'read' });
      const hidden = [fake.createCanvas(null), fake.createCanvas(OTHER), fake.createCanvas(PRIVATE)];

      expect(await everyChange(shared.id)).toEqual([undefined, 'restricted_action', 'restricted_action']);
      expect(await everyChange(readable.id)).toEqual(times(3, 'restricted_action'));
      expect(await everyLook(readable.id)).toEqual(times(3, undefined));
      for (const { id } of hidden) {
        expect(await everyChange(id)).toEqual(times(3, 'canvas_not_found'));
        expect(await everyLook(id)).toEqual(['canvas_not_found', 'canvas_not_found', 'not_visible']);
      }
    });

    it('edited by somebody’s hand', async () => {
      const id = await create({ document_content: markdown('ours') });
      const [section = ''] = await lookup(id, { contains_text: 'ours' });

      fake.editByHand(id, 'theirs');

      expect(fake.canvas(id)).toMatchObject({ markdown: 'theirs', edits: [{ by: 'human' }], revision: 2 });
      expect(await edit(id, { operation: 'delete', section_id: section })).toMatchObject({
        error: 'canvas_editing_failed',
      });
    });
  });

  describe('in channels', () => {
    const createInChannel = (args: object = {}): Promise<SlackReply> =>
      call('conversations.canvases.create', { channel_id: EOD, ...args });
    const properties = async (): Promise<unknown> =>
      ((await call('conversations.info', { channel: EOD })).channel as { properties: unknown }).properties;

    it('one is the channel canvas, which the channel names', async () => {
      expect(await properties()).toEqual({});
      const { canvas_id: id = '' } = await createInChannel({ document_content: markdown('# Board') });
      const tab = await create({ channel_id: EOD, title: 'Tab' });

      expect(await properties()).toMatchObject({
        canvas: { file_id: id, is_empty: false },
        tabs: [{ type: 'canvas', data: { file_id: tab } }],
      });
      expect(fake.canvases(EOD)).toMatchObject([
        { id, title: 'Untitled', channelCanvasOf: EOD, tabbedIn: [EOD] },
        { id: tab, title: 'Tab', channelCanvasOf: null, channelAccess: { [EOD]: 'write' } },
      ]);
      expect(await createInChannel()).toEqual({ ok: false, error: 'channel_canvas_already_exists' });
      fake.deleteCanvas(id);
      expect(await properties()).not.toHaveProperty('canvas');
      expect((await createInChannel()).canvas_id).not.toBe(id);
    });

    it('is refused where the channel is missing, archived or without the bot', async () => {
      const tried = async (channel: string): Promise<object[]> => [
        await createInChannel({ channel_id: channel }),
        await call('canvases.create', { channel_id: channel }),
      ];

      for (const channel of ['C0000000009', PRIVATE]) {
        expect(await tried(channel)).toEqual([
          { ok: false, error: 'channel_canvas_creation_failed', detail: 'channel_not_found' },
          { ok: false, error: 'canvas_creation_failed', detail: 'channel_not_found' },
        ]);
      }
      for (const channel of [OTHER, 'C0000000004']) {
        expect(await tried(channel)).toMatchObject([
          { error: 'restricted_action' },
          { error: 'restricted_action' },
        ]);
      }
      expect(await call('conversations.canvases.create', {})).toMatchObject({ error: 'invalid_arguments' });
      expect(fake.canvases()).toEqual([]);
    });

    it('are described by files.info', async () => {
      const { canvas_id: id = '' } = await createInChannel();

      expect((await call('files.info', { file: id })).file).toMatchObject({
        ...{ id, title: 'Untitled', mimetype: 'application/vnd.slack-docs', filetype: 'quip', mode: 'quip' },
        ...{ pretty_type: 'Canvas', canvas_creator_id: 'U0000000001', channels: [EOD], groups: [] },
        ...{ access: 'owner', shares: { public: { [EOD]: [{}] }, private: {} } },
        permalink: `${fake.pageUrl}docs/T0000000001/${id}`,
      });
    });

    it('are downloaded as HTML with a token, and as a sign-in page without', async () => {
      const id = await create({ document_content: markdown('# *One*\n\n|a|\n|---|\n|b|') });
      const { file } = await call('files.info', { file: id });
      const get = async (token: string): Promise<[number, string]> => {
        const headers = { authorization: `Bearer ${token}` };
        const response = await fetch(String(file?.['url_private']), { headers });
        return [response.status, await response.text()];
      };
      const [heading = '', , cell = ''] = [
        ...(await lookup(id, { section_types: ['h1'] })),
        ...(await lookup(id, { contains_text: 'a' })),
        ...(await lookup(id, { contains_text: 'b' })),
      ];

      const [status, page] = await get('xoxb-fake');
      expect(status).toBe(200);
      expect(page).toContain(`<div class="quip-canvas-content"><h1 id="${heading}"><em>One</em></h1>`);
      expect(page).toContain(`<td id="${cell}" class="left">b</td>`);
      const html = await call('canvases.getContent', { canvas_id: id, content_type: 'html' });
      expect(page).toContain(html.content ?? 'nothing');
      expect(await get('xoxb-other')).toEqual([200, expect.stringContaining('Sign in')]);
    });

    it('are shared with channels or with users, never both', async () => {
      const id = await create();
      const share = (args: object): Promise<SlackReply> =>
        call('canvases.access.set', { canvas_id: id, access_level: 'read', ...args });

      expect(await share({ channel_ids: [EOD] })).toEqual({ ok: true });
      expect(await share({ channel_ids: [OTHER] })).toEqual({
        ok: true,
        failed_to_update_channel_ids: [OTHER],
      });
      expect(await share({ user_ids: ['U0000000099'], access_level: 'write' })).toEqual({ ok: true });
      expect(fake.canvas(id)).toMatchObject({
        channelAccess: { [EOD]: 'read' },
        userAccess: { U0000000099: 'write' },
      });
      expect(await share({})).toMatchObject({ error: 'invalid_parameters' });
      expect(await share({ channel_ids: [EOD], user_ids: ['U0000000099'] })).toMatchObject({
        error: 'invalid_parameters',
      });
      expect(await share({ channel_ids: [EOD], access_level: 'owner' })).toMatchObject({
        error: 'invalid_parameters',
      });
      expect(await share({ channel_ids: ['C0000000009'] })).toMatchObject({ error: 'channel_not_found' });
      expect(await share({ user_ids: ['U1'] })).toMatchObject({ error: 'user_not_found' });
      expect(await share({ channel_ids: EOD })).toMatchObject({ error: 'invalid_arguments' });
      expect(await share({ channel_ids: [EOD], access_level: 'admin' })).toMatchObject({
        error: 'invalid_arguments',
      });
      await share({ user_ids: ['U0000000099'], access_level: 'owner' });
      expect(await call('canvases.delete', { canvas_id: id })).toMatchObject({ error: 'restricted_action' });
    });
  });

  describe('of a team', () => {
    it('on a free plan have to be tabs, one per channel', async () => {
      await start({ canvasPlan: 'free' });
      const standalone = fake.createCanvas(null, { by: 'vesper' });

      expect(await call('canvases.create', {})).toMatchObject({
        error: 'free_teams_cannot_create_non_tabbed_canvases',
      });
      expect(await replace(standalone.id, 'x')).toMatchObject({
        error: 'free_teams_cannot_edit_standalone_canvases',
      });
      const tab = await create({ channel_id: EOD });
      expect(await replace(tab, 'x')).toEqual({ ok: true });
      expect(await call('canvases.create', { channel_id: EOD })).toMatchObject({
        error: 'canvas_creation_failed',
      });
      expect(await call('conversations.canvases.create', { channel_id: EOD })).toMatchObject({
        error: 'free_team_canvas_tab_already_exists',
      });
    });

    it('without canvases are refused', async () => {
      await start({ canvasPlan: 'disabled' });
      const { id } = fake.createCanvas(EOD);
      const criteria = { contains_text: 'x' };
      const replies = [
        await call('canvases.create', {}),
        await call('conversations.canvases.create', { channel_id: EOD }),
        await replace(id, 'x'),
        await call('canvases.sections.lookup', { canvas_id: id, criteria }),
        await call('canvases.access.set', { canvas_id: id, access_level: 'read', channel_ids: [EOD] }),
        await call('files.info', { file: id }),
      ];

      expect(new Set(replies.map(({ error }) => error))).toEqual(new Set(['canvas_disabled_user_team']));
    });
  });

  it('meet faults by method and by canvas', async () => {
    const [id, other] = [await create(), await create()];
    const client = clientOf(fake);
    const write = (canvas: string): Promise<unknown> =>
      client.canvases.edit({
        canvas_id: canvas,
        changes: [{ operation: 'insert_at_end', document_content: markdown('x') }],
      });

    fake.fault({ kind: 'rate_limited', retryAfterSeconds: 7, canvas: id });
    await write(other);
    await expect(write(id)).rejects.toMatchObject({ retryAfter: 7 });
    fake.fault({ kind: 'store_then_drop', method: 'canvases.edit' });
    expect(await errorOf(write(id))).toBe('slack_webapi_request_error');
    fake.fault({ kind: 'store_then_error', method: 'canvases.edit' });
    expect(await errorOf(write(id))).toBe('internal_error');
    expect(fake.canvas(id)).toMatchObject({ markdown: 'x\n\nx', revision: 3 });
    fake.fault({ kind: 'garbage', method: 'canvases.getContent' });
    fake.fault({ kind: 'refuse', channel: EOD });
    expect(await errorOf(client.apiCall('canvases.getContent', { canvas_id: id }))).toContain('<!doctype');
    expect(await errorOf(client.conversations.canvases.create({ channel_id: EOD }))).toBe(
      'slack_webapi_request_error',
    );
    fake.fault({ kind: 'store_then_drop', method: 'conversations.canvases.create' });
    await errorOf(client.conversations.canvases.create({ channel_id: EOD }));
    expect(fake.canvases(EOD)).toHaveLength(1);
  });

  it('are locked, edited, deleted and read over HTTP by another process', async () => {
    const id = await create({ document_content: markdown('ours') });
    const control = async (verb: string, path: string, body?: string): Promise<[number, unknown]> => {
      const response = await fetch(`${fake.pageUrl}_fake/canvases${path}`, {
        method: verb,
        ...(body === undefined ? {} : { body }),
      });
      return [response.status, await response.json()];
    };

    expect(await control('POST', `/${id}/lock`)).toEqual([200, { ok: true, revision: 1 }]);
    expect(await replace(id, 'x')).toMatchObject({ error: 'restricted_action' });
    await control('DELETE', `/${id}/lock`);
    expect(await control('PUT', `/${id}`, '# theirs')).toEqual([200, { ok: true, revision: 2 }]);
    expect(await control('GET', `/${id}`)).toMatchObject([
      200,
      { markdown: '# theirs', edits: [{ by: 'human' }] },
    ]);
    expect(await control('GET', '')).toMatchObject([200, [{ id }]]);
    await control('DELETE', `/${id}`);
    expect(fake.canvas(id).deleted).toBe(true);
    expect((await control('PUT', `/${id}`, 'x'))[0]).toBe(409);
    expect((await control('GET', '/F0123456789'))[0]).toBe(404);
    expect((await control('POST', ''))[0]).toBe(405);
  });

  it('are forgotten by a reset, their ids are not used again', async () => {
    const id = await create();

    fake.reset();

    expect(fake.canvases()).toEqual([]);
    expect(await create()).not.toBe(id);
    expect(fake.createCanvas(EOD, { id: 'F0123456789' }).id).toBe('F0123456789');
    expect(() => fake.createCanvas(EOD, { id: 'F0123456789' })).toThrow('exists already');
    expect(() => fake.createCanvas(EOD, { id: 'C1' })).toThrow('no id of a canvas');
    expect(() => fake.createCanvas('C0000000009')).toThrow('no such channel');
    expect(() => fake.canvas(id)).toThrow(`no canvas ${id}`);
  });
});

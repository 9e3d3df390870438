import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { aCanvas } from '../../../test/builders/a-canvas';
import { FakeClock } from '../../../test/fakes/fake-clock';
import type { FakeFault } from '../../../test/fakes/fake-slack';
import {
  CHANNEL,
  OTHER_CHANNEL,
  recordingLog,
  SlackRig,
  type LogLine,
} from '../../../test/harness/slack-rig';
import { Secret } from '../../platform/config/secret';
import { DisabledCanvasPublisher } from './disabled-canvas.publisher';
import { SlackCanvasPublisher } from './slack-canvas.publisher';
import { SlackClient } from './slack.client';

const EDIT = 'canvases.edit';
const CREATE = 'conversations.canvases.create';
const CREATE_TAB = 'canvases.create';
const CONTENT = 'canvases.getContent';
const UNKNOWN_CANVAS = 'F0ABCDEF123';

describe('SlackCanvasPublisher', () => {
  let rig: SlackRig;
  let publisher: SlackCanvasPublisher;
  /** What the publisher said, the client's own lines aside. */
  let logged: LogLine[];

  const start = async (options: Parameters<typeof SlackRig.start>[0] = {}) => {
    await rig?.close();
    rig = await SlackRig.start(options);
    const { log, lines } = recordingLog();
    publisher = new SlackCanvasPublisher(rig.client, log);
    logged = lines;
  };

  beforeEach(() => start());
  afterEach(() => rig.close());

  const canvas = aCanvas(CHANNEL);
  const text = () => publisher.render(canvas);
  const made = () => rig.fake.createCanvas(CHANNEL, { by: 'vesper', markdown: 'before' }).id;
  const write = (id: string, markdown = text()) => rig.finish(publisher.write(id, markdown, rig.rights));
  const create = (mayExistSince: Date | null = null, of = canvas) =>
    rig.finish(publisher.create(of, mayExistSince, rig.rights));
  const holds = (id: string, markdown = text()) => rig.finish(publisher.holds(id, markdown, rig.signal));

  describe('write', () => {
    it('replaces everything the canvas holds, in one change', async () => {
      const id = made();
      expect(await write(id)).toEqual({ kind: 'done' });
      expect(rig.fake.canvas(id)).toMatchObject({ markdown: text(), revision: 2, mentions: [] });
      expect(rig.fake.calls(EDIT)).toMatchObject([
        {
          args: {
            canvas_id: id,
            changes: [{ operation: 'replace', document_content: { type: 'markdown', markdown: text() } }],
          },
        },
      ]);
    });

    it('does no harm when it is done twice', async () => {
      const id = made();
      await write(id);
      expect(await write(id)).toEqual({ kind: 'done' });
      expect(rig.fake.canvas(id).markdown).toBe(text());
    });

    it('says that a canvas is gone: deleted by somebody, or never there', async () => {
      const id = made();
      rig.fake.deleteCanvas(id);
      expect(await write(id)).toEqual({ kind: 'gone' });
      expect(await write(UNKNOWN_CANVAS)).toEqual({ kind: 'gone' });
      rig.fake.fault({ kind: 'platform_error', error: 'canvas_deleted' });
      expect(await write(UNKNOWN_CANVAS)).toEqual({ kind: 'gone' });
      expect(logged).toEqual([]);
    });

    it.each<[string, FakeFault, object]>([
      [
        'throttles it',
        { kind: 'rate_limited', retryAfterSeconds: 7 },
        { error: 'ratelimited', afterMs: 7_000 },
      ],
      [
        'throttles it for who knows how long',
        { kind: 'rate_limited_without_retry_after' },
        { afterMs: null },
      ],
      ['is down', { kind: 'refuse' }, { error: expect.stringContaining('canvases.edit: ') as string }],
      ['answers with a web page', { kind: 'garbage' }, {}],
      ['has a fault at its edge', { kind: 'http_error', status: 503 }, { error: 'canvases.edit: HTTP 503' }],
      [
        'has a fault inside',
        { kind: 'platform_error', error: 'internal_error' },
        { error: 'internal_error' },
      ],
      ['is busy', { kind: 'platform_error', error: 'service_unavailable' }, { error: 'service_unavailable' }],
      ['fails at the edit', { kind: 'platform_error', error: 'canvas_editing_failed' }, { afterMs: null }],
      [
        'takes the token for invalid',
        { kind: 'platform_error', error: 'invalid_auth' },
        { error: 'invalid_auth' },
      ],
      ['has the token revoked', { kind: 'platform_error', error: 'token_revoked' }, { afterMs: null }],
    ])('is to be tried again when Slack %s', async (_name, fault, expected) => {
      const id = made();
      rig.fake.fault(fault);
      expect(await write(id)).toMatchObject({ kind: 'retry', ...expected });
      expect(rig.fake.canvas(id).markdown).toBe('before');
      await rig.clock.advance('10s');
      expect(await write(id)).toEqual({ kind: 'done' });
    });

    it.each<FakeFault['kind']>(['store_then_drop', 'store_then_error'])(
      'is to be tried again when the answer is lost: %s',
      async (kind) => {
        const id = made();
        rig.fake.fault({ kind, method: EDIT } as FakeFault);
        expect(await write(id)).toMatchObject({ kind: 'retry' });
        expect(await write(id)).toEqual({ kind: 'done' });
        expect(rig.fake.canvas(id)).toMatchObject({ markdown: text(), revision: 3 });
      },
    );

    it('is to be tried again when Slack does not answer in time', async () => {
      await start({ timeoutMs: 50 });
      rig.fake.fault({ kind: 'hang' });
      expect(await write(made())).toEqual({
        kind: 'retry',
        error: 'canvases.edit: no answer in time',
        afterMs: null,
      });
    });

    it('sends nothing once the right to write has passed to another instance', async () => {
      const id = made();
      const writing = publisher.write(id, text(), { ...rig.rights, mayAct: () => false });
      expect(await rig.finish(writing)).toMatchObject({ kind: 'retry' });
      expect(rig.fake.canvas(id)?.revision).toBe(1);
    });

    it('ends at once when told to: it can be repeated', async () => {
      rig.fake.fault({ kind: 'hang' });
      const writing = publisher.write(made(), text(), rig.rights);
      await rig.received(EDIT, 1);
      rig.controller.abort();
      expect(await writing).toMatchObject({ kind: 'retry' });
    });

    it.each([
      ...['restricted_action', 'canvas_disabled_user_team', 'canvas_globally_disabled', 'missing_scope'],
      ...['free_teams_cannot_edit_standalone_canvases', 'invalid_arguments', 'is_archived', 'something_new'],
    ])('says that only a person can help when Slack answers %s', async (error) => {
      rig.fake.fault({ kind: 'platform_error', error });
      expect(await write(made())).toEqual({ kind: 'refused', error });
    });

    it('is refused while somebody has the canvas locked', async () => {
      const id = made();
      rig.fake.lockCanvas(id);
      expect(await write(id)).toEqual({ kind: 'refused', error: 'restricted_action' });
      rig.fake.lockCanvas(id, false);
      expect(await write(id)).toEqual({ kind: 'done' });
    });

    it('says in the log what Slack does not like about a text', async () => {
      expect(await write(made(), 'a <b>bold</b> board')).toMatchObject({
        kind: 'retry',
        error: 'canvas_editing_failed',
      });
      expect(logged).toMatchObject([{ fields: { reason: expect.stringContaining('Raw HTML') as string } }]);
    });

    it('is refused for a text larger than Slack takes', async () => {
      expect(await write(made(), 'x'.repeat(1_048_577))).toEqual({
        kind: 'refused',
        error: 'invalid_arguments',
      });
    });

    it('waits with the next edit for as long as Slack asked, whichever canvas it is of', async () => {
      const [first, second] = [made(), made()];
      rig.fake.fault({ kind: 'rate_limited', retryAfterSeconds: 3, canvas: first });
      await write(first);
      const before = rig.clock.monotonicMs();
      expect(await write(second)).toEqual({ kind: 'done' });
      expect(rig.clock.monotonicMs() - before).toBeGreaterThanOrEqual(2_900);
      rig.fake.fault({ kind: 'rate_limited', retryAfterSeconds: 60, canvas: first });
      await write(first);
      expect(await write(second)).toMatchObject({ kind: 'retry', afterMs: expect.any(Number) as number });
      expect(rig.fake.calls(EDIT)).toHaveLength(3);
    });
  });

  describe('create', () => {
    it('makes the canvas of the channel, with the text in it', async () => {
      const creation = await create();
      const [only] = rig.fake.canvases(CHANNEL);
      expect(creation).toEqual({ kind: 'created', canvasId: only?.id });
      expect(only).toMatchObject({
        title: 'EPM status',
        markdown: text(),
        channelCanvasOf: CHANNEL,
        revision: 1,
      });
      expect(rig.fake.calls().map(({ method }) => method)).toEqual([CREATE]);
    });

    it.each([
      ['what people wrote', 'Our notes'],
      ['nothing yet', ''],
      ['a board that another installation keeps', null],
    ])('makes a tab beside a canvas of the channel that holds %s', async (_name, markdown) => {
      const theirs = rig.fake.createCanvas(CHANNEL, { isChannelCanvas: true, markdown: markdown ?? text() });
      const creation = await create();
      expect(rig.fake.canvas(theirs.id)).toEqual(theirs);
      const [, tab] = rig.fake.canvases(CHANNEL);
      expect(creation).toEqual({ kind: 'created', canvasId: tab?.id });
      expect(tab).toMatchObject({
        title: 'EPM status',
        markdown: text(),
        channelCanvasOf: null,
        tabbedIn: [CHANNEL],
      });
    });

    it('makes a tab where the plan of the team has no canvases of channels', async () => {
      rig.fake.fault({
        kind: 'platform_error',
        error: 'team_tier_cannot_create_channel_canvases',
        method: CREATE,
      });
      expect(await create()).toMatchObject({ kind: 'created' });
      expect(rig.fake.canvases(CHANNEL)).toMatchObject([{ channelCanvasOf: null, tabbedIn: [CHANNEL] }]);
    });

    it('works on a free plan until the one tab is taken', async () => {
      await start({ canvasPlan: 'free' });
      expect(await create()).toMatchObject({ kind: 'created' });
      rig.fake.createCanvas(OTHER_CHANNEL, { markdown: 'Our notes' });
      expect(await create(null, aCanvas(OTHER_CHANNEL))).toEqual({
        kind: 'refused',
        error: 'free_team_canvas_tab_already_exists',
      });
    });

    it('is refused where canvases are disabled', async () => {
      await start({ canvasPlan: 'disabled' });
      expect(await create()).toEqual({ kind: 'refused', error: 'canvas_disabled_user_team' });
    });

    it('is refused without the scope', async () => {
      await start({ scopes: ['chat:write'] });
      expect(await create()).toEqual({ kind: 'refused', error: 'missing_scope' });
    });

    it('is refused for a channel that is not there, and the log says why', async () => {
      expect(await create(null, aCanvas('C0000000009'))).toEqual({
        kind: 'refused',
        error: 'channel_canvas_creation_failed',
      });
      expect(logged).toMatchObject([
        {
          fields: { channel: 'C0000000009', reason: expect.stringContaining('channel_not_found') as string },
        },
      ]);
    });

    it('is refused for an archived channel', async () => {
      await start({ channels: [{ id: CHANNEL, name: 'old', isArchived: true }] });
      expect(await create()).toEqual({ kind: 'refused', error: 'restricted_action' });
    });

    it.each<FakeFault>([
      { kind: 'refuse' },
      { kind: 'garbage' },
      { kind: 'http_error', status: 500 },
      { kind: 'rate_limited', retryAfterSeconds: 9 },
    ])('is to be tried again after $kind', async (fault) => {
      rig.fake.fault(fault);
      expect(await create()).toMatchObject({ kind: 'retry' });
      expect(rig.fake.canvases()).toEqual([]);
    });

    it('has three more seconds when told to end: only the answer says which canvas it is', async () => {
      rig.fake.createCanvas(CHANNEL, { isChannelCanvas: true, markdown: 'Our notes' });
      rig.fake.fault({ kind: 'hang', method: CREATE_TAB });
      let ended = false;
      const creation = publisher.create(canvas, null, rig.rights).finally(() => (ended = true));
      await rig.received(CREATE_TAB, 1);
      rig.controller.abort();
      await rig.clock.advance('2900ms');
      expect(ended).toBe(false);
      await rig.clock.advance('100ms');
      expect(await creation).toMatchObject({ kind: 'retry' });
    });
  });

  describe('holds', () => {
    it.each(['rewritten', 'verbatim'] as const)(
      'knows what it wrote, read back %s',
      async (canvasContent) => {
        await start({ canvasContent });
        const id = made();
        await write(id);
        expect(await holds(id)).toBe(true);
      },
    );

    it('sees an edit by hand', async () => {
      const id = made();
      await write(id);
      rig.fake.editByHand(id, `${text()}\n\nback at ten`);
      expect(await holds(id)).toBe(false);
    });

    it('says that a deleted canvas holds it no more', async () => {
      const id = made();
      rig.fake.deleteCanvas(id);
      expect(await holds(id)).toBe(false);
    });

    it.each<FakeFault>([
      { kind: 'refuse' },
      { kind: 'garbage' },
      { kind: 'rate_limited', retryAfterSeconds: 1 },
      { kind: 'platform_error', error: 'internal_error' },
      { kind: 'platform_error', error: 'invalid_auth' },
    ])('does not know after $kind, and asks again the next time', async (fault) => {
      const id = made();
      await write(id);
      rig.fake.fault(fault);
      expect(await holds(id)).toBeNull();
      await rig.clock.advance('1s');
      expect(await holds(id)).toBe(true);
      expect(logged.filter(({ sentence }) => sentence.includes('read back'))).toEqual([]);
    });

    it.each(['missing_scope', 'unknown_method'])('asks no more after %s, and says so once', async (error) => {
      const id = made();
      rig.fake.fault({ kind: 'platform_error', error, method: CONTENT });
      expect([await holds(id), await holds(id)]).toEqual([null, null]);
      expect(rig.fake.calls(CONTENT)).toHaveLength(1);
      expect(logged.filter(({ sentence }) => sentence.includes('read back'))).toHaveLength(1);
    });

    it('does not know what an answer without a text means', async () => {
      const { client, close } = await aSlackThatAnswers({ ok: true });
      try {
        const other = new SlackCanvasPublisher(client, recordingLog().log);
        expect(await other.holds(UNKNOWN_CANVAS, 'x', rig.signal)).toBeNull();
        expect(await other.create(canvas, null, rig.rights)).toMatchObject({ kind: 'retry' });
        expect(await other.create(canvas, new Date(0), rig.rights)).toMatchObject({ kind: 'retry' });
      } finally {
        await close();
      }
    });
  });

  it('sends forms in which what is structured is JSON', async () => {
    const { client, bodies, close } = await aSlackThatAnswers({ ok: true, canvas_id: UNKNOWN_CANVAS });
    try {
      const other = new SlackCanvasPublisher(client, recordingLog().log);
      expect(await other.create(canvas, null, rig.rights)).toEqual({
        kind: 'created',
        canvasId: UNKNOWN_CANVAS,
      });
      await other.write(UNKNOWN_CANVAS, text(), rig.rights);
    } finally {
      await close();
    }
    const [creation, edit] = bodies.map((body) => Object.fromEntries(new URLSearchParams(body)));
    const content = { type: 'markdown', markdown: text() };
    expect(creation).toMatchObject({
      channel_id: CHANNEL,
      title: 'EPM status',
      document_content: JSON.stringify(content),
    });
    expect(edit).toMatchObject({
      canvas_id: UNKNOWN_CANVAS,
      changes: JSON.stringify([{ operation: 'replace', document_content: content }]),
    });
  });
});

/** A Slack that says the same to everybody; what it is sent is kept as it came. */
async function aSlackThatAnswers(answer: object) {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      bodies.push(body);
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
  const settings = { token: new Secret('xoxb-any'), apiUrl, timeoutMs: 5_000 };
  const client = new SlackClient(settings, new FakeClock(), recordingLog().log);
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { client, bodies, close };
}

describe('DisabledCanvasPublisher', () => {
  it('shows what would be written, and writes nothing', async () => {
    const publisher = new DisabledCanvasPublisher();
    expect(publisher.state).toBe('disabled');
    expect(publisher.render(aCanvas(CHANNEL))).toContain('| 🟢 OK | Actual |');
    expect(await publisher.write()).toEqual({ kind: 'refused', error: 'Slack is not configured' });
    expect(await publisher.create()).toEqual({ kind: 'refused', error: 'Slack is not configured' });
    expect(await publisher.holds()).toBeNull();
  });
});

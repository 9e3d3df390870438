import { aCanvas } from '../../../test/builders/a-canvas';
import type { FakeFault } from '../../../test/fakes/fake-slack';
import { CHANNEL, recordingLog, SlackRig, type LogLine } from '../../../test/harness/slack-rig';
import { SlackCanvasPublisher } from './slack-canvas.publisher';

const EDIT = 'canvases.edit';
const CREATE = 'conversations.canvases.create';
const CREATE_TAB = 'canvases.create';
const CONTENT = 'canvases.getContent';

describe('SlackCanvasPublisher, creating after an attempt without an answer,', () => {
  let rig: SlackRig;
  let publisher: SlackCanvasPublisher;
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
  const create = (mayExistSince: Date | null = null, of = canvas) =>
    rig.finish(publisher.create(of, mayExistSince, rig.rights));
  /** An earlier attempt whose answer was lost, and all that Slack kept of it. */
  const createLost = async (method = CREATE) => {
    rig.fake.fault({ kind: 'store_then_drop', method });
    expect(await create()).toMatchObject({ kind: 'retry' });
    return rig.clock.now();
  };

  it.each<FakeFault['kind']>(['store_then_drop', 'store_then_error'])(
    'finds the canvas of the channel and brings it up to date: %s',
    async (kind) => {
      rig.fake.fault({ kind, method: CREATE } as FakeFault);
      expect(await create()).toMatchObject({ kind: 'retry' });
      const later = aCanvas(CHANNEL, 'loaded again');
      const creation = await create(rig.clock.now(), later);
      const [only, ...others] = rig.fake.canvases(CHANNEL);
      expect(creation).toEqual({ kind: 'created', canvasId: only?.id });
      expect(others).toEqual([]);
      expect(only?.markdown).toBe(publisher.render(later));
    },
  );

  it('finds the tab that it made beside what people wrote', async () => {
    rig.fake.createCanvas(CHANNEL, { isChannelCanvas: true, markdown: 'Our notes' });
    rig.fake.createCanvas(CHANNEL, { title: 'Runbook', markdown: '# EPM status' });
    const since = await createLost(CREATE_TAB);
    const creation = await create(since);
    const [notes, runbook, ours, ...others] = rig.fake.canvases(CHANNEL);
    expect(creation).toEqual({ kind: 'created', canvasId: ours?.id });
    expect(others).toEqual([]);
    expect([notes?.revision, runbook?.revision, ours?.revision]).toEqual([1, 1, 2]);
  });

  it('takes the canvas of the channel when there is not a word in it', async () => {
    const half = rig.fake.createCanvas(CHANNEL, { isChannelCanvas: true, markdown: ' \n' });
    expect(await create(rig.clock.now())).toEqual({ kind: 'created', canvasId: half.id });
    expect(rig.fake.canvas(half.id).markdown).toBe(text());
  });

  it('leaves an empty tab to whoever opened it', async () => {
    const tab = rig.fake.createCanvas(CHANNEL, { markdown: '' });
    const creation = await create(rig.clock.now());
    expect(creation).toMatchObject({ kind: 'created' });
    expect(creation).not.toMatchObject({ canvasId: tab.id });
  });

  it('never overwrites what people wrote', async () => {
    const theirs = rig.fake.createCanvas(CHANNEL, {
      isChannelCanvas: true,
      markdown: '# EPM status\n\nOur notes',
    });
    expect(await create(rig.clock.now())).toMatchObject({ kind: 'created' });
    expect(rig.fake.canvas(theirs.id)).toEqual(theirs);
  });

  it('does not take the canvas of another channel that has a tab here', async () => {
    const foreign = { ...canvas, channelName: 'arcs-support' };
    const { id } = rig.fake.createCanvas(CHANNEL, { by: 'vesper', markdown: publisher.render(foreign) });
    expect(await create(rig.clock.now())).toMatchObject({ kind: 'created' });
    expect(rig.fake.canvas(id).revision).toBe(1);
  });

  it('makes one when there is none', async () => {
    expect(await create(rig.clock.now())).toMatchObject({ kind: 'created' });
    expect(rig.fake.canvases(CHANNEL)).toMatchObject([{ channelCanvasOf: CHANNEL, revision: 1 }]);
    expect(logged).toEqual([]);
  });

  it.each(['conversations.info', CONTENT])('makes none while it cannot look: %s', async (method) => {
    const since = await createLost();
    rig.fake.fault({ kind: 'rate_limited', retryAfterSeconds: 60, method });
    expect(await create(since)).toEqual({ kind: 'retry', error: 'ratelimited', afterMs: 60_000 });
    rig.fake.fault({ kind: 'garbage', method });
    await rig.clock.advance('60s');
    expect(await create(since)).toMatchObject({ kind: 'retry' });
    expect(rig.fake.canvases(CHANNEL)).toHaveLength(1);
    expect(await create(since)).toMatchObject({ kind: 'created' });
    expect(rig.fake.canvases(CHANNEL)).toHaveLength(1);
  });

  it('tries again when it cannot write what it found', async () => {
    const since = await createLost();
    rig.fake.fault({ kind: 'refuse', method: EDIT });
    expect(await create(since)).toMatchObject({ kind: 'retry' });
    expect(await create(since)).toMatchObject({ kind: 'created' });
    expect(rig.fake.canvases(CHANNEL)).toHaveLength(1);
  });

  it('makes another one when what it found is deleted before it can be written', async () => {
    const since = await createLost();
    rig.fake.fault({ kind: 'platform_error', error: 'canvas_not_found', method: EDIT });
    expect(await create(since)).toMatchObject({ kind: 'created' });
    expect(rig.fake.canvases(CHANNEL)).toHaveLength(2);
  });

  it('passes over a canvas that the bot may not see', async () => {
    const since = await createLost();
    rig.fake.fault({ kind: 'platform_error', error: 'canvas_not_found', method: CONTENT });
    expect(await create(since)).toMatchObject({ kind: 'created' });
    expect(rig.fake.canvases(CHANNEL)).toHaveLength(2);
  });

  it.each(['channels:read', 'canvases:read'])(
    'may make a second one without %s, and says so',
    async (scope) => {
      const scopes = ['canvases:write', 'canvases:read', 'channels:read'].filter((other) => other !== scope);
      await start({ scopes });
      const since = await createLost();
      expect(await create(since)).toMatchObject({ kind: 'created' });
      expect(rig.fake.canvases(CHANNEL)).toHaveLength(2);
      expect(logged.map(({ sentence }) => sentence)).toContain(
        'cannot look for a canvas that may have been made; the channel may now get a second one',
      );
    },
  );
});

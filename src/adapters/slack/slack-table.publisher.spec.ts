import { aScheduler } from '../../../test/builders/a-scheduler';
import { aWindow } from '../../../test/builders/a-window';
import { CHANNEL, OTHER_CHANNEL, SlackRig } from '../../../test/harness/slack-rig';
import { summarizeNight } from '../../domain/windows/night-summary';
import { occurrenceOn } from '../../domain/windows/occurrence';
import { buildStatusTable } from '../../domain/windows/status-table';
import type { PostRequest } from '../../domain/windows/table-publisher';
import { DisabledTablePublisher } from './disabled-table.publisher';
import { SlackTablePublisher } from './slack-table.publisher';

const window = aWindow();

describe('SlackTablePublisher', () => {
  let rig: SlackRig;
  let publisher: SlackTablePublisher;

  beforeEach(async () => {
    rig = await SlackRig.start();
    publisher = new SlackTablePublisher(rig.messenger, CHANNEL);
  });
  afterEach(() => rig.close());

  function night(count = 3) {
    return buildStatusTable(
      Array.from({ length: count }, (_, index) => aScheduler(`s${index}`).build()),
      {
        window,
        occurrence: occurrenceOn(window, '2026-03-03'),
        defaultTimeoutMinutes: 10,
        now: rig.clock.now(),
        nextUpdateAt: null,
      },
    );
  }

  const request = (fields: Partial<PostRequest> = {}): PostRequest => ({
    channelId: null,
    key: 'table-1',
    thread: null,
    mayHaveBeenSentSince: null,
    signal: rig.signal,
    ...fields,
  });

  async function post(count = 3, fields: Partial<PostRequest> = {}): Promise<string> {
    const [message] = publisher.layOutTable(night(count));
    const outcome = await rig.finish(publisher.post(message ?? { text: '', body: null }, request(fields)));
    if (outcome.kind !== 'sent' || outcome.reference === null) throw new Error(JSON.stringify(outcome));
    return outcome.reference;
  }

  it('posts into the default channel, or the one asked for', async () => {
    await post();
    await post(3, { channelId: OTHER_CHANNEL });
    expect(rig.fake.messages(CHANNEL)).toHaveLength(1);
    expect(rig.fake.messages(OTHER_CHANNEL)).toHaveLength(1);
  });

  it('puts a continuation into the thread of its main message, wherever that is', async () => {
    const main = await post(3, { channelId: OTHER_CHANNEL });
    const outcome = await rig.finish(
      publisher.post(publisher.layOutEmptied(night()), request({ key: 'table-2', thread: main })),
    );
    expect(outcome.kind).toBe('sent');
    const [parent] = rig.fake.messages(OTHER_CHANNEL);
    expect(rig.fake.thread(OTHER_CHANNEL, parent?.ts ?? '')).toHaveLength(1);
  });

  it('posts a thousand schedulers, continuations and all, as Slack takes them', async () => {
    const [main, ...others] = publisher.layOutTable(night(1_000));
    const thread = await post(1_000);
    for (const [index, message] of others.entries()) {
      const outcome = await rig.finish(publisher.post(message, request({ key: `part-${index}`, thread })));
      expect(outcome.kind).toBe('sent');
    }
    expect(main?.text).toContain('1000 pending');
    expect(rig.fake.messages(CHANNEL)).toHaveLength(11);
    expect(rig.logged).toEqual([]);
  });

  it('says that the main message of a continuation is gone', async () => {
    const thread = await post();
    rig.fake.deleteMessage(CHANNEL, rig.fake.messages(CHANNEL)[0]?.ts ?? '');
    const outcome = await rig.finish(
      publisher.post(publisher.layOutEmptied(night()), request({ key: 'table-2', thread })),
    );
    expect(outcome).toEqual({ kind: 'missing' });
  });

  it('brings a table up to date that an earlier attempt posted', async () => {
    const since = rig.clock.now();
    rig.fake.fault({ kind: 'store_then_drop', method: 'chat.postMessage' });
    await expect(post(3)).rejects.toThrow('network');
    await rig.clock.advance('1h');
    await post(5, { mayHaveBeenSentSince: since });
    expect(rig.fake.messages(CHANNEL)).toMatchObject([
      { text: expect.stringContaining('5 pending') as string },
    ]);
  });

  it('edits the same message, and says when it is gone', async () => {
    const reference = await post(3);
    const [message] = publisher.layOutTable(night(4));
    const edit = () => rig.finish(publisher.edit(message ?? { text: '', body: null }, reference, rig.rights));
    expect((await edit()).kind).toBe('sent');
    expect(rig.fake.messages(CHANNEL)).toMatchObject([
      { text: expect.stringContaining('4 pending') as string },
    ]);

    rig.fake.deleteMessage(CHANNEL, rig.fake.messages(CHANNEL)[0]?.ts ?? '');
    expect(await edit()).toEqual({ kind: 'missing' });
  });

  it('says the same in lines when Slack refuses the table', async () => {
    rig.fake.fault({ kind: 'platform_error', error: 'invalid_blocks', method: 'chat.postMessage' });
    await post(3);
    const [message] = rig.fake.messages(CHANNEL);
    expect(JSON.stringify(message?.blocks)).not.toContain('"table"');
    expect(JSON.stringify(message?.blocks)).toContain('⬜ Service A · EOD Processing · pending');
  });

  it('says it in bare text when Slack refuses any blocks', async () => {
    rig.fake.fault({ kind: 'platform_error', error: 'invalid_blocks', method: 'chat.postMessage', times: 2 });
    await post(3);
    expect(rig.fake.messages(CHANNEL)).toMatchObject([
      { blocks: [], text: expect.stringContaining('⬜ Service A · EOD Processing · pending') as string },
    ]);
  });

  it('takes a second message back, once or twice', async () => {
    const reference = await post();
    const withdraw = () => rig.finish(publisher.withdraw(reference, rig.signal));
    expect((await withdraw()).kind).toBe('sent');
    expect(rig.fake.messages(CHANNEL)).toEqual([]);
    expect((await withdraw()).kind).toBe('sent');
  });

  it('posts the summary', async () => {
    const summary = publisher.layOutSummary(summarizeNight(night()));
    expect((await rig.finish(publisher.post(summary, request()))).kind).toBe('sent');
    expect(rig.fake.messages(CHANNEL)[0]?.text).toContain('EOD summary');
  });

  it('knows no message by a reference that is not its own', async () => {
    expect(await publisher.edit(publisher.layOutEmptied(night()), 'elsewhere', rig.rights)).toEqual({
      kind: 'missing',
    });
    expect(await publisher.withdraw('elsewhere', rig.signal)).toEqual({ kind: 'missing' });
  });
});

describe('DisabledTablePublisher', () => {
  it('says that it is disabled, and publishes nothing', async () => {
    const publisher = new DisabledTablePublisher();
    expect(publisher.state).toBe('disabled');
    expect(publisher.layOutTable()).toEqual([]);
    expect(await publisher.post()).toMatchObject({ kind: 'refused', error: 'Slack is not configured' });
  });
});

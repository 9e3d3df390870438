import { FakeSlack } from '../../fakes/fake-slack';
import { CLOSE_CHANNEL, RECON_CHANNEL } from './cast';
import { SlackWatch } from './slack-watch';

describe('what is told of Slack', () => {
  let slack: FakeSlack;
  let nowMs: number;
  let watch: SlackWatch;

  beforeEach(async () => {
    slack = await FakeSlack.start({ channels: [CLOSE_CHANNEL, RECON_CHANNEL] });
    nowMs = 0;
    watch = new SlackWatch(slack);
  });
  afterEach(() => slack.close());

  const look = (): readonly string[] => watch.look(nowMs);

  it('is each message once, each edit once, and no reply', async () => {
    const post = await call('chat.postMessage', { text: 'Ledger &amp; Co failed\nat last' });
    expect(look()).toEqual(['Slack #night-close: Ledger & Co failed at last']);
    expect(look()).toEqual([]);
    await call('chat.postMessage', { text: 'why', thread_ts: post.ts });
    await call('chat.update', { text: 'Resolved', ts: post.ts });
    expect(look()).toEqual(['Slack #night-close, edited: Resolved']);
  });

  it('is a canvas at once, and its edits now and then, to the last one', () => {
    const { id } = slack.createCanvas(RECON_CHANNEL.id);
    expect(look()).toEqual(['Slack #reconciliation: the canvas is there']);
    slack.editByHand(id, 'one');
    slack.editByHand(id, 'two');
    expect(look()).toEqual([]);
    nowMs = 30_000;
    expect(look()).toEqual(['Slack #reconciliation: the canvas was edited 2 times so far']);
    nowMs = 90_000;
    expect(look()).toEqual([]);
  });

  async function call(method: string, args: Record<string, string>): Promise<{ ts: string }> {
    const body = new URLSearchParams({ token: 'xoxb-fake', channel: CLOSE_CHANNEL.id, ...args });
    const answer = await fetch(`${slack.apiUrl}${method}`, { method: 'POST', body });
    return (await answer.json()) as { ts: string };
  }
});

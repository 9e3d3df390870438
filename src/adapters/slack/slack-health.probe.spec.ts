import { FakeClock } from '../../../test/fakes/fake-clock';
import { CHANNEL, SlackRig } from '../../../test/harness/slack-rig';
import { until } from '../../../test/harness/until';
import { SlackHealthProbe } from './slack-health.probe';

const METHOD = 'auth.test';

describe('SlackHealthProbe', () => {
  let rig: SlackRig;
  let probe: SlackHealthProbe;

  beforeEach(async () => {
    rig = await SlackRig.start();
    probe = new SlackHealthProbe(rig.client, rig.clock);
  });
  afterEach(async () => {
    await probe.close();
    await rig.close();
  });

  /** Asks, and resolves once that is the answer. */
  async function answers(expected: string): Promise<void> {
    await until(() => probe.check() === expected);
  }

  it('waits for nobody: it is pending until Slack has answered', async () => {
    rig.fake.fault({ kind: 'hang' });
    expect(probe.check()).toBe('pending');
    await rig.received(METHOD, 1);
    expect(probe.check()).toBe('pending');
    expect(rig.fake.calls(METHOD)).toHaveLength(1);
  });

  it('says ok for a minute without asking again', async () => {
    await answers('ok');
    await rig.clock.advance('59s');
    expect(probe.check()).toBe('ok');
    // Whatever was sent before this call has arrived before it.
    await rig.client.call('chat.postMessage', { channel: CHANNEL, text: 'x' }, rig.signal);
    expect(rig.fake.calls(METHOD)).toHaveLength(1);
  });

  it('says what is wrong, and that it is right again', async () => {
    rig.fake.fault({ kind: 'platform_error', error: 'token_revoked' });
    await answers('auth.test: token_revoked');
    await rig.clock.advance('61s');
    await answers('ok');
  });

  it('keeps its last answer while it asks anew', async () => {
    await answers('ok');
    await rig.clock.advance('61s');
    rig.fake.fault({ kind: 'hang' });
    expect(probe.check()).toBe('ok');
  });

  it('is disabled where Slack is not configured', async () => {
    const none = new SlackHealthProbe(null, new FakeClock());
    expect(none.check()).toBe('disabled');
    await none.close();
  });
});

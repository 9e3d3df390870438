import { FakeClock } from '../fakes/fake-clock';
import { FakeSlack } from '../fakes/fake-slack';
import { Api, type Json, type Method } from '../harness/api';
import { APPS_FILE, APPS_WITHOUT_CHANNELS, cellUpdate } from '../harness/board';
import { letTimePass } from '../harness/let-time-pass';
import { KEYS, Vesper } from '../harness/vesper';

/** A busy machine takes its time. */
jest.setTimeout(60_000);

const [MAIN, TAX] = ['C0000000001', 'C0000000002'];
const ONE_CHANNEL = JSON.stringify({
  apps: { Planning: { domains: ['Actual'], channels: [MAIN] } },
  channels: { [MAIN]: { name: 'epm-main' } },
});

const clock = new FakeClock();
let slack: FakeSlack;
let vesper: Vesper;
let api: Api;

afterEach(async () => {
  await vesper.dispose();
  await slack.close();
});

async function start(appsFile: string): Promise<void> {
  const channels = [
    { id: MAIN, name: 'epm-main' },
    { id: TAX, name: 'tax' },
  ];
  slack = await FakeSlack.start({ now: () => clock.now().getTime(), channels });
  vesper = await Vesper.start({ clock, slack, appsFile });
  api = await Api.of(vesper);
}

async function call(method: Method, path: string, body?: object | string) {
  const response = await letTimePass(clock, api.call(method, path, body, { key: KEYS.board }));
  return { http: response.statusCode, ...response.json<Json>() } as Json;
}
const sync = (body?: object | string) => call('POST', '/canvas/sync', body);
const preview = (query = '') => call('GET', `/canvas/preview${query}`);

describe('POST /canvas/sync', () => {
  it('writes the only canvas, and answers when Slack has it', async () => {
    await start(ONE_CHANNEL);
    for (const body of [undefined, {}, { channel: null }, { channel: MAIN }, '']) {
      const answer = await sync(body);
      expect(answer).toEqual({
        http: 200,
        success: true,
        canvas_id: expect.stringMatching(/^F/) as string,
        channel: MAIN,
        updated_at: expect.any(String) as string,
      });
      const text = slack.canvas(String(answer['canvas_id'])).markdown;
      expect(text).toContain('Actual');
    }
  });

  it('writes all of several, or the one that is named', async () => {
    await start(APPS_FILE);
    const all = await sync();
    const results = all['results'] as Json[];
    expect(results.map(({ channel }) => channel)).toEqual([MAIN, TAX]);
    expect(all).toEqual({ http: 200, success: true, ...results[0], results });
    const one = await sync({ channel: TAX });
    expect(one).toMatchObject({ http: 200, channel: TAX, canvas_id: results[1]?.['canvas_id'] });
    expect(one).not.toHaveProperty('results');
  });

  it('has nothing to do while no channel is configured', async () => {
    await start(APPS_WITHOUT_CHANNELS);
    expect(await sync()).toEqual({ http: 200, success: true, results: [] });
    expect(await sync({ channel: MAIN })).toMatchObject({
      http: 400,
      error: { code: 'INVALID_REQUEST', message: 'channel must be one of the board, which has none' },
    });
  });

  it('says what Slack said when it does not take one, and which were written', async () => {
    await start(APPS_FILE);
    slack.fault({ kind: 'platform_error', error: 'restricted_action', channel: TAX, times: Infinity });
    expect(await sync()).toEqual({
      http: 502,
      success: false,
      error: {
        code: 'SLACK_ERROR',
        message: `The canvas of channel ${TAX} could not be written: restricted_action`,
        details: { channels: [{ channel: TAX, slack_error: 'restricted_action' }], written: [MAIN] },
      },
    });
    expect(await sync({ channel: TAX })).toMatchObject({
      http: 502,
      error: { details: { channels: [{ channel: TAX }], written: [] } },
    });
    expect(await sync({ channel: MAIN })).toMatchObject({ http: 200 });
  });

  it.each([
    ['a channel nobody knows', { channel: 'C9' }, `channel must be one of: ${MAIN}, ${TAX}`],
    ['an empty one', { channel: '' }, `channel must be one of: ${MAIN}, ${TAX}`],
    ['a number', { channel: 1 }, 'channel must be a string'],
    ['something else', { channels: [] }, 'channels is not a known field'],
    ['a list', [], 'body must be a JSON object'],
  ])('refuses %s', async (_, body, message) => {
    await start(APPS_FILE);
    expect(await sync(body)).toEqual({
      http: 400,
      success: false,
      error: { code: 'INVALID_REQUEST', message, details: { violations: [message] } },
    });
  });

  it('is refused by whom Slack is not told', async () => {
    await start(APPS_FILE);
    const silent = await Vesper.start({ appsFile: APPS_FILE });
    const answer = await (await Api.of(silent)).call('POST', '/canvas/sync', {});
    expect([answer.statusCode, answer.json()]).toMatchObject([
      502,
      { error: { code: 'SLACK_ERROR', details: { channels: [{ channel: MAIN }, { channel: TAX }] } } },
    ]);
    await silent.dispose();
  });
});

describe('GET /canvas/preview', () => {
  it('shows what would be written, and asks Slack nothing', async () => {
    await start(ONE_CHANNEL);
    await call('POST', '/status', cellUpdate({ status: 'Warning', message: 'two *rows* <!channel>' }));
    const asked = slack.calls().length;
    const answer = await preview();
    expect(answer).toEqual({
      http: 200,
      channel: MAIN,
      canvas_id: null,
      markdown: expect.stringContaining('Actual') as string,
      generated_at: clock.now().toISOString(),
    });
    expect(slack.calls()).toHaveLength(asked);
    const { canvas_id } = await sync();
    expect(await preview(`?channel=${MAIN}`)).toMatchObject({ canvas_id });
  });

  it('asks which one, where several are', async () => {
    await start(APPS_FILE);
    expect(await preview(`?channel=${TAX}`)).toMatchObject({ http: 200, channel: TAX });
    const message = `channel must be one of: ${MAIN}, ${TAX}`;
    for (const query of ['', '?channel=', '?channel=C9', '?channel=%00', '?channel=__proto__'])
      expect(await preview(query)).toMatchObject({ http: 400, error: { code: 'INVALID_REQUEST', message } });
    expect(await preview(`?channel=${TAX}&channel=${TAX}`)).toMatchObject({
      http: 400,
      error: { message: 'channel must be given once' },
    });
  });

  it('has nothing to show while no channel is configured', async () => {
    await start(APPS_WITHOUT_CHANNELS);
    expect(await preview()).toMatchObject({
      http: 400,
      error: { message: 'channel must be one of the board, which has none' },
    });
  });
});

it('a push says that its canvas will follow, without waiting for Slack', async () => {
  await start(APPS_FILE);
  slack.fault({ kind: 'hang', times: Infinity });
  const response = await api.call('POST', '/status', cellUpdate(), { key: KEYS.board });
  expect(response.json()).toMatchObject({ success: true, canvas_updated: true });
});

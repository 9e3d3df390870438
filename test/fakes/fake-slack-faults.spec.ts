import { until } from '../harness/until';
import { callJson, clientOf, EOD, errorOf, post } from './fake-slack/calling';
import { FakeFault, FakeSlack } from './fake-slack';

/** A busy machine takes its time. */
jest.setTimeout(20_000);

describe('rate limits of FakeSlack', () => {
  let fake: FakeSlack;
  let now: number;
  const other = 'C0000000002';

  beforeEach(async () => {
    now = 1_700_000_000_000;
    const channels = [
      { id: EOD, name: 'eod' },
      { id: other, name: 'other' },
    ];
    fake = await FakeSlack.start({ now: () => now, channels });
  });
  afterEach(() => fake.close());

  const status = async (method: string, args: object): Promise<[number, string | null]> => {
    const response = await fetch(`${fake.apiUrl}${method}`, {
      method: 'POST',
      headers: { authorization: 'Bearer xoxb-fake', 'content-type': 'application/json' },
      body: JSON.stringify(args),
    });
    await response.text();
    return [response.status, response.headers.get('retry-after')];
  };
  const acceptedOf = async (count: number, method: string, args: object): Promise<number> => {
    let accepted = 0;
    for (let call = 0; call < count; call += 1) {
      if ((await status(method, args))[0] === 200) accepted += 1;
    }
    return accepted;
  };

  it('take one message a second and channel, and one more', async () => {
    const send = (channel: string): Promise<[number, string | null]> =>
      status('chat.postMessage', { channel, text: 'x' });

    expect(await send(EOD)).toEqual([200, null]);
    expect(await send(EOD)).toEqual([200, null]);
    expect(await send(EOD)).toEqual([429, '1']);
    expect(await send(other)).toEqual([200, null]);
    now += 999;
    expect(await send(EOD)).toEqual([429, '1']);
    now += 1;
    expect(await send(EOD)).toEqual([200, null]);
    expect(await send(EOD)).toEqual([429, '1']);
    now += 3_600_000;
    expect(await acceptedOf(5, 'chat.postMessage', { channel: EOD, text: 'x' })).toBe(2);
  });

  it('do not lock a channel when the clock steps back', async () => {
    await post(fake, { text: 'x' });
    await post(fake, { text: 'x' });
    now -= 3_600_000;

    expect(await status('chat.postMessage', { channel: EOD, text: 'x' })).toEqual([429, '1']);
    now += 1_000;
    expect((await status('chat.postMessage', { channel: EOD, text: 'x' }))[0]).toBe(200);
  });

  it('are the tiers per method: a burst of a fifth more in a minute, the tier itself over five', async () => {
    const ts = await post(fake, { text: 'x' });
    const edit = { channel: EOD, ts, text: 'y' };

    expect(await acceptedOf(70, 'chat.update', edit)).toBe(60);
    expect(await acceptedOf(30, 'conversations.list', {})).toBe(24);
    expect(await status('chat.update', edit)).toEqual([429, '60']);
    let accepted = 60;
    for (let minute = 1; minute < 5; minute += 1) {
      now += 60_000;
      accepted += await acceptedOf(70, 'chat.update', edit);
    }
    expect(accepted).toBe(250);
  });

  it('reach the SDK as a rate limited error', async () => {
    await post(fake, { text: 'x' });
    await post(fake, { text: 'x' });

    await expect(clientOf(fake).chat.postMessage({ channel: EOD, text: 'x' })).rejects.toMatchObject({
      code: 'slack_webapi_rate_limited_error',
      retryAfter: 1,
    });
    expect(fake.messages()).toHaveLength(2);
    expect(fake.calls('chat.postMessage').at(-1)?.outcome).toEqual({
      status: 429,
      ok: false,
      error: 'ratelimited',
    });
  });
});

describe('faults of FakeSlack', () => {
  let fake: FakeSlack;

  beforeEach(async () => {
    fake = await FakeSlack.start({ enforceRateLimits: false });
  });
  afterEach(() => fake.close());

  const send = (timeout = 2_000): Promise<unknown> => {
    const client = clientOf(fake);
    Object.assign(client, { timeout });
    return client.chat.postMessage({ channel: EOD, text: 'x' });
  };

  it.each<[FakeFault, string, number]>([
    [{ kind: 'refuse' }, 'slack_webapi_request_error', 0],
    [{ kind: 'rate_limited', retryAfterSeconds: 7 }, 'slack_webapi_rate_limited_error', 0],
    [{ kind: 'rate_limited_without_retry_after' }, 'no_code', 0],
    [{ kind: 'http_error', status: 503 }, 'slack_webapi_http_error', 0],
    [{ kind: 'platform_error', error: 'token_revoked' }, 'token_revoked', 0],
    [{ kind: 'store_then_drop' }, 'slack_webapi_request_error', 1],
    [{ kind: 'store_then_error' }, 'internal_error', 1],
  ])('%j gives %s and leaves %i messages', async (fault, code, stored) => {
    fake.fault(fault);

    expect(await errorOf(send())).toBe(code);
    expect(fake.messages()).toHaveLength(stored);
    await send();
    expect(fake.messages()).toHaveLength(stored + 1);
  });

  it('garbage reaches the SDK as an error made of the page', async () => {
    fake.fault({ kind: 'garbage' });

    expect(await errorOf(send())).toContain('<!doctype html>');
  });

  it('slow answers late and does the work all the same, even if the caller is gone', async () => {
    fake.fault({ kind: 'slow', delayMs: 60 });
    await send();
    fake.fault({ kind: 'slow', delayMs: 60 });
    const caller = new AbortController();
    const given = fetch(`${fake.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: 'Bearer xoxb-fake', 'content-type': 'application/json' },
      body: JSON.stringify({ channel: EOD, text: 'x' }),
      signal: caller.signal,
    });
    await until(() => fake.calls().length === 2);
    caller.abort();
    await expect(given).rejects.toThrow('aborted');
    expect(fake.messages()).toHaveLength(1);

    await until(() => fake.messages().length === 2);
  });

  it('hang never answers', async () => {
    fake.fault({ kind: 'hang' });

    expect(await errorOf(send(50))).toBe('slack_webapi_request_error');
    expect(fake.calls()).toMatchObject([{ outcome: { status: null, ok: false, error: 'hang' } }]);
    expect(fake.messages()).toEqual([]);
  });

  it('hit the calls they name, as often as they say, or until cleared', async () => {
    fake.fault({ kind: 'platform_error', error: 'fatal_error', method: /^chat\./, times: 2 });
    fake.fault({ kind: 'platform_error', error: 'service_unavailable', channel: EOD, times: Infinity });

    expect((await callJson(fake, 'auth.test', {})).ok).toBe(true);
    expect(await errorOf(send())).toBe('fatal_error');
    expect(await errorOf(send())).toBe('fatal_error');
    expect(await errorOf(send())).toBe('service_unavailable');
    expect(await errorOf(send())).toBe('service_unavailable');
    fake.clearFaults();
    await send();
  });

  it('can be set over HTTP by another process', async () => {
    const control = (verb: string, path: string, body?: unknown): Promise<Response> =>
      fetch(`${fake.pageUrl}_fake/${path}`, {
        method: verb,
        ...(body ? { body: JSON.stringify(body) } : {}),
      });

    const fault = { kind: 'platform_error', error: 'fatal_error', method: '/^chat/', times: null };
    expect((await control('POST', 'fault', fault)).status).toBe(200);
    expect(await errorOf(send())).toBe('fatal_error');
    expect(await errorOf(send())).toBe('fatal_error');
    await control('DELETE', 'fault');
    await send();
    expect(await (await control('GET', 'calls?method=chat.postMessage')).json()).toHaveLength(3);
    await control('POST', 'reset');
    expect(fake.messages()).toEqual([]);
    const wrong = await control('POST', 'fault', { kind: 'slow' });
    expect([wrong.status, await wrong.json()]).toEqual([
      400,
      { ok: false, error: 'slow needs the number delayMs' },
    ]);
  });
});

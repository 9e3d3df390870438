import { toFault } from './slack-fault';

const trace = { method: 'chat.postMessage', httpStatus: null, failure: null, isAborted: false };

/** What no server can be made to answer; the rest is tried over HTTP in slack.client.spec.ts. */
describe('toFault', () => {
  it('calls a request that could not be put together a fault of ours', () => {
    expect(toFault(new URIError('URI malformed'), trace).outcome).toMatchObject({
      kind: 'refused',
      reason: 'bad_payload',
      error: 'chat.postMessage: the request could not be put together: URI malformed',
    });
  });

  it.each([
    ['ECONNREFUSED', false],
    ['ENOTFOUND', false],
    ['EAI_AGAIN', false],
    ['UND_ERR_CONNECT_TIMEOUT', false],
    ['ECONNRESET', true],
    ['UND_ERR_SOCKET', true],
  ])('of %s, says whether something may have been sent: %s', (code, outcomeUnknown) => {
    const failure = Object.assign(new TypeError('fetch failed'), { cause: { code } });
    expect(toFault(failure, { ...trace, failure }).outcome).toMatchObject({
      kind: 'retry',
      reason: 'network',
      error: `chat.postMessage: ${code}`,
      outcomeUnknown,
    });
  });

  it('stays in doubt about a failure that names no cause', () => {
    const failure = new TypeError('fetch failed');
    expect(toFault(failure, { ...trace, failure }).outcome).toMatchObject({
      reason: 'network',
      outcomeUnknown: true,
    });
  });

  it('sees a timeout also while the body is read', () => {
    const error = new DOMException('timed out', 'TimeoutError');
    expect(toFault(error, { ...trace, httpStatus: 200 }).outcome).toMatchObject({
      reason: 'timeout',
      outcomeUnknown: true,
    });
  });
});

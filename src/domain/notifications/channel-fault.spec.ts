import { asChannelFault } from './channel-fault';
import type { SendOutcome } from './channel';

describe('a refusal', () => {
  const refused = (reason: 'unauthorized' | 'target_gone'): SendOutcome => ({
    kind: 'refused',
    reason,
    error: 'no',
    httpStatus: 200,
  });

  it('of the token waits until somebody mends it', () => {
    expect(asChannelFault(refused('unauthorized'))).toEqual({
      kind: 'retry',
      reason: 'unauthorized',
      error: 'no',
      httpStatus: 200,
      afterMs: null,
      outcomeUnknown: false,
    });
  });

  it('of anything else is final', () => {
    expect(asChannelFault(refused('target_gone'))).toEqual(refused('target_gone'));
  });
});

import type { SendOutcome } from './channel';

/**
 * A token that is refused is a fault of the installation, which somebody will mend, and not of the message: what waits until then must not be lost. Every
 * other refusal is final.
 */
export function asChannelFault(outcome: SendOutcome): SendOutcome {
  if (outcome.kind !== 'refused' || outcome.reason !== 'unauthorized') return outcome;
  const { error, httpStatus } = outcome;
  return { kind: 'retry', reason: 'unauthorized', error, httpStatus, afterMs: null, outcomeUnknown: false };
}

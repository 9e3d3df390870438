import type { AlertCandidate } from '../alerts/alert';
import type { Board } from './board';
import type { LostSignIn } from './epm-gateway';

export function signInDedupKey(connection: string): string {
  return `epm_sign_in:${connection}`;
}

/** EPM is outside of Vesper, and no source of its own is foreseen for it. */
export function signInCandidate(board: Board, lost: LostSignIn, correlationId: string): AlertCandidate {
  return {
    dedupKey: signInDedupKey(lost.connection),
    source: 'external',
    severity: 'critical',
    title: `Vesper cannot sign in to Oracle EPM (${lost.connection}): a person has to`,
    summary: 'its sign-in was refused; the board is not healed until it is renewed',
    facts: [{ label: 'Connection', kind: 'text', text: lost.connection }],
    excerpt: lost.error,
    timeZone: board.timeZone,
    details: { connection: lost.connection, error: lost.error },
    labels: { connection: lost.connection },
    owner: { slackUserId: null, email: null },
    correlationId,
  };
}

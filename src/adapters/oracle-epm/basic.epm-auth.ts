import type { Clock } from '../../domain/shared/clock';
import type { EpmAuthConfig } from '../../platform/config/config';
import type { Authorization, EpmAuth } from './epm-auth';

/** Identity domains lock users out after a few wrong passwords; a question each half a minute would do that within minutes. */
const PAUSE_MS = 10 * 60_000;
const REFUSED: Authorization = {
  kind: 'refused',
  error: 'EPM refuses user and password (HTTP 401); they are tried again every ten minutes',
};

/** User and password. Fails for users with a second factor, and silently once the password has expired. */
export class BasicEpmAuth implements EpmAuth {
  private readonly granted: Extract<Authorization, { kind: 'granted' }>;
  private pausedUntilMs = 0;

  constructor(
    { username, password }: Extract<EpmAuthConfig, { type: 'basic' }>,
    private readonly clock: Clock,
  ) {
    const encoded = Buffer.from(`${username}:${password.reveal()}`).toString('base64');
    this.granted = { kind: 'granted', header: `Basic ${encoded}`, secrets: [encoded, password.reveal()] };
  }

  authorize(): Promise<Authorization> {
    const isPaused = this.clock.monotonicMs() < this.pausedUntilMs;
    return Promise.resolve(isPaused ? REFUSED : this.granted);
  }

  reauthorize(): Promise<Authorization> {
    this.pausedUntilMs = this.clock.monotonicMs() + PAUSE_MS;
    return Promise.resolve(REFUSED);
  }
}

import type { Channel, SendOutcome } from '../../domain/notifications/channel';

/** The Slack channel of an installation without a bot token: its deliveries are logged as skipped, and nothing is sent. */
export class DisabledSlackChannel implements Channel {
  readonly kind = 'slack';
  readonly state = 'disabled';
  readonly canEdit = false;

  constructor(readonly id: string) {}

  send(): Promise<SendOutcome> {
    return Promise.resolve({
      kind: 'refused',
      reason: 'refused',
      error: 'Slack is not configured',
      httpStatus: null,
    });
  }
}

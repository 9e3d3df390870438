import type { CanvasPublisher } from '../../domain/board/canvas-publisher';
import type { Clock } from '../../domain/shared/clock';
import type { TablePublisher } from '../../domain/windows/table-publisher';
import type { SlackConfig } from '../../platform/config/config';
import type { Log } from '../../platform/logging/log';
import { DisabledCanvasPublisher } from './disabled-canvas.publisher';
import { DisabledTablePublisher } from './disabled-table.publisher';
import { SlackCanvasPublisher } from './slack-canvas.publisher';
import { SlackHealthProbe } from './slack-health.probe';
import { SlackTablePublisher } from './slack-table.publisher';
import { SlackClient } from './slack.client';
import { SlackMessenger } from './slack.messenger';

/** contracts of Slack recommend it; a call that takes longer counts as unanswered. */
const CALL_TIMEOUT_MS = 10_000;

/** All that talks to Slack, sharing one client and so one set of rate limits. */
export interface SlackInstallation {
  /** `null` while Slack is not configured. */
  readonly messenger: SlackMessenger | null;
  readonly publisher: TablePublisher;
  readonly canvases: CanvasPublisher;
  readonly probe: SlackHealthProbe;
}

export function installSlack(config: SlackConfig | null, clock: Clock, log: Log): SlackInstallation {
  if (config === null) {
    return {
      messenger: null,
      publisher: new DisabledTablePublisher(),
      canvases: new DisabledCanvasPublisher(),
      probe: new SlackHealthProbe(null, clock),
    };
  }
  const { token, apiUrl, channelId } = config;
  const client = new SlackClient({ token, apiUrl, timeoutMs: CALL_TIMEOUT_MS }, clock, log);
  const messenger = new SlackMessenger(client, log);
  return {
    messenger,
    publisher: new SlackTablePublisher(messenger, channelId),
    canvases: new SlackCanvasPublisher(client, log),
    probe: new SlackHealthProbe(client, clock),
  };
}

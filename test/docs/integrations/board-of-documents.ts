import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FakeSlack } from '../../fakes/fake-slack';
import { PROJECT } from '../documents';
import { startRunningVesper, type RunningVesper } from '../running-vesper';

/** A started Vesper with the board of config/apps.example.json, which is the one that the documents talk about, and its Slack. */
export interface DocumentedBoard {
  readonly vesper: RunningVesper;
  readonly slack: FakeSlack;
  stop(): Promise<void>;
}

export async function startDocumentedBoard(): Promise<DocumentedBoard> {
  const appsFile = readFileSync(join(PROJECT, 'config', 'apps.example.json'), 'utf8');
  const channels = Object.entries(
    (JSON.parse(appsFile) as { channels: Record<string, { name: string }> }).channels,
  );
  const slack = await FakeSlack.start({ channels: channels.map(([id, { name }]) => ({ id, name })) });
  const environment = {
    SLACK_BOT_TOKEN: 'xoxb-fake',
    SLACK_CHANNEL_ID: 'C12345678',
    SLACK_API_URL: slack.apiUrl,
    EPM_TOKEN_URL: 'https://identity.example.com/oauth2/v1/token',
    EPM_CLIENT_ID: 'vesper',
    EPM_CLIENT_SECRET: 'nobody-is-asked',
  };
  const vesper = await startRunningVesper({ appsFile, environment });
  return {
    vesper,
    slack,
    stop: async () => {
      await vesper.stop();
      await slack.close();
    },
  };
}

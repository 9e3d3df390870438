import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FakeEpm } from '../../fakes/fake-epm';
import { FakeSlack } from '../../fakes/fake-slack';
import { CLOSE_CHANNEL, RECON_CHANNEL, VISITOR_KEY } from './cast';
import { connectApi, type DemoApi } from './demo-api';
import { jobsIn, type EpmJobs } from './epm-jobs';
import { freePortLike } from './ports';
import { registerAll } from './registration';
import { appsFile, EPM_CLIENT, makeSecrets, podOptions, vesperEnvironment, type Secrets } from './settings';
import type { SlackView } from './slack-watch';
import { VesperChild } from './vesper-child';

/** The addresses that the documents name; when they are taken, others are found. */
const USUAL_PORTS = { vesper: 3_000, slack: 3_999, epm: 4_100 } as const;

/** Where a visitor looks. */
export interface Places {
  readonly slack: string;
  readonly api: string;
  readonly epm: string;
  readonly key: string;
}

/** Vesper between Slack and EPM, all of it running. */
export interface Stage {
  readonly places: Places;
  readonly api: DemoApi;
  readonly jobs: EpmJobs;
  readonly slack: SlackView;
  /** Resolves with what there is to say about it when Vesper is gone, asked to or not. */
  readonly gone: Promise<string>;
  close(): Promise<void>;
}

interface Start {
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** @param signal ends the start early, with an error */
export async function openStage(folder: string, signal: AbortSignal): Promise<Stage> {
  const slack = await openSlack();
  try {
    const epm = await FakeEpm.start({ port: await freePortLike(USUAL_PORTS.epm), pods: podOptions() });
    try {
      return await withVesper({ folder, signal }, slack, epm);
    } catch (error) {
      await epm.close();
      throw error;
    }
  } catch (error) {
    await slack.close();
    throw error;
  }
}

async function openSlack(): Promise<FakeSlack> {
  return FakeSlack.start({
    port: await freePortLike(USUAL_PORTS.slack),
    channels: [CLOSE_CHANNEL, RECON_CHANNEL],
  });
}

async function withVesper({ folder, signal }: Start, slack: FakeSlack, epm: FakeEpm): Promise<Stage> {
  const secrets = makeSecrets(epm.signIn({ client: EPM_CLIENT }), () => randomBytes(12).toString('hex'));
  const canvas = slack.createCanvas(CLOSE_CHANNEL.id, { title: 'EPM close', markdown: 'Made by hand.' });
  const pods = Object.keys(podOptions()).map((pod) => [pod, epm.baseUrl(pod)] as const);
  const addresses = {
    port: await freePortLike(USUAL_PORTS.vesper),
    slackApiUrl: slack.apiUrl,
    epmTokenUrl: epm.tokenUrl,
    pods: Object.fromEntries(pods),
  };
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'apps.json'), appsFile(addresses, canvas.id));
  const environment = vesperEnvironment(addresses, secrets, new Date(), zone);
  await rehearse({ folder, signal }, environment, secrets);
  const vesper = await VesperChild.start(folder, environment, signal);
  return {
    places: {
      slack: slack.pageUrl,
      api: `${vesper.url}/api/docs`,
      epm: epm.pageUrl,
      key: secrets.apiKeys[VISITOR_KEY] ?? '',
    },
    api: connectApi(vesper.url, secrets.apiKeys),
    jobs: jobsIn(epm),
    slack,
    gone: vesper.gone,
    close: async () => {
      await vesper.stop();
      await Promise.all([slack.close(), epm.close()]);
    },
  };
}

/** All jobs are known before the night begins: its first table shows them, whenever in the first seconds it is posted. */
async function rehearse(
  { folder, signal }: Start,
  environment: Readonly<Record<string, string>>,
  { apiKeys }: Secrets,
): Promise<void> {
  const vesper = await VesperChild.start(folder, { ...environment, WORKERS: 'none' }, signal);
  try {
    await registerAll(connectApi(vesper.url, apiKeys));
  } finally {
    await vesper.stop();
  }
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FakeSlack } from '../../fakes/fake-slack';
import type { DrillContext, StorageName } from '../frame/drill';
import type { Emulator } from '../../processes/emulator';
import { slackEnv } from '../frame/slack-ledger';
import { emulatorFor, storageEnv } from '../frame/storage-env';
import { VesperProcess } from '../../processes/vesper-process';

/** Apps by name, each on one of the channels. */
export interface BoardLayout {
  readonly channels: readonly string[];
  readonly apps: Readonly<Record<string, { readonly domains: readonly string[]; readonly channel: string }>>;
}

/** One or more instances with a board, their Slack and their storage. */
export class DrilledBoard {
  private constructor(
    readonly slack: FakeSlack,
    readonly instances: readonly VesperProcess[],
    private readonly emulator: Emulator | null,
  ) {}

  static async start(
    context: DrillContext,
    storage: StorageName,
    layout: BoardLayout,
    instances = 1,
  ): Promise<DrilledBoard> {
    const channels = layout.channels.map((id) => ({ id, name: `board-${id.slice(-1)}` }));
    const slack = await FakeSlack.start({ channels });
    const emulator = await emulatorFor(storage);
    const appsFile = join(context.folder, 'apps.json');
    writeFileSync(appsFile, JSON.stringify(toAppsFile(layout)));
    const env = { ...slackEnv(slack), ...storageEnv(storage, context, emulator), APPS_CONFIG: appsFile };
    const vespers: VesperProcess[] = [];
    // One after the other: the first makes the tables.
    for (let n = 1; n <= instances; n++) {
      vespers.push(await VesperProcess.start({ env, logFile: join(context.folder, `vesper-${n}.log`) }));
    }
    return new DrilledBoard(slack, vespers, emulator);
  }

  get urls(): readonly string[] {
    return this.instances.map(({ url }) => url);
  }

  /** The first instance. */
  get vesper(): VesperProcess {
    const [first] = this.instances;
    if (first === undefined) throw new Error('there is no instance');
    return first;
  }

  /** What a channel's canvas shows; empty while there is none. */
  shownIn(channel: string): string {
    return this.slack.canvases(channel)[0]?.markdown ?? '';
  }

  async end(): Promise<void> {
    await Promise.all(this.instances.map((vesper) => vesper.kill()));
    this.emulator?.stop();
    await this.slack.close();
  }
}

function toAppsFile({ channels, apps }: BoardLayout): object {
  return {
    apps: Object.fromEntries(
      Object.entries(apps).map(([name, { domains, channel }]) => [name, { domains, channels: [channel] }]),
    ),
    channels: Object.fromEntries(channels.map((id) => [id, { name: `board-${id.slice(-1)}` }])),
  };
}

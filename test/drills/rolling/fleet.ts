import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VesperProcess } from '../../processes/vesper-process';
import { waitUntil } from '../../processes/waiting';
import type { Balancer } from './balancer';
import type { Build } from './builds';

/** From the word to stop to the end of the process, on top of the drain (spec 70). */
const STOP_WITHIN_MS = 10_000;
const USED_WITHIN_MS = 20_000;

export interface FleetOptions {
  readonly balancer: Balancer;
  readonly env: Readonly<Record<string, string>>;
  readonly nodeArgs: readonly string[];
  readonly folder: string;
  readonly drainMs: number;
}

interface Member {
  readonly vesper: VesperProcess;
  readonly build: Build;
  readonly logFile: string;
}

/** The instances behind a load balancer, which are replaced one by one. */
export class Fleet {
  private members: Member[] = [];
  private readonly logFiles: string[] = [];
  /** Of those that were asked to stop, in the order in which they were asked. */
  readonly exitCodes: (number | null)[] = [];

  constructor(private readonly options: FleetOptions) {}

  get builds(): readonly Build[] {
    return this.members.map(({ build }) => build);
  }

  /** Starts one more, and waits until the balancer uses it. */
  async add(build: Build, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const { balancer, folder, drainMs } = this.options;
    const logFile = join(folder, `vesper-${this.logFiles.length + 1}.log`);
    this.logFiles.push(logFile);
    const drain = { SHUTDOWN_DRAIN_SECONDS: String(drainMs / 1_000) };
    const vesper = await VesperProcess.start({
      main: build.main,
      nodeArgs: this.options.nodeArgs,
      env: { ...this.options.env, ...drain, ...env },
      logFile,
    });
    this.members.push({ vesper, build, logFile });
    balancer.add(vesper.port);
    if (!(await waitUntil(() => balancer.isUsed(vesper.port), USED_WITHIN_MS)))
      throw new Error('the balancer does not use an instance that is ready');
  }

  /** Takes the oldest away. @param how `kill`: without a word */
  async removeOldest(how: 'stop' | 'kill'): Promise<void> {
    const oldest = this.members.shift();
    if (oldest === undefined) throw new Error('there is none left to be taken away');
    const { vesper, build } = oldest;
    if (!build.drains) this.options.balancer.retire(vesper.port);
    if (how === 'kill') await vesper.kill();
    else this.exitCodes.push(await vesper.stop(this.options.drainMs + STOP_WITHIN_MS));
    this.options.balancer.remove(vesper.port);
  }

  async end(): Promise<void> {
    await Promise.all(this.members.map(({ vesper }) => vesper.kill()));
  }

  /** What any of them could not read of what another had written. */
  unreadable(): string[] {
    return this.logFiles.flatMap((file, index) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => /cannot be read|UnreadableItem|UnknownFormat/.test(line))
        .map((line) => `instance ${index + 1}: ${line.slice(0, 300)}`),
    );
  }
}

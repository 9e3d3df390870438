import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from '../frame/api-client';
import { checkReports } from '../frame/history/check-reports';
import type { DrillContext } from '../frame/drill';
import type { Findings } from '../frame/findings';
import { Reporters } from '../frame/reporters';
import { ReportLedger } from '../frame/history/report-ledger';
import { windowFarAway } from '../frame/slack-ledger';
import { VesperProcess, type VesperOptions } from '../../processes/vesper-process';

/** As long as a start may take on a machine that does other things: it is judged that it refuses, not how fast. */
const REFUSES_WITHIN_MS = 60_000;
/** Enough to hold a status update. */
const LINES_LOST = 12;
const STACK_TRACE = /\n\s+at /;

export interface Health {
  readonly status: string;
  readonly checks: Readonly<Record<string, unknown>>;
}

/** A Vesper on a folder of its own, with what it has acknowledged. */
export class ReportedFolder {
  readonly ledger = new ReportLedger();
  readonly api: ApiClient;

  private constructor(
    readonly vesper: VesperProcess,
    readonly dataDir: string,
    private readonly seed: number,
  ) {
    this.api = new ApiClient([vesper.url]);
  }

  static async create(
    context: DrillContext,
    options: Partial<VesperOptions> & { readonly dataDir?: string; readonly name?: string } = {},
  ): Promise<ReportedFolder> {
    const { dataDir = join(context.folder, 'data'), name = 'vesper', ...rest } = options;
    const vesper = await VesperProcess.create({
      ...rest,
      nodeArgs: context.fault.nodeArgs,
      env: { DATA_DIR: dataDir, ...windowFarAway(), ...rest.env, ...context.fault.env },
      logFile: join(context.folder, `${name}.log`),
    });
    return new ReportedFolder(vesper, dataDir, context.options.seed);
  }

  /** Reports for so long, and waits until all of it is acknowledged. */
  async report(forMs: number, api = this.api): Promise<void> {
    const reporters = this.reporters(api);
    reporters.start();
    await Promise.race([reporters.failed, sleep(forMs)]);
    await reporters.stop();
  }

  reporters(api = this.api): Reporters {
    const { ledger, seed } = this;
    return new Reporters({
      api,
      ledger,
      seed,
      reporters: 5,
      schedulersEach: 8,
      failureEveryMs: null,
      pauseMs: 15,
    });
  }

  get journal(): string {
    return join(this.dataDir, 'journal.jsonl');
  }

  async health(): Promise<Health> {
    const reply = await this.api.attempt({ method: 'GET', path: '/health' });
    if (!('status' in reply)) throw new Error(`no health: ${reply.fault}`);
    return reply.body as Health;
  }

  /** @param when what was done before, for the report */
  check(findings: Findings, when = ''): Promise<void> {
    return checkReports(this.api, this.ledger, findings, when);
  }

  /** Starts it where it must not start. @returns what it said */
  async expectRefusal(findings: Findings, words: readonly string[]): Promise<string> {
    const before = this.outputLength();
    this.vesper.launch();
    await this.vesper.whenGoneOrReady(REFUSES_WITHIN_MS);
    await this.vesper.kill();
    const said = this.vesper.output().slice(before).trim();
    const shown = said.slice(0, 400).replaceAll('\n', ' | ');
    findings.figure('it says', shown);
    findings.expect('it refuses to start', this.vesper.exitCode === 1, `exit code ${this.vesper.exitCode}`);
    for (const word of words)
      findings.expect(
        `and says "${word}"`,
        said.includes(word),
        said.includes(word) ? 'it does' : 'it does not',
      );
    findings.expect(
      'without a stack trace',
      !STACK_TRACE.test(said),
      STACK_TRACE.test(said) ? 'there is one' : 'none',
    );
    return said;
  }

  private outputLength(): number {
    try {
      return this.vesper.output().length;
    } catch {
      return 0; // it was never started
    }
  }
}

/** A planted fault: whole lines are gone from the end of a journal, which nobody can know. */
export function loseLines(journal: string): void {
  const lines = readFileSync(journal, 'utf8').trimEnd().split('\n');
  writeFileSync(journal, `${lines.slice(0, -LINES_LOST).join('\n')}\n`);
}

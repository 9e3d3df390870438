import { finalReport, runningReport } from './default-reports';
import type { Family, JobScript, Report } from './job-script';

const DEFAULT_LAG_MS = 5_000;

/** A scripted job: what it says follows the clock until somebody says otherwise by hand. */
export class Job {
  /** Epoch ms. */
  readonly startsAt: number;
  private endsAt: number;
  private byHand: Report | null = null;

  constructor(
    readonly id: number | string,
    /** `null` for the families that know no applications. */
    readonly application: string | null,
    private script: JobScript,
    private readonly now: () => number,
  ) {
    this.startsAt = now() + (script.startsInMs ?? 0);
    this.endsAt = script.runsForMs == null ? Infinity : this.startsAt + script.runsForMs;
  }

  get family(): Family {
    return this.script.family;
  }

  get isKnown(): boolean {
    return this.now() >= this.startsAt;
  }

  get isRunning(): boolean {
    return this.byHand === null && this.now() < this.endsAt;
  }

  /** From 0 to 100 of a job whose end is known. */
  get progress(): number {
    if (this.now() >= this.endsAt) return 100;
    const share = (this.now() - this.startsAt) / (this.endsAt - this.startsAt);
    return Math.max(0, Math.min(99, Math.floor(share * 100)));
  }

  scriptOf<F extends Family>(family: F): Extract<JobScript, { family: F }> {
    if (this.script.family !== family) throw new Error(`job ${this.id} belongs to ${this.script.family}`);
    return this.script as Extract<JobScript, { family: F }>;
  }

  report(): Report {
    if (this.byHand) return this.byHand;
    if (this.now() < this.endsAt) return runningReport(this.family);
    const final = finalReport(this.script);
    return this.now() < this.endsAt + this.lagMs() ? { ...final, status: -1 } : final;
  }

  /** Ends now, as scripted or as given. Data Integration's `status` lags as it would have. */
  finish(ends?: JobScript['ends']): void {
    if (ends !== undefined) this.script = { ...this.script, ends } as JobScript;
    this.byHand = null;
    this.endsAt = this.now();
  }

  /** Says this from now on; what is not given stays. */
  say(report: Partial<Report>): void {
    this.byHand = { ...this.report(), ...report };
  }

  /** Runs for ever, as a job does that the daily restart has killed. */
  strand(): void {
    this.endsAt = Infinity;
  }

  private lagMs(): number {
    if (this.script.family !== 'data-integration') return 0;
    const { statusLagMs } = this.script;
    return statusLagMs === null ? Infinity : (statusLagMs ?? DEFAULT_LAG_MS);
  }
}

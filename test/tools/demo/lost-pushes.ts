import type { CellRun } from './act';
import { VISITOR_KEY } from './cast';
import type { DemoApi } from './demo-api';

/** A cell that Vesper found out about by itself. */
export interface HealedCell {
  readonly run: CellRun;
  readonly jobId: string;
  readonly status: string;
  readonly message: string | null;
}

interface CellBody {
  readonly status: string;
  readonly job_id: string | null;
  readonly message: string | null;
}

/** Jobs whose end was not pushed, until the board shows how they ended or that the next has begun. */
export class LostPushes {
  private readonly waiting = new Map<string, CellRun>();

  constructor(private readonly api: DemoApi) {}

  add(run: CellRun, jobId: string): void {
    this.waiting.set(jobKey(run, jobId), run);
  }

  /** Those that the board knows the end of since the last look. Asks nothing while nothing is lost. */
  async look(): Promise<readonly HealedCell[]> {
    if (this.waiting.size === 0) return [];
    const answer = await this.api({ key: VISITOR_KEY, method: 'GET', path: '/status' });
    if (!answer.ok) return [];
    const { apps } = answer.body as { apps: Record<string, Record<string, CellBody>> };
    const healed: HealedCell[] = [];
    for (const [key, run] of this.waiting) {
      const cell = apps[run.cell.app]?.[run.cell.domain];
      const jobId = cell?.job_id ?? null;
      if (cell === undefined || jobId === null) continue;
      const isOvertaken = jobKey(run, jobId) !== key;
      if (!isOvertaken && cell.status === 'Loading') continue;
      this.waiting.delete(key);
      if (!isOvertaken) healed.push({ run, jobId, status: cell.status, message: cell.message });
    }
    return healed;
  }
}

/** Pods number their jobs each for itself. */
function jobKey({ cell }: CellRun, jobId: string): string {
  return `${cell.app}/${cell.domain}/${jobId}`;
}

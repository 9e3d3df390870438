import { seededRandom } from '../../tools/replay/seeded-random';
import type { ApiClient } from '../frame/api-client';

/** A cell as it was last pushed and acknowledged. */
export interface PushedCell {
  readonly app: string;
  readonly domain: string;
  readonly status: string;
  readonly jobId: string;
}

/** Pushes to cells, one push of a cell at a time, and knows what was acknowledged. */
export class BoardPusher {
  readonly acknowledged = new Map<string, PushedCell>();
  pushes = 0;
  private jobs = 0;
  private readonly random: () => number;

  constructor(
    private readonly api: ApiClient,
    private readonly cells: readonly { readonly app: string; readonly domain: string }[],
    seed: number,
  ) {
    this.random = seededRandom(seed, 'board');
  }

  /** Repeats one push until it is acknowledged. */
  async push(index = Math.floor(this.random() * this.cells.length)): Promise<PushedCell> {
    const cell = this.cells[index % this.cells.length];
    if (cell === undefined) throw new Error('there are no cells');
    const name = `${cell.app}/${cell.domain}`;
    const before = this.acknowledged.get(name);
    const ends = before?.status === 'Loading';
    const next: PushedCell = {
      ...cell,
      status: ends ? 'OK' : 'Loading',
      jobId: ends ? before.jobId : `JOB-${String(++this.jobs).padStart(6, '0')}`,
    };
    const body = { app: next.app, domain: next.domain, status: next.status, job_id: next.jobId };
    await this.api.untilAcknowledged({ method: 'POST', path: '/status', body });
    this.pushes += 1;
    this.acknowledged.set(name, next);
    return next;
  }

  /** Cells that the board says something else about than was acknowledged last. */
  async wrongCells(): Promise<readonly string[]> {
    const { reply } = await this.api.untilAcknowledged({ method: 'GET', path: '/status' });
    const { apps } = reply.body as {
      apps: Record<string, Record<string, { status: string; job_id: string | null }>>;
    };
    return [...this.acknowledged.values()].flatMap(({ app, domain, status, jobId }) => {
      const shown = apps[app]?.[domain];
      const isRight = shown?.status === status && shown.job_id === jobId;
      return isRight ? [] : [`${app}/${domain}: ${status} ${jobId}, not ${JSON.stringify(shown)}`];
    });
  }

  /** Cells of a channel's apps that its canvas does not show as they were acknowledged last. */
  cellsNotShown(markdown: string, apps: readonly string[]): readonly string[] {
    const rows = markdown.split('\n').filter((line) => line.startsWith('|'));
    return [...this.acknowledged.values()]
      .filter(({ app }) => apps.includes(app))
      .filter(
        ({ domain, status, jobId }) =>
          !rows.some((row) => [domain, status, jobId].every((text) => row.includes(text))),
      )
      .map(({ app, domain, status, jobId }) => `${app}/${domain}: ${status} ${jobId}`);
  }
}

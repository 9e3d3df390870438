import type { AppBoard } from '../../domain/board/app-board';
import type { Board, BoardApp } from '../../domain/board/board';
import type { BoardRepository } from '../../domain/board/board.repository';
import type { EpmAnswer, EpmGateway, LostSignIn } from '../../domain/board/epm-gateway';
import type { Clock } from '../../domain/shared/clock';
import { UnavailableError } from '../../domain/shared/errors';
import type { Hold } from '../../platform/workers/hold-lease';
import type { Task } from '../../platform/workers/task';
import type { EpmObserver } from './epm-observer';
import type { EpmPollService, PolledCell } from './epm-poll.service';
import { ServerPauses } from './server-pauses';

/** Milliseconds between two polls. */
export const EpmPollIntervalMs = Symbol('EpmPollIntervalMs');

export interface EpmPollDependencies {
  readonly board: Board;
  readonly boards: BoardRepository;
  readonly gateway: EpmGateway;
  readonly polls: EpmPollService;
  readonly observer: EpmObserver;
  readonly clock: Clock;
  readonly random: () => number;
  readonly intervalMs: number;
}

/** Questions to one server at a time: Oracle publishes no limit, and advises 2 to 5 (contracts of Oracle EPM, "HTTP behaviour"). */
const AT_ONCE = 3;

/** Asks EPM about the jobs that cells wait for. Servers are asked side by side; one that does not answer is left alone for a while. */
export class EpmPollWorker implements Task {
  readonly name = 'epm-poll';
  readonly schedule: Task['schedule'];
  readonly timeoutMs = 300_000;
  readonly leased = true;
  readonly onceInMs: number;

  private readonly pauses: ServerPauses;
  /** When each job was last asked about, on the monotonic clock. */
  private asked = new Map<string, number>();

  constructor(private readonly dependencies: EpmPollDependencies) {
    const { clock, random, intervalMs } = dependencies;
    this.schedule = { everyMs: intervalMs };
    this.onceInMs = 0.9 * intervalMs;
    this.pauses = new ServerPauses(clock, random, intervalMs);
  }

  isDue(): boolean {
    const { servers, connections } = this.dependencies.gateway;
    return servers.length > 0 || connections.length > 0;
  }

  async run(_now: Date, { signal }: Pick<Hold, 'signal'>): Promise<void> {
    const { gateway } = this.dependencies;
    const waiting = await this.waitingCells();
    this.forgetAllBut(waiting);
    const byServer = groupedBy(waiting, ({ server }) => server);
    const failures: unknown[] = [];
    const attempt = (work: Promise<void>) => work.catch((error: unknown) => void failures.push(error));
    // First: a round of slow servers must not cost the sign-in.
    await attempt(gateway.keepSignedIn(signal));
    await Promise.all([...byServer].map(([server, cells]) => attempt(this.ask(server, cells, signal))));
    await attempt(this.reviewSignIns());
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} parts of a poll failed`);
  }

  private async waitingCells(): Promise<readonly PolledCell[]> {
    const { board, boards } = this.dependencies;
    const states = new Map((await boards.listApps()).map((state) => [state.app, state]));
    return board.apps.flatMap((app) => this.waitingCellsOf(app, states.get(app.name) ?? null));
  }

  private waitingCellsOf(app: BoardApp, state: AppBoard | null): readonly PolledCell[] {
    const { gateway } = this.dependencies;
    return (state?.cells ?? []).flatMap((cell) => {
      const named = cell.server !== null && gateway.servers.includes(cell.server) ? cell.server : app.server;
      const waits = cell.status === 'Loading' && app.domains.includes(cell.domain);
      if (!waits || cell.jobId === null || named === null || !gateway.servers.includes(named)) return [];
      if (!gateway.knowsJobIds(named, cell.jobId)) return [];
      return [
        { app: app.name, domain: cell.domain, server: named, jobId: cell.jobId, loadingAt: cell.statusAt },
      ];
    });
  }

  /** Several cells may wait for one job: it is asked about once. */
  private async ask(server: string, cells: readonly PolledCell[], signal: AbortSignal): Promise<void> {
    // Least recently asked first: a round that is cut off by its timeout must not leave out the same ones each time.
    const jobs = [...groupedBy(cells, ({ jobId }) => jobId)].toSorted(
      ([a], [b]) => this.askedAt(server, a) - this.askedAt(server, b),
    );
    const next = jobs[Symbol.iterator]();
    const failures: unknown[] = [];
    const askInTurn = async () => {
      for (const [jobId, waiting] of next) {
        if (signal.aborted) return;
        this.asked.set(`${server} ${jobId}`, this.dependencies.clock.monotonicMs());
        const answer = await this.askAbout(server, jobId, signal);
        if (signal.aborted) return;
        for (const cell of waiting) {
          try {
            await this.dependencies.polls.apply(cell, answer);
          } catch (error) {
            failures.push(error);
            // Without the storage there is nothing to ask for. Whatever else is wrong with one cell must not cost the others their turn.
            if (error instanceof UnavailableError) return;
          }
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, jobs.length) }, askInTurn));
    if (failures.length > 0)
      throw new AggregateError(failures, `${failures.length} cells of ${server} could not be written`);
  }

  private askedAt(server: string, jobId: string): number {
    return this.asked.get(`${server} ${jobId}`) ?? -Infinity;
  }

  private forgetAllBut(cells: readonly PolledCell[]): void {
    const waiting = new Set(cells.map(({ server, jobId }) => `${server} ${jobId}`));
    this.asked = new Map([...this.asked].filter(([job]) => waiting.has(job)));
  }

  /** A server that is left alone is answered for: its cells must be given up in time all the same. */
  private async askAbout(server: string, jobId: string, signal: AbortSignal): Promise<EpmAnswer> {
    const { gateway, observer, clock } = this.dependencies;
    const silence = this.pauses.reasonOf(server);
    if (silence !== null) return { kind: 'unreachable', error: silence };
    const began = clock.monotonicMs();
    const answer = await gateway.readJob(server, jobId, signal);
    if (signal.aborted) return answer;
    observer.asked(server, answer, clock.monotonicMs() - began);
    // What was answered for want of a sign-in says nothing about the server.
    if ('asked' in answer && answer.asked === false) return answer;
    if (answer.kind === 'unreachable') this.pauses.failed(server, answer.error);
    else this.pauses.answered(server);
    return answer;
  }

  private async reviewSignIns(): Promise<void> {
    const { gateway, polls } = this.dependencies;
    for (const connection of gateway.connections) {
      const isTheirs = (lost: LostSignIn) => lost.connection === connection;
      await polls.reviewSignIn(
        connection,
        async () => (await gateway.listLostSignIns()).find(isTheirs) ?? null,
      );
    }
  }
}

/** As `Map.groupBy`, which Node 20 does not have. */
function groupedBy<T>(all: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

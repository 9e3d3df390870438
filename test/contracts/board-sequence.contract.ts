import fc from 'fast-check';
import type { Store } from '../../src/adapters/persistence/store';
import type { BoardDecision } from '../../src/domain/board/board-decision';
import { CELL_STATUSES, type CellUpdate } from '../../src/domain/board/cell';
import {
  cellsWithAlertDue,
  decideDueAlerts,
  decideStaleCells,
  firstCells,
  newlyStaleCells,
} from '../../src/domain/board/decide-board-checks';
import { AlertsStillDue, decideCellUpdates, dedupKeysOf } from '../../src/domain/board/decide-cell-updates';
import { ChangedConcurrently } from '../../src/domain/shared/errors';
import { aCellUpdate } from '../builders/a-cell-update';
import { at, dueEntries, newId } from './acts';
import { appOf, circumstancesOf, readBoard, type ReadBoard } from './board-acts';
import { BoardModel } from './board-model';
import { allPages } from './expectations';
import type { StoreSubject } from './store-subject';

const DOMAINS = ['Actual', 'Budget', '🌙'];
const NOW_MINUTE = 60;
const STALE_AFTER_MS = 20 * 60_000;

interface Pushed {
  readonly who: number;
  readonly domain: string;
  readonly status: CellUpdate['status'];
  readonly jobId: string | null;
  readonly minute: number;
}

type Step =
  | { readonly do: 'look' }
  | { readonly do: 'push'; readonly updates: readonly Pushed[]; readonly outdated: boolean }
  | { readonly do: 'check'; readonly who: number; readonly outdated: boolean };

const who = fc.integer({ min: 0, max: 1 });
const outdated = fc.boolean();
const pushed: fc.Arbitrary<Pushed> = fc.record({
  who,
  domain: fc.constantFrom(...DOMAINS),
  status: fc.constantFrom(...CELL_STATUSES, 'Loading', 'Warning'),
  jobId: fc.constantFrom(null, 'J1', 'J2'),
  minute: fc.integer({ min: 0, max: NOW_MINUTE }),
});
/** More alerts than one commit takes: some are left due. */
const storm: fc.Arbitrary<Pushed[]> = fc
  .constantFrom('J1', 'J2')
  .map((jobId) =>
    [0, 1].flatMap((index) =>
      DOMAINS.map(
        (domain) => ({ who: index, domain, status: 'Warning', jobId, minute: NOW_MINUTE }) as const,
      ),
    ),
  );
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('push' as const),
        updates: fc.oneof(
          { weight: 5, arbitrary: fc.array(pushed, { minLength: 1, maxLength: 8 }) },
          { weight: 1, arbitrary: storm },
        ),
        outdated,
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('look' as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('check' as const), who, outdated }) },
  ),
  { minLength: 4, maxLength: 20 },
);

/** Any sequence of decisions about the board, also of outdated ones, leaves the store as a plain model of the port says. */
export function boardSequenceContract({ store, reopen, sequences }: StoreSubject): void {
  it('equals a plain model after any sequence of decisions, before and after it is opened again', async () => {
    const property = fc.asyncProperty(steps, async (sequence) => {
      const player = new Player(store());
      for (const step of sequence) await player.play(step);
      await player.compare(store());
      await reopen();
      await player.compare(store());
    });
    await fc.assert(property, { numRuns: sequences });
  });
}

/** Takes each step in the store and in the model; both must answer alike. */
class Player {
  private readonly model = new BoardModel();
  private readonly apps = [newId('one'), newId('two')];
  private readonly cells = this.apps.flatMap((app) => DOMAINS.map((domain) => ({ app, domain })));
  private remembered: ReadBoard | null = null;
  private played = 0;

  constructor(private readonly store: Store) {}

  async play(step: Step): Promise<void> {
    const current = await readBoard(this.store, this.cells);
    if (step.do === 'look') {
      this.remembered = current;
      return;
    }
    const seen = step.outdated ? (this.remembered ?? current) : current;
    const now = at(NOW_MINUTE, this.played++);
    const decision =
      step.do === 'push' ? this.decidePush(seen, step.updates, now) : this.decideCheck(seen, step.who, now);
    if (decision === null) return;
    const write = this.store.board.record(decision);
    if (this.model.record(decision) === 'recorded') await write;
    else await expect(write).rejects.toThrow(ChangedConcurrently);
  }

  async compare(store: Store): Promise<void> {
    for (const app of this.apps) {
      expect(await appOf(store, app)).toEqual(this.model.board(app));
      for (const domain of [null, ...DOMAINS]) {
        const query = { app, domain, from: at(0) };
        const audit = await allPages(3, (page) => store.board.listAudit(query, page));
        expect(audit).toEqual(this.model.auditOf(app, domain));
      }
    }
    const listed = (await store.board.listApps()).filter(({ app }) => this.apps.includes(app));
    const written = this.apps.map((app) => this.model.board(app)).filter(({ version }) => version > 0);
    expect(new Set(listed)).toEqual(new Set(written));
    for (const dedupKey of dedupKeysOf(this.cells))
      expect(await store.alerts.findSlot(dedupKey)).toEqual(this.model.slot(dedupKey));
    for (const alert of this.model.alerts.values()) expect(await store.alerts.find(alert.id)).toEqual(alert);
    const told = (await dueEntries(store, at(600))).filter(({ id }) => this.model.outbox.has(id));
    expect(new Set(told)).toEqual(new Set(this.model.outbox.values()));
  }

  /** What an earlier push left due is told first, in a step of its own. */
  private decidePush(seen: ReadBoard, updates: readonly Pushed[], now: Date): BoardDecision | null {
    const built = updates.map(({ who: index, domain, status, jobId, minute }) =>
      aCellUpdate(this.apps[index], domain)
        .with({ status, jobId, timestamp: at(minute) })
        .build(),
    );
    try {
      return decideCellUpdates(seen.boards, built, circumstancesOf(seen.slots, now));
    } catch (error) {
      if (!(error instanceof AlertsStillDue)) throw error;
      return this.decideCheck(seen, this.apps.indexOf(error.app), now);
    }
  }

  /** What the periodic look at one app does first: what was left due, else what is stale. */
  private decideCheck({ boards, slots }: ReadBoard, index: number, now: Date): BoardDecision | null {
    const board = boards.get(this.apps[index] as string);
    if (board === undefined) throw new Error('the app was not read');
    const due = firstCells(cellsWithAlertDue(board));
    if (due.length > 0) return decideDueAlerts(board, due, circumstancesOf(slots, now));
    const stale = firstCells(newlyStaleCells(board, STALE_AFTER_MS, now));
    return stale.length > 0 ? decideStaleCells(board, stale, circumstancesOf(slots, now)) : null;
  }
}

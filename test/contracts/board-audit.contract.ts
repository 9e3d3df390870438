import type { AuditQuery } from '../../src/domain/board/board.repository';
import { auditSortKey, type BoardAudit } from '../../src/domain/board/board-audit';
import { retentionStart } from '../../src/domain/schedulers/history-entry';
import { aCellUpdate } from '../builders/a-cell-update';
import { anAppBoard } from '../builders/an-app-board';
import { at, days, ids, newId } from './acts';
import { push } from './board-acts';
import { allPages, inByteOrder } from './expectations';
import type { StoreSubject } from './store-subject';

/** Who changed which cell of an app, and when. */
export function boardAuditContract({ store, clock, retentionDays }: StoreSubject): void {
  it('is newest first by server time, in whatever order it was written', async () => {
    const app = newId('app');
    const written = await write(app, [at(5), at(1), at(9), at(3), at(7)]);
    const expected = newestFirst(written);
    expect(expected.map((audit) => audit.at)).toEqual([at(9), at(7), at(5), at(3), at(1)]);
    for (const limit of [1, 2, 4, 5, 6]) expect(await list({ app }, limit)).toEqual(expected);
  });

  it('keeps all records of one millisecond, and pages through them', async () => {
    const app = newId('app');
    const written = await write(
      app,
      Array.from({ length: 5 }, () => at(0, 123)),
    );
    for (const limit of [1, 2, 5]) expect(await list({ app }, limit)).toEqual(newestFirst(written));
  });

  it('goes on behind any record, also when newer ones arrive meanwhile', async () => {
    const app = newId('app');
    const written = newestFirst(await write(app, [at(1), at(2), at(3), at(4), at(5)]));
    for (const [n, audit] of written.entries()) {
      const { items } = await store().board.listAudit(
        { app, domain: null, from: at(-60) },
        { limit: 10, after: auditSortKey(audit) },
      );
      expect(items).toEqual(written.slice(n + 1));
    }
    const seen = await allPages(
      2,
      (page) => store().board.listAudit({ app, domain: null, from: at(-60) }, page),
      async (pagesRead) => {
        await write(app, [at(10 + pagesRead)]);
      },
    );
    expect(seen).toEqual(written);
  });

  it('shows one domain, filtered before it counts a page, with all changes of a record', async () => {
    const app = newId('app');
    for (let n = 0; n < 12; n++) {
      const other = aCellUpdate(app, 'Actual').loading(`JOB_${n}`).at(at(n));
      const updates = n % 4 === 0 ? [other, aCellUpdate(app, 'Budget').ok(`JOB_${n}`).at(at(n))] : [other];
      await push(
        store(),
        updates.map((update) => update.build()),
      );
    }
    const budget = await list({ app, domain: 'Budget' }, 2);
    const domains = (audit: BoardAudit) => audit.changes.map(({ domain }) => domain);
    expect(budget.map((audit) => audit.at)).toEqual([at(8), at(4), at(0)]);
    expect(budget.map(domains)).toEqual(Array.from({ length: 3 }, () => ['Actual', 'Budget']));
    expect(await list({ app, domain: 'Actual' }, 5)).toHaveLength(12);
    for (const domain of ['Forecast', 'budget', 'Budge', '']) expect(await list({ app, domain })).toEqual([]);
  });

  it('never shows records before `from`, also not behind a cursor of theirs', async () => {
    const app = newId('app');
    const [oldest, older, newest] = await write(app, [at(0, 1), at(0, 2), at(0, 3)]);
    expect(await list({ app, from: at(0, 2) })).toEqual([newest, older]);
    expect(await list({ app, from: at(0, 2) }, 1)).toEqual([newest, older]);
    expect(await list({ app, from: at(0, 4) })).toEqual([]);
    const after = auditSortKey(older as BoardAudit);
    const page = await store().board.listAudit({ app, domain: null, from: at(0, 2) }, { limit: 5, after });
    expect(page).toEqual({ items: [], next: null });
    expect(await list({ app, from: at(0, 1) })).toContainEqual(oldest);
  });

  it("is empty for an unknown app, and is no other one's", async () => {
    const app = newId('app');
    const [own] = await write(app, [at(0)]);
    await write(`${app}-2`, [at(0)]);
    expect(await list({ app })).toEqual([own]);
    expect(await list({ app: newId('app') })).toEqual([]);
  });

  it('carries some hundred records over the days that they span', async () => {
    const app = newId('app');
    const instants = Array.from({ length: 300 }, (_, n) => at(-n * 60));
    const expected = newestFirst(await write(app, instants));
    const from = at(-days(20));
    expect(await list({ app, from }, 1_000)).toEqual(expected);
    expect(await list({ app, from }, 73)).toEqual(expected);
    expect(await list({ app, from: at(-days(5)) }, 50)).toEqual(
      expected.filter((audit) => audit.at >= at(-days(5))),
    );
  });

  it('is dropped after its retention, while the app stays as it is', async () => {
    const app = newId('app');
    const [old] = await write(app, [clock.now()]);
    clock.skip('2d');
    const [young] = await write(app, [clock.now()]);
    clock.skip(`${retentionDays - 1}d`);
    const from = retentionStart(clock.now(), retentionDays);
    const deleted = await store().upkeep.deleteExpired(from, new AbortController().signal);
    const all = await list({ app, from: deleted === 0 ? from : new Date(0) });
    expect(all).toEqual([young]);
    expect(all).not.toContainEqual(old);
    expect(await store().board.findApps([app])).toMatchObject([{ app, version: 2 }]);
  });

  /** One change at each of the instants. */
  async function write(app: string, instants: readonly Date[]): Promise<readonly BoardAudit[]> {
    const [stored] = await store().board.findApps([app]);
    const audits: BoardAudit[] = [];
    for (const instant of instants) {
      const audit = anAudit(app, instant);
      const version = (stored?.version ?? 0) + audits.length + 1;
      const boards = [anAppBoard(app).with({ version }).build()];
      await store().board.record({ boards, audits: [audit], alertChanges: [] });
      audits.push(audit);
    }
    return audits;
  }

  function list(query: Partial<AuditQuery> & { app: string }, limit = 100): Promise<readonly BoardAudit[]> {
    const asked = { domain: null, from: at(-60), ...query };
    return allPages(limit, (page) => store().board.listAudit(asked, page));
  }
}

function anAudit(app: string, instant: Date): BoardAudit {
  const { domain, jobId, message, timestamp } = aCellUpdate(app).build();
  const change = { domain, from: 'Blank', to: 'OK', applied: true, jobId, message, timestamp } as const;
  return { id: ids.next(), app, at: instant, by: 'key', correlationId: 'c', changes: [change] };
}

function newestFirst(audits: readonly BoardAudit[]): readonly BoardAudit[] {
  return [...inByteOrder(audits, auditSortKey)].reverse();
}

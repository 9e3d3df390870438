import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { aBoard } from '../../../test/builders/a-board';
import { aCellUpdate } from '../../../test/builders/a-cell-update';
import { at, ids } from '../../../test/contracts/acts';
import { appOf, auditOf, push } from '../../../test/contracts/board-acts';
import { failing, FaultyDynamo } from '../../../test/fakes/dynamo-faults';
import { findCell } from '../../domain/board/app-board';
import { InvalidTimestamp } from '../../domain/board/board.errors';
import type { CellUpdate } from '../../domain/board/cell';
import { decideCellUpdates, dedupKeysInPlay } from '../../domain/board/decide-cell-updates';
import { StorageUnavailable } from '../../domain/shared/errors';
import type { BoardChange } from './board-change';
import { BoardWriteService } from './board-write.service';

const COMMIT = 'TransactWriteItemsCommand';

/** On DynamoDB, where each read and each commit is a call that can be counted and can fail. */
describe('changes of one cell each, of one app, at the same moment', () => {
  let dynamo: FaultyDynamo;
  let service: BoardWriteService;
  let rung: number;

  beforeEach(async () => {
    dynamo = await FaultyDynamo.open();
    rung = 0;
    const { board, alerts } = dynamo.store;
    const bell = { ring: () => undefined, onRing: () => undefined };
    const canvasBell = { ...bell, ring: () => void (rung += 1) };
    service = new BoardWriteService(aBoard().build(), board, alerts, dynamo.clock, ids, bell, canvasBell);
  });
  afterEach(() => dynamo.close());

  const changeOf = (updates: readonly CellUpdate[], by = 'key'): BoardChange => ({
    apps: updates.map(({ app }) => app),
    actor: { by, correlationId: `of ${by}` },
    dedupKeys: (boards) => dedupKeysInPlay(updates, boards, new Date(0)),
    decide: (boards, circumstances) => decideCellUpdates(boards, updates, circumstances),
  });
  const aPush = (n: number, app = 'Planning') =>
    aCellUpdate(app, `Domain ${n}`).loading(`JOB_${n}`).at(at(0)).build();
  const join = (update: CellUpdate, by?: string) => service.join(update.app, changeOf([update], by));
  const commits = () => dynamo.takeCalls().filter(({ command }) => command === COMMIT).length;

  it('are written by one commit while they wait for the one before, each with its own audit and answer', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => join(aPush(n), `key ${n}`)));
    expect(commits()).toBe(2);
    expect(rung).toBe(2);
    const stored = await appOf(dynamo.store, 'Planning');
    expect(stored.version).toBe(2);
    expect(stored.cells).toHaveLength(10);
    for (const [n, boards] of answers.entries()) {
      const cell = findCell(boards.get('Planning') ?? stored, `Domain ${n}`);
      expect(cell).toEqual(findCell(stored, `Domain ${n}`));
    }
    const audits = await auditOf(dynamo.store, 'Planning');
    expect(audits.map(({ by }) => by).sort()).toEqual(answers.map((_, n) => `key ${n}`));
  });

  it('do not wait for those of another app', async () => {
    await Promise.all([0, 1, 2].flatMap((n) => [join(aPush(n)), join(aPush(n, 'FCCS'))]));
    expect(commits()).toBe(4);
  });

  it('are decided anew when another instance was faster, and none is lost', async () => {
    const other = aCellUpdate('Planning', 'Other').loading('OTHER').at(at(0)).build();
    let interfered = false;
    dynamo.script(COMMIT, async (carryOut) => {
      if (!interfered) await push(dynamo.store, [other], at(0));
      interfered = true;
      return carryOut();
    });
    await Promise.all([0, 1, 2, 3].map((n) => join(aPush(n))));
    const { cells } = await appOf(dynamo.store, 'Planning');
    expect(cells.map(({ domain }) => domain).sort()).toEqual([
      ...[0, 1, 2, 3].map((n) => `Domain ${n}`),
      'Other',
    ]);
    expect(await auditOf(dynamo.store, 'Planning')).toHaveLength(5);
  });

  it('all fail when their commit fails, and the next have their turn', async () => {
    const refusal = new ResourceNotFoundException({ message: 'scripted', $metadata: {} });
    await join(aPush(0));
    dynamo.script(COMMIT, failing(refusal), failing(refusal));
    const outcomes = await Promise.allSettled([1, 2, 3].map((n) => join(aPush(n))));
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: expect.any(StorageUnavailable) as unknown,
      });
    dynamo.reset();
    await join(aPush(4));
    expect((await appOf(dynamo.store, 'Planning')).cells.map(({ domain }) => domain)).toEqual([
      'Domain 0',
      'Domain 4',
    ]);
  });

  it('all learn at once that the storage is away, also those of later turns', async () => {
    const refusal = new ResourceNotFoundException({ message: 'scripted', $metadata: {} });
    await join(aPush(0));
    dynamo.takeCalls();
    dynamo.script(COMMIT, failing(refusal));
    const outcomes = await Promise.allSettled(Array.from({ length: 60 }, (_, n) => join(aPush(n + 1))));
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(60);
    expect(commits()).toBe(1);
    await join(aPush(99));
  });

  it('are refused one by one', async () => {
    const ahead = aCellUpdate('Planning', 'Ahead')
      .loading('A')
      .at(new Date(dynamo.clock.now().getTime() + 600_000))
      .build();
    const outcomes = await Promise.allSettled([join(aPush(0)), join(aPush(1)), join(ahead), join(aPush(2))]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[2]).toMatchObject({ reason: expect.any(InvalidTimestamp) as unknown });
  });

  it('that warn take a commit each, with their alerts, and wait for no newcomer', async () => {
    const warn = (n: number) => aCellUpdate('Planning', `Domain ${n}`).warning(`JOB_${n}`).at(at(0)).build();
    await Promise.all([join(aPush(9)), ...[0, 1, 2].map((n) => join(warn(n)))]);
    expect(commits()).toBe(4);
    const { items } = await dynamo.store.alerts.list(
      { status: 'firing', dedupKey: null },
      { limit: 10, after: null },
    );
    expect(items).toHaveLength(3);
  });

  it('are at most 25 a commit', async () => {
    await Promise.all(Array.from({ length: 52 }, (_, n) => join(aPush(n))));
    expect(commits()).toBe(1 + 3);
    expect((await appOf(dynamo.store, 'Planning')).cells).toHaveLength(52);
  });

  it('take their turn among batches, which nobody joins', async () => {
    const batch = service.write(changeOf([aPush(20), aPush(21), aPush(22, 'FCCS')]));
    await Promise.all([join(aPush(0)), batch, join(aPush(1)), join(aPush(2, 'FCCS'))]);
    const [planning, fccs] = [await appOf(dynamo.store, 'Planning'), await appOf(dynamo.store, 'FCCS')];
    expect(planning.cells.map(({ domain }) => domain).sort()).toEqual(
      [0, 1, 20, 21].map((n) => `Domain ${n}`),
    );
    expect(fccs.cells.map(({ domain }) => domain).sort()).toEqual(['Domain 2', 'Domain 22']);
  });
});

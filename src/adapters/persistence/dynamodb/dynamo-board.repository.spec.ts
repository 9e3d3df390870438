import {
  TransactionCanceledException,
  type BatchGetItemCommandOutput,
  type CancellationReason,
} from '@aws-sdk/client-dynamodb';
import { setImmediate } from 'node:timers/promises';
import { aCellUpdate } from '../../../../test/builders/a-cell-update';
import { at, newId } from '../../../../test/contracts/acts';
import {
  auditOf,
  decidePush,
  expectBoardNotWritten,
  expectBoardWritten,
  push,
  readBoard,
} from '../../../../test/contracts/board-acts';
import { allPages } from '../../../../test/contracts/expectations';
import { answering, failing, FaultyDynamo, losingAnswer } from '../../../../test/fakes/dynamo-faults';
import { ShiftedClock } from '../../../../test/fakes/shifted-clock';
import { emptyCanvasRecord } from '../../../domain/board/canvas-record';
import { emptyAppBoard } from '../../../domain/board/app-board';
import { ChangedConcurrently } from '../../../domain/shared/errors';
import { retryOnConflict } from '../../../domain/shared/retry-on-conflict';

const COMMIT = 'TransactWriteItemsCommand';
const UPDATE = 'UpdateItemCommand';

/** What the real DynamoDB does to the board and an emulator never does. */
describe('the board in DynamoDB', () => {
  let dynamo: FaultyDynamo;

  beforeEach(async () => {
    dynamo = await FaultyDynamo.open();
  });
  afterEach(() => dynamo.close());

  const calls = (command: string) => dynamo.takeCalls().filter((call) => call.command === command);
  const pushed = (app: string, minute = 0) =>
    push(dynamo.store, [aCellUpdate(app).loading(`JOB_${minute}`).at(at(minute)).build()]);

  async function aWarning(app = newId('app')) {
    const updates = [aCellUpdate(app).warning().at(at(0)).build()];
    return decidePush(await readBoard(dynamo.store, updates), updates, at(0));
  }

  describe('a commit', () => {
    const conflict = failing(cancelled('TransactionConflict', 'None', 'None', 'None', 'None'));

    it("is repeated when it meets another instance's, with the token by which it is known", async () => {
      const decision = await aWarning();
      dynamo.script(COMMIT, conflict, conflict);
      await dynamo.store.board.record(decision);
      const tokens = calls(COMMIT).map(({ input }) => input.ClientRequestToken as string);
      expect(tokens).toHaveLength(3);
      expect(new Set(tokens).size).toBe(1);
      await expectBoardWritten(dynamo.store, decision);
    });

    it('has the caller read again when it meets others all the time', async () => {
      const decision = await aWarning();
      dynamo.script(COMMIT, conflict, conflict, conflict, conflict, conflict);
      await expect(dynamo.store.board.record(decision)).rejects.toThrow(ChangedConcurrently);
      await expectBoardNotWritten(dynamo.store, decision);
    });

    it("whose answer was lost is not taken for somebody else's: an update, a canvas, a rotated token", async () => {
      const decision = await aWarning();
      dynamo.script(COMMIT, losingAnswer());
      await dynamo.store.board.record(decision);
      await expectBoardWritten(dynamo.store, decision);
      dynamo.script(COMMIT, losingAnswer());
      const canvas = await dynamo.store.board.recordCanvas(emptyCanvasRecord('C1'));
      expect(await dynamo.store.board.findCanvas('C1')).toEqual(canvas);
      dynamo.script(COMMIT, losingAnswer());
      const token = { connection: 'epm', sealed: 'rotated', seed: '', issuedAt: at(0), refusal: null };
      expect(await dynamo.store.epmTokens.record({ ...token, version: 0 })).toMatchObject({ version: 1 });
      expect(await dynamo.store.epmTokens.find('epm')).toEqual({ ...token, version: 1 });
    });
  });

  it('loses no update and no audit record of several instances that push to one app at the same time', async () => {
    const INSTANCES = 3;
    const PUSHES = 8;
    const clock = new TurnsClock();
    const pushAll = async (instance: number) => {
      for (let n = 0; n < PUSHES; n++) {
        const update = aCellUpdate('Planning', `Domain ${instance}`)
          .loading(`JOB_${instance}_${n}`)
          .at(at(n));
        await retryOnConflict(clock, () => push(dynamo.store, [update.build()]));
      }
    };
    await Promise.all(Array.from({ length: INSTANCES }, (_, instance) => pushAll(instance)));
    const [board] = await dynamo.store.board.findApps(['Planning']);
    expect(board?.version).toBe(INSTANCES * PUSHES);
    expect(board?.cells.map(({ jobId }) => jobId).sort()).toEqual(['JOB_0_7', 'JOB_1_7', 'JOB_2_7']);
    expect(await auditOf(dynamo.store, 'Planning')).toHaveLength(INSTANCES * PUSHES);
  });

  it('keeps the first watch although its answer was lost', async () => {
    dynamo.script(UPDATE, losingAnswer());
    expect(await dynamo.store.board.recordWatch(at(1))).toEqual(at(1));
    expect(await dynamo.store.board.recordWatch(at(2))).toEqual(at(1));
  });

  describe('a read', () => {
    it.each([1, 2, 7])('finds every app and record in pages that end after %d', async (pageSize) => {
      const apps = Array.from({ length: 9 }, (_, n) => `App ${n}`);
      for (const app of apps) await pushed(app);
      for (let minute = 1; minute < 5; minute++) await pushed('App 0', minute);
      const audits = await auditOf(dynamo.store, 'App 0');
      dynamo.endPagesAfter(pageSize);
      expect((await dynamo.store.board.listApps()).map(({ app }) => app).sort()).toEqual(apps);
      const query = { app: 'App 0', domain: 'Actual', from: at(-1) };
      expect(audits).toHaveLength(5);
      expect(await allPages(2, (page) => dynamo.store.board.listAudit(query, page))).toEqual(audits);
    });

    it('of the board, of apps and of an audit is strongly consistent', async () => {
      await pushed('Planning');
      dynamo.takeCalls();
      await dynamo.store.board.listApps();
      await auditOf(dynamo.store, 'Planning');
      await dynamo.store.board.findApps(['Planning']);
      await dynamo.store.board.findCanvas('C1');
      await dynamo.store.epmTokens.find('epm');
      const [apps, audit, batch, canvas, token] = dynamo.takeCalls().map(({ input }) => input);
      const [keys] = Object.values(batch.RequestItems);
      for (const input of [apps, audit, keys, canvas, token])
        expect(input).toMatchObject({ ConsistentRead: true });
    });

    it('of apps asks once for a name that is given twice, and again for what was left unprocessed', async () => {
      const { boards } = await pushed('Planning');
      dynamo.takeCalls();
      dynamo.script('BatchGetItemCommand', leavingAll('Planning'));
      const found = await dynamo.store.board.findApps(['Planning', 'FCCS', 'Planning']);
      expect(found).toEqual([boards[0], emptyAppBoard('FCCS'), boards[0]]);
      expect(calls('BatchGetItemCommand')).toHaveLength(2);
    });

    it('of an audit takes no more than the page it is to fill', async () => {
      for (let minute = 0; minute < 6; minute++) await pushed('Planning', minute);
      dynamo.takeCalls();
      const query = { app: 'Planning', domain: null, from: at(-1) };
      await dynamo.store.board.listAudit(query, { limit: 2, after: null });
      expect(calls('QueryCommand').map(({ input }) => input.Limit as number)).toEqual([4]);
    });
  });
});

/** Waits a turn of the event loop for each millisecond: without any wait those who met would meet again, in step, until one gives up. */
class TurnsClock extends ShiftedClock {
  override async sleep(ms: number): Promise<void> {
    for (let turn = 0; turn < ms; turn++) await setImmediate();
  }
}

function cancelled(...codes: readonly string[]): TransactionCanceledException {
  const CancellationReasons = codes.map((Code): CancellationReason => ({ Code }));
  return new TransactionCanceledException({ message: 'scripted', $metadata: {}, CancellationReasons });
}

function leavingAll(app: string) {
  return answering((output) => {
    const { Responses: responses = {}, ...rest } = output as BatchGetItemCommandOutput;
    const [table = ''] = Object.keys(responses);
    const left = [{ pk: { S: 'board' }, sk: { S: `app#${app}` } }];
    return {
      ...rest,
      Responses: { [table]: [] },
      UnprocessedKeys: { [table]: { Keys: left, ConsistentRead: true } },
    };
  });
}

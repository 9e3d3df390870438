import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { createClient } from '../../src/adapters/persistence/dynamodb/dynamo.client';
import { tableNames } from '../../src/adapters/persistence/dynamodb/tables';
import {
  parseJournalLine,
  toJournalLine,
  type JournalOp,
} from '../../src/adapters/persistence/json/journal-line';
import { CANVAS_OF, MAIN, boardFile } from '../harness/monitored-board';
import { CHANNEL, MonitoredNight } from '../harness/monitored-night';
import { letTimePass } from '../harness/let-time-pass';
import { KEYS, Vesper, type Storage } from '../harness/vesper';

const BEFORE_MIDNIGHT = '2026-03-02T16:55:00.000Z';

jest.setTimeout(60_000);

/** Something that only a newer version writes: a field, in everything that is stored and in everything that is a list of things. */
function withNewField(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map((element) => (isRecord(element) ? withNewField(element) : element));
  if (!isRecord(value)) return value;
  const lists = Object.entries(value).map(([name, one]) => [
    name,
    Array.isArray(one) ? withNewField(one) : one,
  ]);
  return { ...Object.fromEntries(lists), fromTheFuture: { is: 'unknown' } };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** As the folder is at this moment, but written by a newer version. */
async function rewriteFolder(place: string): Promise<Storage> {
  const copy = await mkdtemp(join(tmpdir(), 'vesper-newer-'));
  await cp(place, copy, { recursive: true });
  await rm(join(copy, 'vesper.lock'));
  const path = join(copy, 'journal.jsonl');
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  const rewritten = lines.map((text) => {
    const line = parseJournalLine(Buffer.from(text));
    if (line === null) throw new Error(`not a line of a journal: ${text}`);
    const ops = line.ops.map((op: JournalOp) => ('v' in op ? { ...op, v: withNewField(op.v) } : op));
    return toJournalLine(line.seq, line.durable, ops.map((op) => JSON.stringify(op)).join(','));
  });
  await writeFile(path, rewritten.join(''));
  return { driver: 'json', place: copy };
}

/** The tables as they are at this moment, but written by a newer version. */
async function rewriteTables(place: string): Promise<Storage> {
  const client = createClient({ endpoint: process.env['DYNAMODB_ENDPOINT'] ?? '', region: 'local' });
  for (const TableName of Object.values(tableNames(place)))
    for await (const { Items = [] } of paginateScan({ client }, { TableName }))
      for (const item of Items) {
        const lists = Object.entries(item).map(([name, value]) =>
          value.L?.some((element) => element.M !== undefined)
            ? [name, { L: value.L.map(({ M }) => ({ M: { ...M, from_the_future: { S: 'unknown' } } })) }]
            : [name, value],
        );
        const Item = {
          ...Object.fromEntries(lists),
          from_the_future: { M: { is: { S: 'unknown' } } },
        } as typeof item;
        await client.send(new PutItemCommand({ TableName, Item }));
      }
  client.destroy();
  return { driver: 'dynamodb', place };
}

/** ADR 0019: during a deploy, and after one that is taken back, a version reads what the one after it wrote. */
it.each([
  ['json', rewriteFolder],
  ['dynamodb', rewriteTables],
] as const)('reads and goes on with what a newer version wrote, on %s', async (storage, rewrite) => {
  const night = await MonitoredNight.begin(BEFORE_MIDNIGHT, {
    storage,
    appsFile: boardFile({ [MAIN]: CANVAS_OF[MAIN] ?? '' }),
  });
  night.slack.createCanvas(MAIN, { id: CANVAS_OF[MAIN] ?? '' });
  for (const id of ['told', 'untold', 'fine'])
    await night.register(id, { tags: ['eod'], owner_email: 'jo@example.com' });
  await night.clock.advance('5m');
  for (const id of ['told', 'untold', 'fine']) await night.report(id, 'running', { run_id: 'run-1' });
  await night.report('told', 'failed');
  await night.heartbeat('fine');
  await night.run('dispatch', 'eod-table');
  const push = { app: 'Planning', domain: 'Actual', status: 'Loading', job_id: '1' };
  expect((await night.vesper.request('POST', '/status', push, KEYS.board)).statusCode).toBe(200);
  await night.run('canvas-refresh');
  await night.report('untold', 'failed', { metadata: { rows: 7 } });
  const pages = ['/schedulers?limit=100', '/schedulers/told/history', '/schedulers/untold/history'];
  const shownBy = async (vesper: Vesper) =>
    Promise.all(
      [...pages, '/status'].map(
        async (page) => (await vesper.request('GET', page, undefined, KEYS.admin)).body,
      ),
    );
  const shown = await shownBy(night.vesper);
  const posts = night.posts().length;

  const first = night.vesper;
  const newer = await rewrite(first.storage.place);
  night.vesper = await Vesper.start({
    ...{ on: newer, clock: night.clock, slack: night.slack },
    appsFile: boardFile({ [MAIN]: CANVAS_OF[MAIN] ?? '' }),
  });
  expect(await shownBy(night.vesper)).toEqual(shown);
  await night.clock.advance('11s');
  await night.run('dispatch');
  expect(night.posts()).toHaveLength(posts + 1);
  expect((await night.report('told', 'completed')).statusCode).toBe(200);
  expect(
    (await night.vesper.request('POST', '/status', { ...push, status: 'OK' }, KEYS.board)).statusCode,
  ).toBe(200);
  await night.clock.advance('1h');
  await night.run('dispatch', 'eod-table', 'canvas-refresh', 'stale-scan', 'board-checks');
  expect(night.posts().filter(({ edits }) => edits.length > 0)).toHaveLength(2);
  expect(night.slack.messages(CHANNEL).filter(({ text }) => text.includes('untold failed'))).toHaveLength(1);
  expect(night.slack.canvas(CANVAS_OF[MAIN] ?? '').markdown).toContain('🟢');
  await letTimePass(night.clock, first.dispose());
  await night.end();
});

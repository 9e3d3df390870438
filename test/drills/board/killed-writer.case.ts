import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../tools/replay/seeded-random';
import { ApiClient } from '../frame/api-client';
import type { DrillCase, DrillContext, StorageName } from '../frame/drill';
import type { Findings } from '../frame/findings';
import { waitUntil } from '../../processes/waiting';
import { BoardPusher } from './board-pusher';
import { DrilledBoard, type BoardLayout } from './drilled-board';

const CHANNEL = 'C0000000001';
const LAYOUT: BoardLayout = {
  channels: [CHANNEL],
  apps: {
    Planning: { channel: CHANNEL, domains: ['Actual', 'Budget', 'Forecast'] },
    FCCS: { channel: CHANNEL, domains: ['Consolidation'] },
  },
};
const CELLS = Object.entries(LAYOUT.apps).flatMap(([app, { domains }]) =>
  domains.map((domain) => ({ app, domain })),
);
const TIMES = 10;
const LATEST_MS = 800;
/** A dead instance's canvas is taken over after 10 s. */
const SHOWN_WITHIN_MS = 20_000;
const EDIT = 'canvases.edit';

/** kill -9 between push and edit, and between Slack's edit and the note that it was made. */
export function killedWriterCase(storage: StorageName): DrillCase {
  return {
    title: `killed while it writes, ${storage}`,
    run: (context, findings) => run(context, storage, findings),
  };
}

async function run(context: DrillContext, storage: StorageName, findings: Findings): Promise<void> {
  const board = await DrilledBoard.start(context, storage, LAYOUT);
  const { options, say } = context;
  const pusher = new BoardPusher(new ApiClient(board.urls), CELLS, options.seed);
  const random = seededRandom(options.seed, 'kills');
  const notShown = () => pusher.cellsNotShown(board.shownIn(CHANNEL), Object.keys(LAYOUT.apps));
  let [afterPush, afterEdit] = [0, 0];
  const behind: string[] = [];
  try {
    await waitUntil(() => board.shownIn(CHANNEL) !== '', 20_000);
    for (let n = 1; n <= (options.times ?? TIMES); n++) {
      if (n % 2 === 0) {
        const before = editsOf(board);
        board.slack.fault({ kind: 'store_then_drop', method: EDIT, times: 1 });
        await pusher.push();
        if (await waitUntil(() => editsOf(board) > before, 10_000, 1)) afterEdit += 1;
      } else {
        await pusher.push();
        await sleep(random() * LATEST_MS);
        await pusher.push();
        afterPush += 1;
      }
      await board.vesper.kill();
      await board.vesper.start();
      if (!(await waitUntil(() => notShown().length === 0, SHOWN_WITHIN_MS)))
        behind.push(`kill ${n}: ${notShown().join(', ')}`);
      say(`killed ${n} times`);
    }
    if (options.sabotage === 'canvas')
      for (const { id } of board.slack.canvases()) board.slack.editByHand(id, '# somebody');
    findings.figure('kills right after a push, right after an edit', `${afterPush}, ${afterEdit}`);
    findings.expectNone(`canvases behind ${SHOWN_WITHIN_MS} ms after a kill`, behind);
    findings.expectNone('acknowledged pushes lost', await pusher.wrongCells());
    findings.expectNone('acknowledged pushes not shown at the end', notShown());
    const canvases = board.slack.canvases(CHANNEL).length;
    findings.expect('one canvas', canvases === 1, String(canvases));
  } finally {
    await board.end();
  }
}

function editsOf(board: DrilledBoard): number {
  return board.slack.canvases(CHANNEL)[0]?.edits.length ?? 0;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from '../frame/api-client';
import type { DrillCase, DrillContext } from '../frame/drill';
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
const SECONDS = 40;
/** Longer than the lease of a canvas. */
const PAUSED_MS = 15_000;

/** Two instances that take pushes by turns; the one is paused beyond its lease, then the other killed. */
export const twoWritersCase: DrillCase = { title: 'two instances write one canvas, dynamodb', run };

async function run(context: DrillContext, findings: Findings): Promise<void> {
  const board = await DrilledBoard.start(context, 'dynamodb', LAYOUT, 2);
  const pusher = new BoardPusher(new ApiClient(board.urls), CELLS, context.options.seed);
  const [one, other] = board.instances;
  if (one === undefined || other === undefined) throw new Error('there are to be two instances');
  const notShown = () => pusher.cellsNotShown(board.shownIn(CHANNEL), Object.keys(LAYOUT.apps));
  try {
    await waitUntil(() => board.shownIn(CHANNEL) !== '', 20_000);
    await pushFor((SECONDS / 2) * 1_000, pusher);
    context.say('one instance is paused beyond its lease');
    one.signal('SIGSTOP');
    const meanwhile = new BoardPusher(new ApiClient([other.url]), CELLS, context.options.seed + 1);
    for (const [name, cell] of pusher.acknowledged) meanwhile.acknowledged.set(name, cell);
    await pushFor(PAUSED_MS, meanwhile);
    one.signal('SIGCONT');
    for (const [name, cell] of meanwhile.acknowledged) pusher.acknowledged.set(name, cell);
    context.say('the other is killed');
    await other.kill();
    await other.start();
    await pushFor((SECONDS / 2) * 1_000, pusher);
    const caughtUp = await waitUntil(() => notShown().length === 0, 20_000);
    await sleep(3_000);
    if (context.options.sabotage === 'doubled') double(board);
    if (context.options.sabotage === 'canvas')
      for (const { id } of board.slack.canvases()) board.slack.editByHand(id, '# somebody');
    const edits = board.slack.canvases(CHANNEL)[0]?.edits ?? [];
    findings.figure('pushes, edits', `${pusher.pushes + meanwhile.pushes}, ${edits.length}`);
    findings.expect(
      'the last state is shown',
      caughtUp && notShown().length === 0,
      notShown().join('; ') || 'yes',
    );
    findings.expectNone('acknowledged pushes lost', await pusher.wrongCells());
    findings.expectNone(
      'edits doubled',
      edits
        .filter(({ markdown }, n) => n > 0 && markdown === edits[n - 1]?.markdown)
        .map(({ at }) => String(at)),
    );
    const tooClose = edits.filter(({ at }, n) => n > 0 && Number(at) - Number(edits[n - 1]?.at) < 1_500);
    findings.expectNone(
      'edits less than 2 s apart',
      tooClose.map(({ at }) => String(at)),
    );
  } finally {
    await board.end();
  }
}

async function pushFor(ms: number, pusher: BoardPusher): Promise<void> {
  const until = performance.now() + ms;
  while (performance.now() < until) {
    await pusher.push();
    await sleep(300);
  }
}

function double(board: DrilledBoard): void {
  const [canvas] = board.slack.canvases(CHANNEL);
  if (canvas !== undefined) board.slack.editByHand(canvas.id, canvas.markdown);
}

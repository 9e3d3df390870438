import type { Canvas, CanvasRow } from '../../domain/board/canvas';
import { RECENT_JOBS } from '../../domain/board/epm-job';
import { appSections, jobSections, type Extent } from './slack-canvas.tables';
import { footerOf, isStale, LONGEST_MESSAGE, problemsOf, summaryOf, titleOf } from './slack-canvas.words';

/** contracts/slack.md §5 says characters; counted as bytes, which are never fewer. */
const LONGEST_CANVAS = 1_048_576;

/** From all there is to what matters most: recent jobs give way first, then messages. */
const EXTENTS: readonly Omit<Extent, 'rows'>[] = [
  { jobs: RECENT_JOBS, message: LONGEST_MESSAGE },
  { jobs: 10, message: LONGEST_MESSAGE },
  { jobs: 0, message: LONGEST_MESSAGE },
  { jobs: 0, message: 100 },
  { jobs: 0, message: 40 },
  { jobs: 0, message: 0 },
];
const LEAST = { jobs: 0, message: 0 };

/** A channel's board as markdown. The same board gives the same text until an age has to be told otherwise. */
export function layOutCanvas(canvas: Canvas): string {
  for (const extent of EXTENTS) {
    const text = compose(canvas, { ...extent, rows: null });
    if (fits(text)) return text;
  }
  return withFewerRows(canvas);
}

function compose(canvas: Canvas, extent: Extent): string {
  return [
    titleOf(canvas),
    summaryOf(canvas),
    problemsOf(canvas),
    ...canvas.apps.flatMap((app) => appSections(app, canvas.generatedAt, extent)),
    ...jobSections(canvas, extent),
    footerOf(canvas),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** As many rows as there is room for, those that somebody waits for before those that are done. */
function withFewerRows(canvas: Canvas): string {
  const rows = canvas.apps.flatMap((app) => app.rows).toSorted((a, b) => urgencyOf(a) - urgencyOf(b));
  const keeping = (count: number) => compose(canvas, { ...LEAST, rows: new Set(rows.slice(0, count)) });
  let least = 0;
  let most = rows.length - 1;
  while (least < most) {
    const count = Math.ceil((least + most) / 2);
    if (fits(keeping(count))) least = count;
    else most = count - 1;
  }
  return keeping(least);
}

function urgencyOf(row: CanvasRow): number {
  if (row.status === 'Warning') return 0;
  if (isStale(row)) return 1;
  return row.status === 'Loading' ? 2 : row.status === 'OK' ? 3 : 4;
}

function fits(text: string): boolean {
  return Buffer.byteLength(text) <= LONGEST_CANVAS;
}

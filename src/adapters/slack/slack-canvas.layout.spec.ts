import fc from 'fast-check';
import { aBoard } from '../../../test/builders/a-board';
import { aCell, aJob, anAppBoard } from '../../../test/builders/an-app-board';
import { refuseUnsupported } from '../../../test/fakes/fake-slack/canvas/canvas-content';
import { scanCanvas } from '../../../test/fakes/fake-slack/canvas/scan-canvas';
import { visibleText, type Block, type Table } from '../../../test/fakes/fake-slack/markdown/document';
import { parseMarkdown } from '../../../test/fakes/fake-slack/markdown/parse-markdown';
import { withEmoji } from '../../../test/fakes/fake-slack/page/emoji';
import { hostileText } from '../../../test/builders/hostile-text';
import type { AppBoard } from '../../domain/board/app-board';
import { buildCanvas, type Canvas, type CanvasRow } from '../../domain/board/canvas';
import type { RecentJob } from '../../domain/board/epm-job';
import { layOutCanvas } from './slack-canvas.layout';
import { cleanLine } from './slack-markdown';

/** Where the builders' cells were updated. */
const NOON = new Date('2026-03-02T12:00:00.000Z');
const after = (minutes: number): Date => new Date(NOON.getTime() + minutes * 60_000);
const MOST_BYTES = 1_048_576;

const channel = { id: 'C0000000001', name: 'epm-main', canvasId: null };
const board = aBoard()
  .withChannel(channel.id, channel)
  .withApp('Planning', { domains: ['Actual', 'Budget', 'Forecast'] })
  .withApp('FCCS', { displayName: 'Close & Consolidation', domains: ['Consolidation'] })
  .build();

const render = (states: readonly AppBoard[], now = after(5)): string =>
  layOutCanvas(buildCanvas(board, channel, states, now));

/** A canvas of rows that the domain could hand over, and some that it could not. */
function aCanvas(fields: Partial<Canvas> = {}): Canvas {
  return {
    channelId: channel.id,
    channelName: channel.name,
    timeZone: 'Asia/Jakarta',
    generatedAt: after(5),
    lastUpdateAt: NOON,
    apps: [],
    recentJobs: [],
    ...fields,
  };
}

const aRow = (domain: string, fields: Partial<CanvasRow> = {}): CanvasRow => ({
  ...{ domain, status: 'OK', stale: false, jobId: null, since: NOON, durationMs: null, message: null },
  ...fields,
});

const aRecentJob = (jobId: string, fields: Partial<RecentJob> = {}): RecentJob => ({
  ...{ jobId, apps: ['Planning'], status: 'OK', startedAt: NOON, completedAt: after(1) },
  ...fields,
});

const blocksOf = (text: string): Block[] => parseMarkdown(text).blocks.map(({ block }) => block);
const tablesOf = (text: string): Table[] => blocksOf(text).filter((block) => block.kind === 'table');
const headingsOf = (text: string): string[] =>
  blocksOf(text).flatMap((block) =>
    block.kind === 'heading' ? [`h${block.level} ${shown(visibleText(block.children))}`] : [],
  );
/** Rows of a table, heading aside, as a reader sees them. */
const rowsOf = (table: Table | undefined): string[][] =>
  (table?.rows ?? []).slice(1).map((row) => row.map((cell) => shown(visibleText(cell))));
/** Without what has no width. */
const shown = (text: string): string => text.replaceAll('\u2060', '');
/** With every space alike. */
const spaced = (text = ''): string => text.replaceAll('\u00a0', ' ');

/** As strict as Slack: every canvas of this file has to pass. */
function expectAcceptable(text: string): void {
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MOST_BYTES);
  refuseUnsupported(text, 'canvas_editing_failed');
  expect(scanCanvas(parseMarkdown(text))).toEqual({ mentions: [], markupWarnings: [] });
}

describe('layOutCanvas', () => {
  const states = [
    anAppBoard('Planning')
      .withCell(
        aCell('Actual', { jobId: 'LOAD_1', message: '12 rows', durationMs: 754_000 }),
        aCell('Budget', { status: 'Loading', jobId: 'LOAD_2', startedAt: NOON }),
      )
      .withJob(aJob('LOAD_1', { completedAt: after(1) }))
      .build(),
    anAppBoard('FCCS')
      .withCell(aCell('Consolidation', { status: 'Warning', jobId: 'C_7', message: 'Entity *DE* unknown' }))
      .withJob(aJob('C_7', { status: 'Loading', startedAt: after(2), completedAt: null }))
      .build(),
  ];

  it('says all that a canvas of the board has to say', () => {
    const text = render(states);
    expectAcceptable(text);
    expect(spaced(text)).toBe(
      [
        '# EPM status · epm-main · updated 2026-03-02 19:00 WIB',
        '',
        '🔴 **1 warning** · 🟡 1 loading · 🟢 1 OK · ⚪ 1 blank',
        '',
        '- 🔴 **Close \\& Consolidation · Consolidation** · 5 min ago · Entity \\*DE\\* unknown',
        '',
        '## Planning',
        '',
        '| Status | Domain | Job | Age | Took | Message |',
        '| --- | --- | --- | ---: | ---: | --- |',
        '| 🟢 OK | Actual | LOAD\\_1 | 5 min | 12 m 34 s | 12 rows |',
        '| 🟡 Loading | Budget | LOAD\\_2 | 5 min |  |  |',
        '| ⚪ Blank | Forecast |  |  |  |  |',
        '',
        '## Close \\& Consolidation',
        '',
        '| Status | Domain | Job | Age | Took | Message |',
        '| --- | --- | --- | ---: | ---: | --- |',
        '| 🔴 **Warning** | **Consolidation** | C\\_7 | 5 min |  | Entity \\*DE\\* unknown |',
        '',
        '## Recent jobs',
        '',
        '| Status | Job | Apps | Started | Took |',
        '| --- | --- | --- | ---: | ---: |',
        '| 🟡 Loading | C\\_7 | FCCS | 2 Mar 19:02 | running 3 min |',
        '| 🟢 OK | LOAD\\_1 | Planning | 2 Mar 19:00 | 1 m 00 s |',
        '',
        '_Vesper keeps this board of epm-main up to date and replaces what is written here by hand._',
      ].join('\n'),
    );
  });

  it('keeps a number and its unit on one line', () => {
    const row = render(states)
      .split('\n')
      .find((line) => line.includes('12 rows'));
    expect(row).toBe('| 🟢 OK | Actual | LOAD\\_1 | 5\u00a0min | 12\u00a0m\u00a034\u00a0s | 12 rows |');
  });

  it('shows a board without any update', () => {
    const text = render([]);
    expectAcceptable(text);
    expect(text).toContain('# EPM status · epm-main · no update yet\n\n⚪ 4 blank\n\n## Planning');
    expect(text).not.toContain('Recent jobs');
  });

  it('says that all is well in so many words', () => {
    const rows = [aRow('a'), aRow('b')];
    const text = layOutCanvas(aCanvas({ apps: [{ displayName: 'Planning', rows }] }));
    expect(text).toContain('🟢 **All 2 OK**\n\n## Planning');
  });

  it('says that a channel shows no app', () => {
    const text = layOutCanvas(aCanvas({ lastUpdateAt: null }));
    expectAcceptable(text);
    expect(text).toContain('No app is shown in this channel.');
  });

  it('shows what loads for too long as stale, among what needs attention', () => {
    const rows = [aRow('Actual', { status: 'Loading', stale: true }), aRow('Budget', { status: 'Loading' })];
    const text = layOutCanvas(
      aCanvas({ apps: [{ displayName: 'Planning', rows }], generatedAt: after(150) }),
    );
    expectAcceptable(text);
    expect(text).toContain('⚠️ **1 stale** · 🟡 1 loading');
    expect(text).toContain('- ⚠️ **Planning · Actual** · loading for 2 h');
    expect(rowsOf(tablesOf(text)[0]).map((row) => row[0])).toEqual(['🟡 Loading ⚠️ stale', '🟡 Loading']);
  });

  it('lists the first ten problems, warnings before stale ones, and counts the others', () => {
    const stale = aRow('late', { status: 'Loading', stale: true });
    const warnings = Array.from({ length: 11 }, (_, index) => aRow(`w${index}`, { status: 'Warning' }));
    const [paragraph, list] = blocksOf(
      layOutCanvas(aCanvas({ apps: [{ displayName: 'A', rows: [stale, ...warnings] }] })),
    ).slice(1);
    expect(paragraph?.kind === 'paragraph' && visibleText(paragraph.children)).toBe(
      '🔴 11 warnings · ⚠️ 1 stale',
    );
    const lines =
      list?.kind === 'list'
        ? list.items.map(({ blocks: [text] }) =>
            text?.kind === 'paragraph' ? visibleText(text.children) : '',
          )
        : [];
    expect(lines).toHaveLength(11);
    expect(lines[0]).toBe('🔴 A · w0 · 5 min ago');
    expect(lines[10]).toBe('… and 2 more, see below');
  });

  it.each([
    [-5, 'just now'],
    [0.9, 'just now'],
    [1, '1 min'],
    [59.9, '59 min'],
    [60, '1 h'],
    [47 * 60 + 59, '47 h'],
    [48 * 60, '2 d'],
    [400 * 24 * 60, '400 d'],
  ])('after %d minutes calls the age %s', (minutes, age) => {
    const rows = [aRow('Actual')];
    const text = layOutCanvas(aCanvas({ apps: [{ displayName: 'A', rows }], generatedAt: after(minutes) }));
    expect(spaced(rowsOf(tablesOf(text)[0])[0]?.[3])).toBe(age);
  });

  it.each([
    [0.5, 'just now', 'just started'],
    [0, '1 m 00 s', '1 m 00 s', after(1)],
  ])('after %d minutes tells a job from %s', (minutes, _name, took, completedAt: Date | null = null) => {
    const recentJobs = [aRecentJob('J', { status: 'Loading', completedAt })];
    const text = layOutCanvas(aCanvas({ recentJobs, generatedAt: after(minutes) }));
    expect(spaced(rowsOf(tablesOf(text)[0])[0]?.[4])).toBe(took);
  });

  it('tells of a job of which only the end was heard', () => {
    const text = layOutCanvas(aCanvas({ recentJobs: [aRecentJob('J', { startedAt: null })] }));
    expect(rowsOf(tablesOf(text)[0])).toEqual([['🟢 OK', 'J', 'Planning', '', '']]);
  });

  it('says the same about an unchanged board until an age has to be told otherwise', () => {
    const hours = [120, 135, 150, 179].map((minutes) => render(states.slice(0, 1), after(minutes)));
    expect(new Set(hours).size).toBe(1);
    expect(render(states.slice(0, 1), after(180))).not.toBe(hours[0]);
  });

  it('says when it was updated in the zone of the board', () => {
    const at = (timeZone: string) => layOutCanvas(aCanvas({ timeZone })).split('\n')[0];
    expect(at('Europe/Berlin')).toContain('updated 2026-03-02 13:00 CET');
    expect(at('Asia/Kathmandu')).toContain('updated 2026-03-02 17:45 UTC+5:45');
  });
});

describe('layOutCanvas within the limits of Slack', () => {
  const rowsNamed = (count: number, fields: (index: number) => Partial<CanvasRow> = () => ({})) =>
    Array.from({ length: count }, (_, index) => aRow(`Domain ${index}`, fields(index)));
  /** As large as the configuration allows. */
  const boardOf = (fields: (index: number) => Partial<CanvasRow>): Canvas =>
    aCanvas({
      apps: Array.from({ length: 40 }, (_, index) => ({
        displayName: `App ${index}`,
        rows: rowsNamed(50, fields),
      })),
      recentJobs: Array.from({ length: 50 }, (_, index) => aRecentJob(`JOB_${index}`)),
    });

  it.each([
    [49, ['h2 A']],
    [50, ['h2 A', 'h2 A (continued)']],
    [120, ['h2 A', 'h2 A (continued)', 'h2 A (continued)']],
  ])('splits the table of %d domains, none of them lost', (count, headings) => {
    const rows = rowsNamed(count);
    const text = layOutCanvas(aCanvas({ apps: [{ displayName: 'A', rows }] }));
    expectAcceptable(text);
    expect(headingsOf(text).slice(1)).toEqual(headings);
    const tables = tablesOf(text).map(rowsOf);
    expect(tables.flat().map((row) => row[1])).toEqual(rows.map(({ domain }) => domain));
    expect(Math.min(...tables.map(({ length }) => length))).toBeGreaterThanOrEqual(25);
  });

  it('shows 50 recent jobs and not one more', () => {
    const recentJobs = Array.from({ length: 70 }, (_, index) => aRecentJob(`J${index}`));
    const text = layOutCanvas(aCanvas({ recentJobs }));
    expectAcceptable(text);
    expect(rowsOf(tablesOf(text)[0]).map((row) => row[1])).toEqual(
      recentJobs.slice(0, 50).map(({ jobId }) => jobId),
    );
  });

  it('has room for 40 apps of 50 domains, each with a message of 200 characters', () => {
    const message = 'All 1284331 rows of the cube were read and 12 of them rejected. '
      .repeat(4)
      .slice(0, 200);
    const text = layOutCanvas(boardOf(() => ({ jobId: 'LOAD_20260216_001', message, durationMs: 754_000 })));
    expectAcceptable(text);
    const rows = tablesOf(text).flatMap(rowsOf);
    expect(rows.filter((row) => row[5] === message.trim())).toHaveLength(2_000);
    expect(rows).toHaveLength(2_050);
  });

  it.each([
    ['all but ten', 152, 10],
    ['all', 154, 0],
  ])('lets %s recent jobs go before it shortens a message', (_name, length, jobs) => {
    const message = '表'.repeat(length);
    const canvas = boardOf(() => ({ jobId: 'J', message, durationMs: 754_000 }));
    const recentJobs = canvas.recentJobs.map((job) => ({
      ...job,
      jobId: '表'.repeat(100),
      apps: ['表'.repeat(200)],
    }));
    const text = layOutCanvas({ ...canvas, recentJobs });
    expectAcceptable(text);
    const rows = tablesOf(text).flatMap(rowsOf);
    expect(rows.filter((row) => row[5] === message)).toHaveLength(2_000);
    expect(rows).toHaveLength(2_000 + jobs);
    expect(headingsOf(text).at(-1)).toBe('h2 Recent jobs');
  });

  it('shortens messages before it leaves a row out', () => {
    const text = layOutCanvas(boardOf(() => ({ jobId: 'J'.repeat(100), message: '*'.repeat(200) })));
    expectAcceptable(text);
    const rows = tablesOf(text).flatMap(rowsOf);
    expect(rows).toHaveLength(2_000);
    expect(rows.every((row) => /^\*{30,}…$/.test(row[5] ?? ''))).toBe(true);
    expect(text).toContain('## Recent jobs\n\n_Left out: the canvas is full_');
  });

  it('leaves out what is well before what is not, and says how much', () => {
    const text = layOutCanvas(
      boardOf((index) => ({
        jobId: '表'.repeat(100),
        domain: `${'表'.repeat(120)}${index}`,
        message: '表'.repeat(200),
        status: index === 49 ? 'Warning' : index === 48 ? 'Loading' : 'OK',
      })),
    );
    expectAcceptable(text);
    expect(Buffer.byteLength(text)).toBeGreaterThan(MOST_BYTES - 2_000);
    const statuses = tablesOf(text).flatMap((table) => rowsOf(table).map((row) => row[0]));
    expect(statuses.filter((status) => status === '🔴 Warning')).toHaveLength(40);
    expect(statuses.filter((status) => status === '🟡 Loading')).toHaveLength(40);
    const left = [...text.matchAll(/_(\d+) of its 50 domains left out: the canvas is full_/g)];
    const sum = left.reduce((total, [, count]) => total + Number(count), 0);
    expect(statuses.length + sum).toBe(2_000);
    expect(sum).toBeGreaterThan(0);
  });
});

describe('layOutCanvas with texts of the worst of senders', () => {
  it('shows them as they are, and as nothing else', () => {
    const name = hostileText.filter((text) => cleanLine(text, 160) !== '');
    const texts = fc.record({ app: name, domain: name, jobId: hostileText, message: hostileText });
    fc.assert(
      fc.property(texts, hostileText, (text, channelName) => {
        const row = aRow(text.domain, { status: 'Warning', jobId: text.jobId, message: text.message });
        const recentJobs = [aRecentJob(text.jobId, { apps: [text.app] })];
        const apps = [{ displayName: text.app, rows: [row] }];
        const canvas = layOutCanvas(aCanvas({ channelName, apps, recentJobs }));
        expectAcceptable(canvas);

        expect(blocksOf(canvas).map(({ kind }) => kind)).toEqual([
          ...['heading', 'paragraph', 'list', 'heading', 'table', 'heading', 'table', 'paragraph'],
        ]);
        const [cells, job] = tablesOf(canvas).map((table) => rowsOf(table)[0]);
        expect(cells).toEqual([
          ...['🔴 Warning', cleanLine(text.domain, 160), cleanLine(text.jobId, 100), '5\u00a0min', ''],
          cleanLine(text.message, 200),
        ]);
        expect(job?.slice(1, 3)).toEqual([cleanLine(text.jobId, 100), cleanLine(text.app, 200)]);
        expect(headingsOf(canvas)[1]).toBe(`h2 ${cleanLine(text.app, 160)}`);
      }),
      { numRuns: 500 },
    );
  });

  it('makes no emoji of what only looks like the name of one', () => {
    fc.assert(
      fc.property(hostileText, (message) => {
        const canvas = layOutCanvas(
          aCanvas({ apps: [{ displayName: 'A', rows: [aRow('D', { message })] }] }),
        );
        const seen = tablesOf(canvas).flatMap((table) => table.rows.flatMap((row) => row.map(visibleText)));
        expect(seen.map(withEmoji)).toEqual(seen);
      }),
    );
  });
});

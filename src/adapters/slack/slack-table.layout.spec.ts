import type { TableBlock } from '@slack/types';
import fc from 'fast-check';
import { aWindow } from '../../../test/builders/a-window';
import { formsOf, reviewed, textsOf } from '../../../test/harness/slack-rig';
import { occurrenceOn } from '../../domain/windows/occurrence';
import {
  NIGHT_STATES,
  type NightState,
  type StatusTable,
  type TableRow,
} from '../../domain/windows/status-table';
import type { SlackMessage } from './slack-message';
import { layOutEmptied, layOutTable } from './slack-table.layout';

const occurrence = occurrenceOn(aWindow(), '2026-03-03');

function row(fields: Partial<TableRow> = {}): TableRow {
  return {
    schedulerId: 'service-a-eod',
    serviceName: 'Service A',
    jobName: 'EOD Processing',
    state: 'completed',
    updatedAt: new Date('2026-03-02T17:41:00Z'),
    durationMs: 15_000,
    startedAt: null,
    errorMessage: null,
    ...fields,
  };
}

/** As the domain hands it over: rows problems first. */
function table(rows: readonly TableRow[], fields: Partial<StatusTable> = {}): StatusTable {
  const counts: Record<NightState, number> = { failed: 0, stale: 0, running: 0, pending: 0, completed: 0 };
  for (const { state } of rows) counts[state]++;
  return {
    windowName: 'eod',
    timeZone: 'Asia/Jakarta',
    occurrence,
    rows: rows.toSorted((a, b) => NIGHT_STATES.indexOf(a.state) - NIGHT_STATES.indexOf(b.state)),
    counts,
    updatedAt: new Date('2026-03-02T18:00:00Z'),
    nextUpdateAt: new Date('2026-03-02T19:00:00Z'),
    ...fields,
  };
}

function rows(count: number, fields: (index: number) => Partial<TableRow>): TableRow[] {
  return Array.from({ length: count }, (_, index) => row({ jobName: `Job ${index}`, ...fields(index) }));
}

function cellsOf(message: SlackMessage | undefined): string[][] {
  const found = message?.blocks.find((block): block is TableBlock => block.type === 'table');
  return (found?.rows ?? []).map((cells) => cells.map((cell) => ('text' in cell ? cell.text : '')));
}

const jobsIn = (message: SlackMessage | undefined) =>
  cellsOf(message)
    .slice(1)
    .map((cells) => cells[2]);

describe('the status table', () => {
  const mixed = table([
    row({ state: 'pending', updatedAt: null, durationMs: null }),
    row({ state: 'failed', jobName: 'Ledger', durationMs: 1_265_000 }),
    row({ updatedAt: new Date('2026-03-03T17:05:00Z') }),
    row({ state: 'stale' }),
    row({ state: 'running', durationMs: 600_000 }),
  ]);

  it('is one message for an ordinary night', () => {
    const [message, ...others] = layOutTable(mixed);
    expect(others).toEqual([]);
    expect(message?.text).toBe(
      'EOD status · eod · Tue 2026-03-03: 1 completed · 1 running · 1 failed · 1 stale · 1 pending',
    );
    expect(cellsOf(message)).toEqual([
      [' ', 'Service', 'Job', 'Status', 'Last update', 'Duration'],
      ['❌', 'Service A', 'Ledger', 'failed', '00:41', '21 m 05 s'],
      ['⚠️', 'Service A', 'EOD Processing', 'stale', '00:41', '15.0 s'],
      ['🟡', 'Service A', 'EOD Processing', 'running', '00:41', '10 m 00 s'],
      ['⬜', 'Service A', 'EOD Processing', 'pending', ' ', ' '],
      ['✅', 'Service A', 'EOD Processing', 'completed', '4 Mar 00:05', '15.0 s'],
    ]);
  });

  it('says above it how far the night is, and below it how fresh that is', () => {
    const lines = textsOf(layOutTable(mixed)[0] as SlackMessage).split('\n');
    expect(lines[0]).toBe('EOD status · eod · Tue 2026-03-03');
    expect(lines[1]).toBe('*00:00–06:00 WIB · 5 schedulers*');
    expect(lines[2]).toMatch(/^[🟩🟨🟥🟧⬜]{12} 20 % completed$/u);
    expect(lines[3]).toBe('1 completed · 1 running · 1 failed · 1 stale · 1 pending');
    expect(lines.at(-1)).toBe('updated at 01:00 WIB · next update 02:00 WIB');
  });

  it('says that it will not change any more', () => {
    const [message] = layOutTable({ ...mixed, nextUpdateAt: null });
    expect(textsOf(message as SlackMessage)).toContain('updated at 01:00 WIB · final');
  });

  it('says so when there is nothing to watch', () => {
    const [message, ...others] = layOutTable(table([]));
    expect(others).toEqual([]);
    expect(textsOf(message as SlackMessage)).toContain('No scheduler belongs to this window yet.');
  });

  it.each([
    [
      'one failure among a thousand',
      rows(1_000, (i) => ({ state: i === 0 ? 'failed' : 'completed' })),
      '🟩'.repeat(11) + '🟥',
      99,
    ],
    ['all done', rows(7, () => ({})), '🟩'.repeat(12), 100],
    [
      'half',
      rows(2, (i) => ({ state: i === 0 ? 'pending' : 'completed' })),
      '🟩'.repeat(6) + '⬜'.repeat(6),
      50,
    ],
  ])('shows %s in its bar', (_name, of, bar, percent) => {
    expect(textsOf(layOutTable(table(of))[0] as SlackMessage)).toContain(`\n${bar} ${percent} % completed\n`);
  });

  it('cuts long names and never leaves a cell empty', () => {
    const [message] = layOutTable(table([row({ serviceName: 'x'.repeat(255), jobName: '\u202e' })]));
    expect(cellsOf(message)[1]).toEqual(['✅', `${'x'.repeat(59)}…`, ' ', 'completed', '00:41', '15.0 s']);
  });
});

describe('a table of a thousand', () => {
  const thousand = rows(1_000, (index) => ({
    serviceName: `Service ${index % 20}`,
    state: index % 7 === 0 ? 'failed' : index % 3 === 0 ? 'completed' : 'pending',
  }));

  it('goes on in numbered messages, and shows every scheduler once', () => {
    const messages = layOutTable(table(thousand));
    expect(messages).toHaveLength(11);
    expect(messages[1]?.text).toBe('EOD status · eod · Tue 2026-03-03 · part 2 of 11');
    expect(textsOf(messages[0] as SlackMessage)).toContain('continued in the thread, 11 parts · updated at');
    const jobs = messages.flatMap(jobsIn);
    expect(jobs).toHaveLength(1_000);
    expect(new Set(jobs).size).toBe(1_000);
  });

  it('shows every failed one in its main message', () => {
    const [main] = layOutTable(table(thousand));
    const text = textsOf(main as SlackMessage);
    const failed = thousand.filter(({ state }) => state === 'failed');
    expect(failed.length).toBeGreaterThan(99);
    for (const { jobName } of failed) expect(text).toMatch(new RegExp(`\\b${jobName}\\b`));
  });

  it('makes the table shorter rather than leave a failed one out', () => {
    const many = rows(640, (index) => ({
      serviceName: 'Ledger',
      jobName: `Posting ${index} EU`,
      state: 'failed',
    }));
    const [main] = layOutTable(table(many));
    const text = textsOf(main as SlackMessage);
    expect(jobsIn(main).length).toBeLessThan(99);
    for (const { jobName } of many) expect(text).toContain(jobName);
  });

  it('says how many failed ones it cannot show, and where they are', () => {
    const [main, ...others] = layOutTable(
      table(
        rows(1_000, (i) => ({ jobName: `Job ${i} ${'x'.repeat(40)}`, state: i < 500 ? 'failed' : 'stale' })),
      ),
    );
    const text = textsOf(main as SlackMessage);
    const unlisted = Number(
      /… and (\d+) more failed or stale\*, in the thread from part 2 on/.exec(text)?.[1],
    );
    const inShort = text.match(/Job \d+ x+…/g)?.length ?? 0;
    expect(jobsIn(main).length + inShort + unlisted).toBe(1_000);
    expect(jobsIn(main).length + others.flatMap(jobsIn).length).toBe(1_000);
  });

  it('is laid out in less than 50 ms of processor time', () => {
    const night = table(thousand);
    // Processor time and the best of several: other work on the machine is not what is measured.
    const times = Array.from({ length: 7 }, () => {
      const before = process.cpuUsage();
      layOutTable(night);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000;
    });
    expect(Math.min(...times)).toBeLessThan(50);
  });
});

describe('what a shorter table leaves behind', () => {
  it('says that there is nothing left', () => {
    const message = layOutEmptied(table([]));
    expect(reviewed(message).markupWarnings).toEqual([]);
    expect(textsOf(message)).toContain('nothing left to show here');
  });
});

describe('any table', () => {
  const name = fc.oneof(
    { weight: 3, arbitrary: fc.string({ maxLength: 255 }) },
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom(
      '<!channel>',
      '<'.repeat(1_000),
      '&'.repeat(255),
      '😀'.repeat(120),
      '\0',
      '```',
      '\ud800',
      '',
    ),
  );
  const anyRow = fc
    .record({
      serviceName: name,
      jobName: name,
      state: fc.constantFrom(...NIGHT_STATES),
      durationMs: fc.option(fc.integer({ min: 0 })),
    })
    .map(row);

  it('stays within every limit when every name is as long as can be', () => {
    const long = 'x'.repeat(255);
    const messages = layOutTable(
      table(rows(300, () => ({ serviceName: long, jobName: long, state: 'completed' }))),
    );
    for (const form of messages.flatMap(formsOf)) expect(reviewed(form).markupWarnings).toEqual([]);
    expect(messages.flatMap(jobsIn)).toHaveLength(300);
  });

  it('is taken by Slack in each of its forms, mentions nobody and loses no row', () => {
    const anyRows = fc.oneof(
      fc.array(anyRow, { maxLength: 30 }),
      fc
        .tuple(anyRow, fc.integer({ min: 90, max: 400 }))
        .map(([one, count]) => Array.from({ length: count }, () => one)),
      fc.array(anyRow, { minLength: 150, maxLength: 300, size: 'max' }),
    );
    fc.assert(
      fc.property(anyRows, name, (of, windowName) => {
        const messages = layOutTable(table(of, { windowName }));
        for (const form of messages.flatMap(formsOf)) {
          expect(reviewed(form)).toEqual({ mentions: [], markupWarnings: [] });
        }
        expect(messages.flatMap(jobsIn)).toHaveLength(of.length);
      }),
      { numRuns: 25 },
    );
  });
});

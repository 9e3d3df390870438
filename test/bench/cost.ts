import { ASSUMED, linesOf, storedBy } from './cost/installation';
import { itemSize } from './cost/item-size';
import { PRICES } from './cost/prices';
import { heartbeatUnits, scanUnits, staleScanUnits, statusUpdateUnits, type Units } from './cost/requests';
import { sampleItems, type SampleItems } from './cost/sample-items';

const SIZES = [100, 10_000, 1_000_000];

/** What Vesper on DynamoDB costs a month, by the size of the items that its adapter writes. Prints; needs nothing and calls nobody. */
function main(): void {
  const items = sampleItems();
  console.log(`${requests(items)}\n\n${months(items)}\n\n${assumptions()}`);
}

function requests(items: SampleItems): string {
  const { running, completed, historyEntries, app } = items;
  const bytes = [
    ['scheduler, running', running],
    ['scheduler, completed', completed],
    ...historyEntries.map(
      (entry, n) => [`history entry, ${n === 0 ? 'running' : 'completed'}`, entry] as const,
    ),
    ['app of the board', app],
  ] as const;
  const units: readonly (readonly [string, Units])[] = [
    ['heartbeat', heartbeatUnits(items)],
    ['status update that begins or ends a run', statusUpdateUnits(items)],
    ['stale scan of 10,000 running', staleScanUnits(items, 10_000)],
    ['EOD table of 10,000', scanUnits(items, 10_000)],
  ];
  return [
    toTable([['item', 'bytes'], ...bytes.map(([what, item]) => [what, number(itemSize(item))])]),
    '',
    toTable([
      ['request', 'read units', 'write units'],
      ...units.map(([what, { read, write }]) => [what, number(read), number(write)]),
    ]),
  ].join('\n');
}

function months(items: SampleItems): string {
  const bills = SIZES.map((size) => toBill(items, size));
  const [first = []] = bills;
  return toTable([
    ['USD a month', ...SIZES.map((size) => `${number(size)} schedulers`)],
    ...first.map(({ what }, row) => [what, ...bills.map((bill) => usd(bill[row]?.usd ?? NaN))]),
    ['sum', ...bills.map((bill) => usd(bill.reduce((sum, line) => sum + line.usd, 0)))],
  ]);
}

function toBill(items: SampleItems, schedulers: number): readonly { what: string; usd: number }[] {
  return [
    ...linesOf(items, schedulers).map(({ what, times, each }) => ({
      what,
      usd: times * (each.read * PRICES.readUnit + each.write * PRICES.writeUnit),
    })),
    ...storedBy(items, schedulers).map(({ what, gb }) => ({
      what: `${what}, stored and recoverable`,
      usd: gb * (PRICES.storedGb + PRICES.recoverableGb),
    })),
  ];
}

function assumptions(): string {
  return (
    `us-east-1, on demand, November 2026, ${ASSUMED.instances} instances, ${ASSUMED.channels} channels, ${ASSUMED.apps} apps on ` +
    `${ASSUMED.canvases} canvases; free tier not taken off. Not in it: alerts, deliveries, EPM polling, API reads, data transfer.`
  );
}

function toTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, n) => (n === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(head), rule, ...body.map(line)].join('\n');
}

function number(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 1 });
}

function usd(value: number): string {
  if (value < 0.01) return '< 0.01';
  return value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

main();

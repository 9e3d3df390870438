import type { Family } from '../../fakes/fake-epm';

/** One job that services report, as it is registered. */
export interface DemoScheduler {
  readonly id: string;
  readonly service: string;
  readonly job: string;
  /** Name of the API key its service reports with. */
  readonly key: string;
  /** Slack user who is mentioned. */
  readonly owner: string;
  /** Why it fails when it fails. */
  readonly failure: string;
}

/** One cell of the board, with what its EPM jobs say. */
export interface DemoCell {
  readonly app: string;
  readonly domain: string;
  readonly job: string;
  readonly success: string;
  readonly failure: string;
}

/** An app of the board; each has a pod and an API family of its own. */
export interface DemoApp {
  readonly name: string;
  readonly displayName: string;
  readonly pod: string;
  readonly family: Family;
  /** Of an EPM server of the family `planning`. */
  readonly application: string | null;
  /** Pods number their jobs each for itself. */
  readonly firstJobId: number;
  readonly channel: string;
}

export interface DemoChannel {
  readonly id: string;
  readonly name: string;
}

/** Name of the API key that the EPM rules push with, and of the visitor's. */
export const EPM_KEY = 'epm';
export const VISITOR_KEY = 'demo';

/** The table is here. Its canvas is there already; that of the other channel is made by Vesper. */
export const CLOSE_CHANNEL: DemoChannel = { id: 'C0000000001', name: 'night-close' };
export const RECON_CHANNEL: DemoChannel = { id: 'C0000000002', name: 'reconciliation' };

export const APPS: readonly DemoApp[] = [
  {
    name: 'Planning',
    displayName: 'Planning',
    pod: 'planning',
    family: 'planning',
    application: 'Vision',
    firstJobId: 2_101,
    channel: CLOSE_CHANNEL.id,
  },
  {
    name: 'FCCS',
    displayName: 'Financial Consolidation',
    pod: 'fccs',
    family: 'data-integration',
    application: null,
    firstJobId: 781,
    channel: CLOSE_CHANNEL.id,
  },
  {
    name: 'ARCS',
    displayName: 'Account Reconciliation',
    pod: 'arcs',
    family: 'arcs',
    application: null,
    firstJobId: 100_000_103_240_030,
    channel: RECON_CHANNEL.id,
  },
];

export const CELLS: readonly DemoCell[] = [
  cell(
    'Planning',
    'Actual',
    'Load actuals',
    '48,112 records loaded',
    'Rule "Allocate overhead" failed: #MISSING',
  ),
  cell(
    'Planning',
    'Budget',
    'Copy version',
    'Version Working copied',
    'Cannot copy: version Working is locked',
  ),
  cell(
    'Planning',
    'Forecast',
    'Roll forward',
    'Forecast rolled to P+1',
    'Invalid member FY27 for dimension Years',
  ),
  cell('FCCS', 'Trial balance', 'Load balances', '9,204 balances loaded', '12 accounts without a mapping'),
  cell(
    'FCCS',
    'Consolidation',
    'Consolidate',
    'All 23 entities consolidated',
    'Entity UK01 is not in balance by 0.02',
  ),
  cell(
    'FCCS',
    'Intercompany',
    'Match intercompany',
    'Everything matched',
    '3 intercompany pairs do not match',
  ),
  cell('ARCS', 'Balances', 'Import balances', '1,310 balances imported', 'The period is not open'),
  cell('ARCS', 'Reconciliation', 'Auto reconcile', '412 of 412 reconciled', 'Format "Bank" has no preparer'),
];

export const SCHEDULERS: readonly DemoScheduler[] = [
  ...service('Ledger', 'U0LEDGER1', [
    ['daily-close', 'Daily close', 'ORA-00060: deadlock detected while waiting for resource'],
    ['accruals', 'Accruals', 'no exchange rate for CHF on the business date'],
    ['revaluation', 'Revaluation', 'ORA-01555: snapshot too old'],
  ]),
  ...service('Payments', 'U0PAYMNT1', [
    ['settlement', 'Settlement', 'HTTP 503 from the clearing house, gave up after 5 attempts'],
    ['direct-debits', 'Direct debits', 'file DD_0417.xml: checksum differs from the control record'],
    ['statements', 'Statements', 'No space left on device: /var/spool/statements'],
  ]),
  ...service('Risk', 'U0RISK001', [
    ['var', 'Value at risk', 'java.lang.OutOfMemoryError: Java heap space'],
    ['limits', 'Limit check', 'market data of EUREX is older than 4 hours'],
    ['collateral', 'Collateral', 'counterparty 4711 has no agreement on file'],
  ]),
  ...service('Warehouse', 'U0WAREHS1', [
    ['extract', 'Extract', 'connection reset by core-db-2 after 1,204,331 rows'],
    ['dimensions', 'Dimensions', 'duplicate key value violates unique constraint "dim_account_pk"'],
    ['facts', 'Facts', 'partition 2026_07 does not exist'],
  ]),
  ...service('Reporting', 'U0REPORT1', [
    ['regulatory', 'Regulatory report', 'validation rule v4410_m failed for template C 01.00'],
    ['management', 'Management report', 'TimeoutError: query took longer than 300 s'],
    ['mailing', 'Mailing', '421 4.7.0 mail server asks to try again later'],
  ]),
];

export const SERVICE_KEYS: readonly string[] = [...new Set(SCHEDULERS.map(({ key }) => key))];

export function appOf(name: string): DemoApp {
  const app = APPS.find((candidate) => candidate.name === name);
  if (app === undefined) throw new TypeError(`no app ${name}`);
  return app;
}

function service(name: string, owner: string, jobs: readonly (readonly [string, string, string])[]) {
  const key = name.toLowerCase();
  return jobs.map(([id, job, failure]): DemoScheduler => {
    return { id: `${key}-${id}`, service: name, job, key, owner, failure };
  });
}

function cell(app: string, domain: string, job: string, success: string, failure: string): DemoCell {
  return { app, domain, job, success, failure };
}

import type { Family, JobScript, Report } from './job-script';

/** Integer.MAX_VALUE: Planning's "unknown". */
export const UNKNOWN_STATUS = 2_147_483_647;

const NOTHING: Report = { status: -1, details: null, jobStatus: null, error: null };

export function runningReport(family: Family): Report {
  switch (family) {
    case 'planning':
      return { ...NOTHING, details: 'Processing' };
    case 'data-integration':
      return { ...NOTHING, jobStatus: 'RUNNING' };
    case 'arcs':
      return { ...NOTHING, details: 'In Process' };
    case 'edm':
      return { ...NOTHING, status: 'PROCESSING' };
  }
}

/** What a job says at its end, with the texts its family gives for that code where the script names none. */
export function finalReport(script: JobScript): Report {
  switch (script.family) {
    case 'planning': {
      const { status, details } = script.ends ?? { status: 0 };
      return { ...NOTHING, status, details: details ?? planningDetails(status, script.loads !== undefined) };
    }
    case 'data-integration': {
      const { status, jobStatus, details } = script.ends ?? { status: 0 };
      return {
        ...NOTHING,
        status,
        jobStatus: jobStatus ?? wordFor(status),
        details: details ?? (status === 1 ? STACK_TRACE : null),
      };
    }
    case 'arcs': {
      const { status, details } = script.ends ?? { status: 0 };
      const isMonitor = script.jobName === MONITOR;
      return {
        ...NOTHING,
        status,
        details: details ?? (isMonitor ? monitored(status) : arcsDetails(status)),
      };
    }
    case 'edm': {
      const { status, error } = script.ends ?? { status: 'COMPLETED' };
      return { ...NOTHING, status, error: error ?? null };
    }
  }
}

export const MONITOR = 'MONITOR_RECONCILIATIONS';

function planningDetails(status: number, hasChildren: boolean): string {
  if (status === 0) return 'Job completed successfully';
  if (status === 1 && hasChildren) return 'One or more child jobs have failed';
  return status === 4 ? 'Invalid parameter: Scenario' : 'The job did not complete; see the job console.';
}

/** Data Integration's word for a status; a word of its own for each is not documented. */
function wordFor(status: number): string {
  if (status === 0) return 'SUCCESS';
  return status === -1 || status === 2 ? 'RUNNING' : 'FAILED';
}

function arcsDetails(status: number): string {
  return status === 0
    ? 'Total to copy : 3\nSuccessfully copied : 3\nUnsuccessfully copied : 0\n'
    : 'The period "July 2026" is not open.';
}

function monitored(status: number): string {
  const state = status === 0 ? 'Closed' : 'Open with Preparer';
  return `Account ID : 100-1210, Name : Accounts Receivable, Status : ${state}`;
}

/** As a failed load answers: long, many lines, and with something in it that nobody should read in a channel. */
export const STACK_TRACE = [
  'java.sql.SQLException: ORA-01017: invalid username/password; logon denied',
  '  connection: jdbc:oracle:thin:@//db-internal:1521/aif user=aif_loader password=Tr0ub4dor',
  ...Array.from(
    { length: 60 },
    (_, line) => `\tat com.hyperion.aif.agent.CommLoad.run${line}(CommLoad.java:${line + 100})`,
  ),
  'Caused by: oracle.jdbc.OracleDatabaseException: ORA-01017',
].join('\n');

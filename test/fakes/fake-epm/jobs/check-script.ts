import { MONITOR } from './default-reports';
import { FAMILIES, Family, JobScript, Report } from './job-script';

type Fields = Readonly<Record<string, unknown>>;

const COMMON = ['family', 'id', 'startsInMs', 'runsForMs', 'ends'];
const FIELDS: Readonly<Record<Family, { script: readonly string[]; ends: readonly string[] }>> = {
  planning: { script: ['application', 'jobName', 'jobType', 'loads'], ends: ['status', 'details'] },
  'data-integration': { script: ['processType', 'statusLagMs'], ends: ['status', 'jobStatus', 'details'] },
  arcs: { script: ['jobName'], ends: ['status', 'details'] },
  edm: { script: ['origin'], ends: ['status', 'error', 'success'] },
};
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Throws with a sentence when the script asks for what its family cannot do; scripts also arrive as JSON. */
export function checkScript(value: unknown): JobScript {
  const script = asFields(value, 'a job');
  const family = FAMILIES.find((name) => name === script['family']);
  if (family === undefined) throw new Error(`family must be one of ${FAMILIES.join(', ')}`);
  refuseOthers(script, [...COMMON, ...FIELDS[family].script], `a job of ${family}`);
  checkId(family, script['id']);
  for (const name of ['startsInMs', 'runsForMs', 'statusLagMs']) {
    const duration = script[name];
    if (duration != null && !(typeof duration === 'number' && duration >= 0))
      throw new Error(`${name} must be milliseconds`);
  }
  for (const name of ['application', 'jobName', 'jobType', 'processType', 'origin']) checkText(script, name);
  if (script['loads'] !== undefined) checkLoads(script['loads']);
  if (script['ends'] !== undefined) checkEnds(family, script['ends'], script['jobName']);
  return script as unknown as JobScript;
}

/** Throws when a report by hand says what its family cannot say. */
export function checkReport(family: Family, value: unknown): Partial<Report> {
  const report = asFields(value, 'a report');
  refuseOthers(
    report,
    FIELDS[family].ends.filter((name) => name !== 'success'),
    `a report of ${family}`,
  );
  if (report['status'] !== undefined) checkStatus(family, report['status']);
  for (const name of ['details', 'jobStatus', 'error']) if (report[name] !== null) checkText(report, name);
  return report;
}

function checkEnds(family: Family, value: unknown, jobName: unknown): void {
  const ends = asFields(value, 'ends');
  refuseOthers(ends, FIELDS[family].ends, `the end of a job of ${family}`);
  const { status } = ends;
  checkStatus(family, status);
  if (status === -1 && jobName !== MONITOR) throw new Error('-1 is not an end: leave runsForMs null');
  for (const name of ['details', 'jobStatus', 'error']) checkText(ends, name);
  if (ends['success'] !== undefined && typeof ends['success'] !== 'boolean')
    throw new Error('success must be true or false');
}

function checkStatus(family: Family, status: unknown): void {
  if (family === 'edm') {
    if (typeof status !== 'string' || status === '') throw new Error('a status of edm is a word');
  } else if (!Number.isInteger(status)) {
    throw new Error(`a status of ${family} is a whole number`);
  }
}

function checkId(family: Family, id: unknown): void {
  if (id === undefined) return;
  if (family === 'edm') {
    if (typeof id !== 'string' || !UUID.test(id)) throw new Error('an id of edm is a UUID in small letters');
  } else if (!Number.isSafeInteger(id) || Number(id) < 0) {
    throw new Error(`an id of ${family} is a whole number`);
  }
}

function checkLoads(value: unknown): void {
  if (!Array.isArray(value)) throw new Error('loads must be a list');
  for (const load of value.map((item) => asFields(item, 'a load'))) {
    if (typeof load['dimension'] !== 'string') throw new Error('a load needs a dimension');
    for (const message of (load['messages'] ?? []) as unknown[]) {
      const { type, text } = asFields(message, 'a message');
      if (!['ERROR', 'WARNING', 'INFO'].includes(String(type)) || typeof text !== 'string')
        throw new Error('a message needs a type (ERROR, WARNING, INFO) and a text');
    }
  }
}

function checkText(fields: Fields, name: string): void {
  if (fields[name] !== undefined && typeof fields[name] !== 'string')
    throw new Error(`${name} must be a text`);
}

function refuseOthers(fields: Fields, allowed: readonly string[], what: string): void {
  const other = Object.keys(fields).find((name) => !allowed.includes(name));
  if (other !== undefined) throw new Error(`${what} has no ${other}`);
}

function asFields(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${what} is a JSON object`);
  return value as Fields;
}

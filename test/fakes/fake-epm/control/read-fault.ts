import type { EpmFault } from '../hosts/faults';

/** The number each kind of fault needs, if any. */
const FAULT_NUMBERS: Readonly<Record<EpmFault['kind'], string | null>> = {
  reset: null,
  hang: null,
  slow: 'delayMs',
  held: null,
  stall: null,
  answer_lost: null,
  cut: null,
  truncated: null,
  unavailable: null,
  java_error: null,
  maintenance_page: null,
  login_page: null,
  login_redirect: null,
  garbage: null,
  no_content: null,
  partial_content: null,
  huge: 'bytes',
  answer: 'status',
};

/** A fault in JSON: `path` as `/…/` is a pattern, `times: null` means until cleared. Throws with a sentence. */
export function readFault(value: Readonly<Record<string, unknown>>): EpmFault {
  const { kind, path, times } = value;
  if (typeof kind !== 'string' || !Object.hasOwn(FAULT_NUMBERS, kind))
    throw new Error(`kind must be one of ${Object.keys(FAULT_NUMBERS).join(', ')}`);
  const needed = FAULT_NUMBERS[kind as EpmFault['kind']];
  if (needed !== null && !Number.isInteger(value[needed]))
    throw new Error(`${kind} needs the number ${needed}`);
  if (kind === 'answer' && typeof value['body'] !== 'string') throw new Error('answer needs a body');
  if (times !== undefined && times !== null && !Number.isInteger(times))
    throw new Error('times must be a number');
  if (path !== undefined && typeof path !== 'string') throw new Error('path must be a string');
  const pattern = /^\/(.*)\/$/.exec(path ?? '')?.[1];
  return {
    ...value,
    ...(pattern === undefined ? {} : { path: new RegExp(pattern) }),
    ...(times === null ? { times: Infinity } : {}),
  } as EpmFault;
}

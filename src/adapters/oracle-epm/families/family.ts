import type { EpmAnswer, EpmJobState } from '../../../domain/board/epm-gateway';
import type { EpmServerConfig } from '../../../platform/config/config';
import { textOf } from '../epm-text';

export type JsonObject = Readonly<Record<string, unknown>>;

/** What a family's answer says of a job; its text is still as EPM wrote it. */
export type JobReport = Extract<EpmAnswer, { kind: 'state' }>;

/** One of EPM's APIs: its ids, its paths and its words for how a job stands (contracts of Oracle EPM, "Vesper state mapping"). Pure. */
export interface EpmFamilyAdapter {
  /** Whether the id can be one of this API. */
  knowsId(jobId: string): boolean;
  /** Below the server's base address, encoded. */
  path(server: EpmServerConfig, jobId: string): string;
  read(body: JsonObject, jobId: string): JobReport;
  /** Where it stands whether a job that ended well has also achieved something; absent where the status says it all. */
  readonly result?: {
    path(server: EpmServerConfig, jobId: string): string;
    read(body: JsonObject, ended: JobReport): JobReport;
  };
}

/** Ids of Planning, Data Integration and Account Reconciliation; the latter's have 15 digits. */
export const NUMERIC_ID = /^[1-9]\d{0,18}$/;

/** Oracle's own samples print it both ways, `0` and `"0"`. @returns `null` for anything but a whole number */
export function readStatus(value: unknown): number | null {
  const number = typeof value === 'string' && /^-?\d{1,10}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
}

/** A status as it came, for people. */
export function codeOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'none');
}

export function report(state: EpmJobState, status: unknown, text: string | null): JobReport {
  return { kind: 'state', state, code: codeOf(status), text };
}

export function detailsOf(body: JsonObject): string | null {
  return textOf(body['details']);
}

/** An answer about another job, from a cache on the way or out of order, says nothing about this one. */
export function isAboutAnother(named: unknown, jobId: string): boolean {
  if (typeof named === 'string') return named.toLowerCase() !== jobId.toLowerCase();
  return Number.isSafeInteger(named) && String(named) !== jobId;
}

export function aboutAnother(status: unknown): JobReport {
  return report('unknown', status, 'EPM answered about another job than was asked for');
}

import { DEFAULT_DOMAIN, findApp, type Board, type BoardApp } from '../../domain/board/board';
import {
  InvalidApp,
  InvalidBatch,
  InvalidDomain,
  InvalidStatus,
  InvalidTimestamp,
  type UpdateFault,
} from '../../domain/board/board.errors';
import type { CellUpdate } from '../../domain/board/cell';
import { isTooFarAhead } from '../../domain/shared/clock-lead';
import { InvalidInputError } from '../../domain/shared/errors';
import { allViolations, type Reading } from '../../platform/validation/dto-reader';
import { parseInstant } from '../../platform/validation/instant';
import type { BatchUpdateDto } from './batch-update.dto';
import { STATUS_RULE, type CellUpdateDto } from './cell-update.dto';

export interface Intake {
  readonly board: Board;
  /** No event time may be more than 5 minutes ahead of it. */
  readonly now: Date;
}

/** What a batch says for those of its updates that do not say it themselves. */
interface Defaults {
  readonly jobId: string | null;
  /** `null`: nobody said. What that means depends on the cell, and is decided with it. */
  readonly timestamp: Date | null;
}

const NO_DEFAULTS: Defaults = { jobId: null, timestamp: null };

/** The text of a fault of one element need not list everything that is wrong with it. */
const MOST_VIOLATIONS_OF_ELEMENT = 10;

/**
 * The update that a body means.
 * @throws InvalidInputError when the body breaks rules; InvalidStatus when the status is all that is wrong with it; then, in this order,
 * InvalidApp, InvalidDomain, InvalidTimestamp
 */
export function readUpdate(reading: Reading<CellUpdateDto>, intake: Intake): CellUpdate {
  return orThrow(judge(reading, NO_DEFAULTS, intake));
}

/**
 * The updates that the body of a batch means.
 * @throws InvalidBatch, which names every bad element; InvalidInputError when there are none, or the batch itself is wrong
 */
export function readBatch(reading: Reading<BatchUpdateDto>, intake: Intake): readonly CellUpdate[] {
  const elements = reading.ok
    ? reading.dto.updates.map((dto) => ({ ok: true as const, dto }))
    : ((reading.lists['updates'] ?? []) as readonly Reading<CellUpdateDto>[]);
  const violations = reading.ok ? faultsOfBatch(reading.dto, intake) : reading.violations;
  const defaults = reading.ok ? defaultsOf(reading.dto, intake) : NO_DEFAULTS;
  const judged = elements.map((element) => judge(element, defaults, intake));
  const faults = judged.flatMap((update, index) =>
    update instanceof InvalidInputError ? [toFault(update, index)] : [],
  );
  if (faults.length > 0) throw new InvalidBatch(violations, faults);
  if (violations.length > 0) throw new InvalidInputError(violations);
  return judged.map(orThrow);
}

function faultsOfBatch({ timestamp }: BatchUpdateDto, { now }: Intake): readonly string[] {
  return aheadOf(now, instantOf(timestamp))?.details ?? [];
}

function defaultsOf({ job_id, timestamp }: BatchUpdateDto, { now }: Intake): Defaults {
  const at = instantOf(timestamp);
  // What is wrong with the batch's own time is said once, not for each update.
  return { jobId: job_id || null, timestamp: aheadOf(now, at) === null ? at : null };
}

/** The update, or the first of what is wrong with it. */
function judge(
  reading: Reading<CellUpdateDto>,
  defaults: Defaults,
  { board, now }: Intake,
): CellUpdate | InvalidInputError {
  if (!reading.ok) return toShapeFault(allViolations(reading));
  const { dto } = reading;
  const app = findApp(board, dto.app);
  if (app === null) return new InvalidApp(dto.app);
  const domain = domainOf(app, dto.domain ?? null);
  if (domain === null) return new InvalidDomain(app.name, app.domains, dto.domain ?? null);
  const timestamp = instantOf(dto.timestamp) ?? defaults.timestamp;
  return (
    aheadOf(now, timestamp) ?? {
      app: app.name,
      domain,
      status: dto.status,
      jobId: dto.job_id || defaults.jobId,
      message: wellFormed(dto.message ?? null),
      timestamp,
      server: dto.server || null,
    }
  );
}

/** The domain that is meant; `null` when it is not configured, or not clear. */
function domainOf({ domains }: BoardApp, named: string | null): string | null {
  if (named !== null) return domains.includes(named) ? named : null;
  if (domains.includes(DEFAULT_DOMAIN)) return DEFAULT_DOMAIN;
  return domains.length === 1 ? (domains[0] ?? null) : null;
}

function toShapeFault(violations: readonly string[]): InvalidInputError {
  const isStatusAlone = violations.every((violation) => violation === STATUS_RULE);
  return isStatusAlone ? new InvalidStatus() : new InvalidInputError(violations, 'INVALID_REQUEST');
}

function toFault({ code, details }: InvalidInputError, index: number): UpdateFault {
  const excess = details.length - MOST_VIOLATIONS_OF_ELEMENT;
  const shown = details.slice(0, MOST_VIOLATIONS_OF_ELEMENT);
  const message = [...shown, ...(excess > 0 ? [`and ${excess} more violations`] : [])].join('; ');
  return { index, code, message };
}

function aheadOf(now: Date, timestamp: Date | null): InvalidTimestamp | null {
  return timestamp !== null && isTooFarAhead(timestamp, now)
    ? new InvalidTimestamp(null, timestamp, now)
    : null;
}

function instantOf(text: string | null | undefined): Date | null {
  return text === null || text === undefined ? null : parseInstant(text);
}

/** The output of a broken job may hold broken text; it must be told all the same, with U+FFFD in those places. */
function wellFormed(text: string | null): string | null {
  return text === null || text.trim() === '' ? null : text.toWellFormed();
}

function orThrow(update: CellUpdate | InvalidInputError): CellUpdate {
  if (update instanceof InvalidInputError) throw update;
  return update;
}

/** One thing wrong with a payload, in the shape `blocks.validate` answers. */
export interface Violation {
  readonly pointer: string;
  readonly code:
    'missing_field' | 'failed_constraint' | 'unknown_field' | 'unsupported_type' | 'only_one_table_allowed';
  readonly message: string;
  readonly field?: string;
  readonly constraint?: { readonly type: string; readonly expected: unknown; readonly got: unknown };
}

export type Surface = 'message' | 'modal';

/** Collects what is wrong with one message or view, and counts what is limited over all of its blocks together. */
export class Review {
  readonly violations: Violation[] = [];
  private readonly totals = new Map<string, number>();
  private readonly blockIds = new Set<string>();

  constructor(readonly surface: Surface) {}

  missing(pointer: string, field: string): void {
    this.violations.push({
      pointer,
      code: 'missing_field',
      message: `missing required field: ${field}`,
      field,
    });
  }

  unknown(pointer: string, field: string): void {
    const message = `invalid additional property: ${field}`;
    this.violations.push({ pointer, code: 'unknown_field', message, field });
  }

  unsupported(pointer: string, message: string): void {
    this.violations.push({ pointer, code: 'unsupported_type', message });
  }

  failed(pointer: string, message: string, type: string, expected: unknown, got: unknown): void {
    this.violations.push({
      pointer,
      code: 'failed_constraint',
      message,
      constraint: { type, expected, got },
    });
  }

  /** Adds to a total of the whole message and says so once when it passes the limit. */
  count(total: string, amount: number, limit: number, pointer: string): void {
    const before = this.totals.get(total) ?? 0;
    const after = before + amount;
    this.totals.set(total, after);
    if (before <= limit && after > limit) {
      this.failed(pointer, `${total}: no more than ${limit} in a message`, 'max_total', limit, after);
    }
  }

  table(pointer: string): void {
    const tables = (this.totals.get('tables') ?? 0) + 1;
    this.totals.set('tables', tables);
    if (tables > 1) {
      this.violations.push({ pointer, code: 'only_one_table_allowed', message: 'only_one_table_allowed' });
    }
  }

  blockId(id: string, pointer: string): void {
    if (this.blockIds.has(id)) {
      this.failed(pointer, `block_id must be unique in the message: ${id}`, 'unique', true, id);
    }
    this.blockIds.add(id);
  }
}

/** A violation as one line of `response_metadata.messages`. */
export function toLine(violation: Violation): string {
  return `${violation.message} [json-pointer:${violation.pointer}]`;
}

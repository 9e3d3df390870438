import { ApiProperty } from '@nestjs/swagger';
import { CELL_STATUSES, type Cell, type CellStatus, type CellUpdate } from '../../domain/board/cell';
import type { CellReceipt } from './cell.service';

/** A cell that was named in an update, as it now stands. */
export class BatchedCellView {
  @ApiProperty({ description: 'App it belongs to', example: 'Planning' })
  app!: string;

  @ApiProperty({ description: 'Domain that was meant', example: 'Actual' })
  domain!: string;

  @ApiProperty({
    description: 'Its status now: not the one that was sent when something newer is known',
    enum: CELL_STATUSES,
    example: 'Loading',
  })
  status!: CellStatus;
}

export class UpdatedCellView extends BatchedCellView {
  @ApiProperty({
    description: 'Job its status belongs to',
    type: 'string',
    nullable: true,
    example: 'LOAD_20260216_001',
  })
  job_id!: string | null;

  @ApiProperty({
    description: 'Event time of its status',
    format: 'date-time',
    example: '2026-02-16T14:30:00.000Z',
  })
  updated_at!: string;
}

const SUCCESS = { description: 'Always `true`', enum: [true], example: true };
const CANVAS_UPDATED = {
  description:
    'Whether every canvas that shows it is up to date, or durably queued to be; false when there is no canvas to update',
  example: true,
};

export class StatusUpdatedView {
  @ApiProperty(SUCCESS)
  success!: true;

  @ApiProperty({ description: 'The cell as it now stands', type: UpdatedCellView })
  updated!: UpdatedCellView;

  @ApiProperty(CANVAS_UPDATED)
  canvas_updated!: boolean;
}

export class BatchUpdatedView {
  @ApiProperty(SUCCESS)
  success!: true;

  @ApiProperty({ description: 'How many updates were taken: all', type: 'integer', example: 1 })
  updated_count!: number;

  @ApiProperty({
    description: 'The cells as they now stand, in the order of the updates',
    type: [BatchedCellView],
    example: [{ app: 'Planning', domain: 'Actual', status: 'Loading' }],
  })
  updates!: BatchedCellView[];

  @ApiProperty(CANVAS_UPDATED)
  canvas_updated!: boolean;
}

/** @param now when the request came */
export function toStatusUpdatedView(update: CellUpdate, receipt: CellReceipt, now: Date): StatusUpdatedView {
  const cell = receipt.cells[0] ?? null;
  return {
    success: true,
    updated: {
      app: update.app,
      domain: update.domain,
      status: statusOf(cell),
      job_id: cell?.jobId ?? null,
      // A cell that is cleared before it ever had an update stays as it was: nothing but the request has a time.
      updated_at: (cell?.statusAt ?? update.timestamp ?? now).toISOString(),
    },
    canvas_updated: receipt.canvasQueued,
  };
}

export function toBatchUpdatedView(updates: readonly CellUpdate[], receipt: CellReceipt): BatchUpdatedView {
  return {
    success: true,
    updated_count: updates.length,
    updates: updates.map(({ app, domain }, index) => ({
      app,
      domain,
      status: statusOf(receipt.cells[index] ?? null),
    })),
    canvas_updated: receipt.canvasQueued,
  };
}

/** A cell that never had an update is blank. */
function statusOf(cell: Cell | null): CellStatus {
  return cell?.status ?? 'Blank';
}

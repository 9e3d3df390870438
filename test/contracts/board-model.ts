import type { Alert, AlertSlot } from '../../src/domain/alerts/alert';
import { emptySlot } from '../../src/domain/alerts/alert';
import { emptyAppBoard, type AppBoard } from '../../src/domain/board/app-board';
import { auditSortKey, type BoardAudit } from '../../src/domain/board/board-audit';
import type { BoardDecision } from '../../src/domain/board/board-decision';
import type { OutboxEntry } from '../../src/domain/notifications/outbox';
import { inByteOrder } from './expectations';

/** What the port promises of the board, said as plainly as possible: the measure of every store. */
export class BoardModel {
  readonly alerts = new Map<string, Alert>();
  readonly outbox = new Map<string, OutboxEntry>();
  private readonly boards = new Map<string, AppBoard>();
  private readonly slots = new Map<string, AlertSlot>();
  private readonly audits: BoardAudit[] = [];

  board(app: string): AppBoard {
    return this.boards.get(app) ?? emptyAppBoard(app);
  }

  slot(dedupKey: string): AlertSlot {
    return this.slots.get(dedupKey) ?? emptySlot(dedupKey);
  }

  /** Newest first. */
  auditOf(app: string, domain: string | null): readonly BoardAudit[] {
    const own = this.audits.filter((audit) => audit.app === app);
    const asked = own.filter(
      ({ changes }) => domain === null || changes.some((change) => change.domain === domain),
    );
    return [...inByteOrder(asked, auditSortKey)].reverse();
  }

  record({ boards, audits, alertChanges }: BoardDecision): 'recorded' | 'conflict' {
    if (boards.some(({ app, version }) => this.board(app).version !== version - 1)) return 'conflict';
    if (alertChanges.some(({ slot }) => this.slot(slot.dedupKey).version !== slot.version - 1))
      return 'conflict';
    boards.forEach((board) => this.boards.set(board.app, board));
    this.audits.push(...audits);
    for (const { alert, slot, outbox } of alertChanges) {
      this.alerts.set(alert.id, alert);
      this.slots.set(slot.dedupKey, slot);
      outbox.forEach((entry) => this.outbox.set(entry.id, entry));
    }
    return 'recorded';
  }
}

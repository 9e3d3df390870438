import type { Clock } from '../../../domain/shared/clock';

const MOST_KEPT = 20;

/** What the operator should know: told as it happens, and the newest kept for the health check. */
export class Notices {
  private kept: string[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly onNotice: (message: string, fields?: object) => void = () => undefined,
  ) {}

  add(message: string, fields: object = {}): void {
    const details = Object.values(fields).map((value) => `: ${String(value)}`);
    this.kept = [...this.kept, `${this.clock.now().toISOString()} ${message}${details.join('')}`].slice(
      -MOST_KEPT,
    );
    this.onNotice(message, fields);
  }

  list(): readonly string[] {
    return this.kept;
  }
}

import type { Bell } from '../../domain/notifications/bell';

/** Rings within this process; other instances notice by polling. */
export class ProcessBell implements Bell {
  private readonly listeners: (() => void)[] = [];

  ring(): void {
    this.listeners.forEach((listener) => listener());
  }

  onRing(listener: () => void): void {
    this.listeners.push(listener);
  }
}

import type { AppBoard } from './app-board';

/** What is known of a channel's canvas in Slack. */
export interface CanvasRecord {
  readonly channelId: string;
  /** The canvas that was created for the channel; `null` while the configured one serves, or none exists. */
  readonly createdCanvasId: string | null;
  /** The configured canvas that had been deleted and that the created one stands for; `null` when none was configured. */
  readonly insteadOf: string | null;
  /** A creation began then, and its outcome is not known. */
  readonly creatingSince: Date | null;
  /** Version of each app that it shows. An app of another version is why it has to be written. */
  readonly shown: Readonly<Record<string, number>>;
  /** Fingerprint of the text that was written last and of the canvas it was written to; `null` before the first time. */
  readonly textHash: string | null;
  readonly writtenAt: Date | null;
  /** 0 while nothing was ever stored. */
  readonly version: number;
}

export function emptyCanvasRecord(channelId: string): CanvasRecord {
  return {
    channelId,
    createdCanvasId: null,
    insteadOf: null,
    creatingSince: null,
    shown: {},
    textHash: null,
    writtenAt: null,
    version: 0,
  };
}

/** The canvas to write to; `null` when one has to be created. */
export function canvasIdOf(record: CanvasRecord, configuredId: string | null): string | null {
  if (record.createdCanvasId !== null && record.insteadOf === configuredId) return record.createdCanvasId;
  return configuredId;
}

/** Whether an app it shows has changed since it was written. */
export function isDirty(record: CanvasRecord, boards: readonly AppBoard[]): boolean {
  return record.textHash === null || boards.some(({ app, version }) => (record.shown[app] ?? 0) !== version);
}

export function versionsOf(boards: readonly AppBoard[]): Readonly<Record<string, number>> {
  return Object.fromEntries(boards.map(({ app, version }) => [app, version]));
}

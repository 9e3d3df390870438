import { FakeMention } from '../message';

export type CanvasAuthor = 'vesper' | 'human';

/** `owner` may besides delete it and set who has access. */
export type CanvasAccess = 'read' | 'write' | 'owner';

export type CanvasOperation =
  'insert_at_start' | 'insert_at_end' | 'insert_before' | 'insert_after' | 'replace' | 'delete' | 'rename';

/** One change after the creation. */
export interface FakeCanvasEdit {
  /** Epoch ms by the fake's clock. */
  readonly at: number;
  readonly by: CanvasAuthor;
  readonly operation: CanvasOperation;
  /** Title and markdown as they were from then on. */
  readonly title: string;
  readonly markdown: string;
}

/** A canvas as it was when asked for: it does not change any more. */
export interface FakeCanvas {
  /** `F…` */
  readonly id: string;
  readonly title: string;
  /** As it was sent, sections spliced in; what `canvases.getContent` answers is spelled otherwise. */
  readonly markdown: string;
  /** The channel whose one channel canvas this is; `null` for any other one. */
  readonly channelCanvasOf: string | null;
  /** Channels that show it in a tab, the one of `channelCanvasOf` included. */
  readonly tabbedIn: readonly string[];
  readonly channelAccess: Readonly<Record<string, Exclude<CanvasAccess, 'owner'>>>;
  readonly userAccess: Readonly<Record<string, CanvasAccess>>;
  readonly createdBy: CanvasAuthor;
  /** Epoch ms by the fake's clock. */
  readonly createdAt: number;
  /** 1 when created, one more with every edit. */
  readonly revision: number;
  /** The last edits, oldest first; `revision` counts also those that are forgotten. */
  readonly edits: readonly FakeCanvasEdit[];
  /** Locked by a person: whoever is not them gets `restricted_action`. */
  readonly isLocked: boolean;
  readonly deleted: boolean;
  /** Every mention and link it contains now: what a test asserts nobody could forge. */
  readonly mentions: readonly FakeMention[];
  /** Markup shown otherwise than meant: mrkdwn, headings deeper than three, control characters. */
  readonly markupWarnings: readonly string[];
}

/** Where a canvas is seen: its tabs and the channels it is shared with. */
export function channelsOf(canvas: FakeCanvas): string[] {
  return [...new Set([...canvas.tabbedIn, ...Object.keys(canvas.channelAccess)])];
}

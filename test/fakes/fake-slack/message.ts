/** What the fake remembers of a channel. */
export interface FakeChannel {
  readonly id: string;
  readonly name: string;
  readonly isPrivate: boolean;
  readonly isArchived: boolean;
  readonly botIsMember: boolean;
}

export interface FakeMetadata {
  readonly event_type: string;
  readonly event_payload: Record<string, unknown>;
}

/** Something in a message that notifies people or leads somewhere. `raw` is the text as it was sent. */
export interface FakeMention {
  readonly kind: 'user' | 'usergroup' | 'channel' | 'special' | 'link' | 'date';
  readonly raw: string;
}

/** What a message looked like before an edit; `at` is the epoch ms of the edit that replaced it. */
export interface FakeEdit {
  readonly at: number;
  readonly text: string;
  readonly blocks: unknown[];
}

/** The parts of a message its author decides; replaced as a whole by an edit. */
export interface FakeContent {
  readonly text: string;
  readonly blocks: unknown[];
  readonly attachments: unknown[];
  readonly metadata: FakeMetadata | null;
  /** Every mention, link and date Slack would act upon: what a test asserts nobody could forge. */
  readonly mentions: FakeMention[];
  /** Markup Slack would show wrongly: a bare `&`, a `<` that opens nothing, control characters. */
  readonly markupWarnings: string[];
}

export interface FakeMessage extends FakeContent {
  readonly channel: string;
  /** `\d{10}\.\d{6}`, strictly increasing within a channel; two channels may carry the same one. */
  readonly ts: string;
  /** The parent's `ts` in a thread, `null` at the top level (a parent included). */
  readonly threadTs: string | null;
  /** A reply that was also sent to the channel. */
  readonly isBroadcast: boolean;
  /** Older versions, oldest first. */
  readonly edits: FakeEdit[];
  readonly deleted: boolean;
  /** Epoch ms by the fake's clock. */
  readonly postedAt: number;
  /** `null`: written by a person. */
  readonly botId: string | null;
}

export const VESPER_BOT_ID = 'B0000000001';
export const VESPER_USER_ID = 'U0000000001';
export const HUMAN_USER_ID = 'U0000000099';
export const TEAM_ID = 'T0000000001';

/** The board as it is configured: which apps there are and where they are shown. Its state is in the storage, by app. */
export interface Board {
  /** In the order of their configuration; empty while the board is switched off. */
  readonly apps: readonly BoardApp[];
  readonly channels: readonly BoardChannel[];
  /** IANA zone in which people read its times. */
  readonly timeZone: string;
}

export const Board = Symbol('Board');

export interface BoardApp {
  /** As pushes name it; case matters. */
  readonly name: string;
  readonly displayName: string;
  /** Never empty; in the order in which they are shown. */
  readonly domains: readonly string[];
  /** The EPM server that runs its jobs; `null` when nobody can be asked. */
  readonly server: string | null;
  /** Channels on whose canvas it is shown and in which its alerts are told. */
  readonly channelIds: readonly string[];
}

/** A Slack channel with a canvas of the board. */
export interface BoardChannel {
  readonly id: string;
  readonly name: string;
  /** `null`: one is created at first need. */
  readonly canvasId: string | null;
}

/**
 * Most apps of one board: a batch may touch all of them, and DynamoDB writes at most 100 items at once (contracts/aws.md): an app, its audit record,
 * and {@link MOST_ALERTS_AT_ONCE} alerts with up to four items each, the board's own among them.
 */
export const MOST_APPS = 40;
/** Most domains of one app: its cells and jobs are one item of at most 400 KB, of which these take 270 at worst. */
export const MOST_DOMAINS_OF_AN_APP = 50;
/** Most domains of all apps together: a batch may write every app anew, and a transaction takes 4 MB. */
export const MOST_DOMAINS = 500;
/** Alert changes that ride in one commit; what is beyond is written down as due and follows at once. */
export const MOST_ALERTS_AT_ONCE = 5;

/** The domain that is meant when a push names none, if the app has one of this name. */
export const DEFAULT_DOMAIN = 'default';

export function findApp(board: Board, name: string): BoardApp | null {
  return board.apps.find((app) => app.name === name) ?? null;
}

export function findChannel(board: Board, channelId: string): BoardChannel | null {
  return board.channels.find((channel) => channel.id === channelId) ?? null;
}

/** Apps shown on a channel's canvas, in the order of the configuration. */
export function appsOf(board: Board, channelId: string): readonly BoardApp[] {
  return board.apps.filter((app) => app.channelIds.includes(channelId));
}

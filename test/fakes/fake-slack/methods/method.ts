import { ArgumentKind, Arguments } from '../arguments';
import { FakeChannel } from '../message';
import { Tier } from '../rate-limits';
import { Refusal } from '../refusal';
import { Workspace } from '../workspace';

/** What a method may use. */
export interface MethodContext {
  readonly workspace: Workspace;
  readonly scopes: ReadonlySet<string>;
  /** Where the page is, with a trailing slash: the address of the workspace. */
  readonly pageUrl: () => string;
  readonly repliesToDeletedParent: 'refuse' | 'unthread';
  readonly canvasPlan: 'paid' | 'free' | 'disabled';
  readonly canvasContent: 'rewritten' | 'verbatim';
}

/** One Web API method; `methods.ts` lists them. */
export interface SlackMethod {
  readonly name: string;
  readonly tier: Tier;
  /** `blocks.validate` alone is public. */
  readonly isPublic?: boolean;
  /** At least one of these must be granted; empty = none needed. The method itself may ask for more. */
  readonly scopes: readonly string[];
  readonly arguments: Readonly<Record<string, ArgumentKind>>;
  /** Answers the fields beside `ok: true`, or throws a `Refusal`. */
  run(args: Arguments, context: MethodContext): Record<string, unknown>;
}

export function missingScope(needed: string, scopes: ReadonlySet<string>): Refusal {
  return new Refusal('missing_scope', { needed, provided: [...scopes].join(',') });
}

export function requireScope(scope: string, context: MethodContext): void {
  if (!context.scopes.has(scope)) throw missingScope(scope, context.scopes);
}

/** The channel by its id; a private one the bot does not belong to is as good as absent, as in Slack. */
export function getChannel(args: Arguments, context: MethodContext): FakeChannel {
  const channel = context.workspace.findChannel(args.requireString('channel'));
  if (!channel || (channel.isPrivate && !channel.botIsMember)) throw new Refusal('channel_not_found');
  return channel;
}

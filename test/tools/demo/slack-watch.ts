import type { FakeCanvas, FakeMessage } from '../../fakes/fake-slack';
import { CLOSE_CHANNEL, RECON_CHANNEL } from './cast';

/** What people see in Slack. */
export interface SlackView {
  messages(): readonly FakeMessage[];
  canvases(): readonly FakeCanvas[];
}

/** Canvases are edited every few seconds; so often is one told of. */
const CANVAS_TOLD_EVERY_MS = 30_000;
const LONGEST = 110;

const CHANNEL_NAMES = new Map([CLOSE_CHANNEL, RECON_CHANNEL].map(({ id, name }) => [id, `#${name}`]));

/** Tells what is new in Slack since the last look. */
export class SlackWatch {
  /** Edits by message. */
  private readonly seen = new Map<string, number>();
  private readonly toldOf = new Map<string, { readonly revision: number; readonly atMs: number }>();

  constructor(private readonly slack: SlackView) {}

  look(nowMs: number): readonly string[] {
    return [...this.messages(), ...this.canvases(nowMs)];
  }

  private messages(): readonly string[] {
    const lines: string[] = [];
    for (const { channel, ts, threadTs, text, edits } of this.slack.messages()) {
      // a reply says what the edit of its parent says already
      if (threadTs !== null) continue;
      const key = `${channel}/${ts}`;
      const known = this.seen.get(key);
      if (known === edits.length) continue;
      this.seen.set(key, edits.length);
      const where = `Slack ${CHANNEL_NAMES.get(channel) ?? channel}`;
      lines.push(`${where}${known === undefined ? '' : ', edited'}: ${inOneLine(text)}`);
    }
    return lines;
  }

  private canvases(nowMs: number): readonly string[] {
    const lines: string[] = [];
    for (const { id, revision, tabbedIn } of this.slack.canvases()) {
      const told = this.toldOf.get(id);
      if (told !== undefined && (told.revision === revision || nowMs - told.atMs < CANVAS_TOLD_EVERY_MS))
        continue;
      this.toldOf.set(id, { revision, atMs: nowMs });
      const edits = revision - 1;
      const what = edits === 0 ? 'is there' : `was edited ${edits === 1 ? 'once' : `${edits} times`} so far`;
      const where = tabbedIn.map((channel) => CHANNEL_NAMES.get(channel) ?? channel).join(', ');
      lines.push(`Slack ${where}: the canvas ${what}`);
    }
    return lines;
  }
}

/** Slack's escapes undone, as people read it. */
function inOneLine(text: string): string {
  const plain = text
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
  return plain.length <= LONGEST ? plain : `${plain.slice(0, LONGEST - 1)}…`;
}

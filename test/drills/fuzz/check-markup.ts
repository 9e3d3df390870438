import type { FakeCanvas, FakeMention, FakeMessage, FakeSlack } from '../../fakes/fake-slack';
import { scanMessage } from '../../fakes/fake-slack/scan-markup';
import type { Findings } from '../frame/findings';
import { ALERTED } from './hostile-jobs';

/** What rings a bell, wherever it stands; beside what the fake Slack makes of it. */
const BELL = /<(?:!(?:channel|here|everyone|subteam)|@[UW])[^>]*>/g;
const WANTED = `<@${ALERTED}>`;

/** No message, no older version of one and no canvas holds markup that came from outside. */
export function checkMarkup(slack: FakeSlack, findings: Findings): void {
  const messages = slack.allMessages();
  const canvases = slack.canvases();
  const versions = messages.flatMap(versionsOf);
  findings.figure('messages looked at', `${messages.length}, in ${versions.length} versions`);
  findings.figure(
    'canvases looked at',
    `${canvases.length}, ${canvases.reduce((sum, { revision }) => sum + revision, 0)} revisions`,
  );
  findings.expect(
    'hostile words came to Slack',
    versions.some(({ text }) => /evil|x&lt;/.test(text)),
    `${versions.length} versions`,
  );
  const found = versions.map(({ text, blocks }) => ({
    ...scanMessage({ text, blocks, attachments: [] }, false),
    text,
    blocks,
  }));
  findings.expectNone(
    'mentions and links in messages that nobody configured',
    found.flatMap(({ mentions }) => mentions.filter(isForeign).map(({ kind, raw }) => `${kind} ${raw}`)),
  );
  findings.expectNone(
    'bells in the text or blocks of messages',
    found.flatMap(({ text, blocks }) => bellsIn(JSON.stringify([text, withoutPlain(blocks)]))),
  );
  findings.expectNone(
    'markup in messages that Slack shows wrongly',
    found.flatMap(({ markupWarnings }) => markupWarnings),
  );
  findings.expectNone(
    'mentions and links in canvases',
    canvases.flatMap(({ mentions }) => mentions.map(({ raw }) => raw)),
  );
  findings.expectNone(
    'markup in canvases that Slack shows wrongly',
    canvases.flatMap(({ markupWarnings }) => markupWarnings),
  );
  findings.expectNone('bells in canvases', canvases.flatMap(writtenIn).flatMap(bellsIn));
}

function versionsOf({
  edits,
  text,
  blocks,
}: FakeMessage): readonly { readonly text: string; readonly blocks: unknown[] }[] {
  return [...edits, { text, blocks }];
}

function writtenIn({ markdown, edits }: FakeCanvas): readonly string[] {
  return [markdown, ...edits.map((edit) => edit.markdown)];
}

/** Vesper's own: the person a job names, and times by `<!date>`. */
function isForeign({ kind, raw }: FakeMention): boolean {
  return kind !== 'date' && raw !== WANTED && !raw.includes(`"${ALERTED}"`);
}

function bellsIn(text: string): readonly string[] {
  return (text.match(BELL) ?? []).filter((bell) => bell !== WANTED);
}

/** Places that know no markup (headers, cells of tables) may hold any text. */
function withoutPlain(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutPlain);
  if (typeof node !== 'object' || node === null) return node;
  const { type } = node as { type?: unknown };
  if (type === 'plain_text' || type === 'raw_text') return null;
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, withoutPlain(value)]));
}

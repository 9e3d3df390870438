import fc from 'fast-check';
import { hostileText } from '../../../test/builders/hostile-text';
import { parseMarkdown } from '../../../test/fakes/fake-slack/markdown/parse-markdown';
import { writeMarkdown } from '../../../test/fakes/fake-slack/markdown/write-markdown';
import type { Canvas } from '../../domain/board/canvas';
import { layOutCanvas } from './slack-canvas.layout';
import { cleanLine } from './slack-markdown';
import { isOurs, isSameContent } from './slack-canvas.reading';

const NOW = new Date('2026-03-02T12:00:00.000Z');

function aCanvas(channelName = 'epm-main', message: string | null = null): Canvas {
  const row = { domain: 'Actual', jobId: 'LOAD_1', since: NOW, durationMs: null, message } as const;
  return {
    ...{ channelId: 'C0000000001', channelName, timeZone: 'UTC', generatedAt: NOW, lastUpdateAt: NOW },
    apps: [{ displayName: 'Planning', rows: [{ ...row, status: 'Loading', stale: true }] }],
    recentJobs: [],
  };
}

/** As a Slack that stores no markdown gives it back. */
const readBack = (markdown: string): string => writeMarkdown(parseMarkdown(markdown));

describe('isSameContent', () => {
  it('knows what was written in the spelling in which Slack gives it back', () => {
    const text = layOutCanvas(aCanvas('epm_main', 'Rule *A* & "B" failed: 3 < 4 | see `x`'));
    expect(readBack(text)).not.toBe(text);
    expect(isSameContent(readBack(text), text)).toBe(true);
  });

  it('knows it whatever stands in it', () => {
    fc.assert(
      // Of `:a🟢` nobody can say later where the emoji's name began.
      fc.property(
        hostileText.filter((message) => !/:[\w+'-]+\p{Extended_Pictographic}/u.test(cleanLine(message, 200))),
        (message) => {
          const text = layOutCanvas(aCanvas('epm-main', message));
          expect(isSameContent(readBack(text), text)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['entities', 'R\\&D \\<b\\>', 'R&amp;D &lt;b&gt;'],
    ['entities of entities', 'a \\&amp; b', 'a &amp;amp; b'],
    ['emoji by name', '🟢 OK ℹ️ 1️⃣', ':large_green_circle: OK :information_source: :one:'],
    ['an invisible character that is lost', ':\u2060fire: http:\u2060//x', ':fire: http://x'],
    ['other bullets, rules and spaces', '- a\n\n| b |\n|---|', '*   a\n|b|\n|:--|'],
    ['an accent of two characters', 'e\u0301', 'é'],
  ])('takes no notice of %s', (_name, written, read) => {
    expect(isSameContent(read, written)).toBe(true);
  });

  it.each([
    ['a word', (text: string) => text.replace('Actual', 'Factual')],
    ['a digit', (text: string) => text.replace('LOAD\\_1', 'LOAD\\_2')],
    ['a line more', (text: string) => `${text}\n\nBack at ten. Anna`],
    ['nothing left', () => ''],
  ])('sees that somebody edited it: %s', (_name, edit) => {
    const text = layOutCanvas(aCanvas());
    expect(isSameContent(readBack(edit(text)), text)).toBe(false);
  });
});

describe('isOurs', () => {
  it('knows the canvas of a channel, also after a while and an edit by hand', () => {
    const text = layOutCanvas(aCanvas('epm_main', 'earlier'));
    expect(isOurs(readBack(text), aCanvas('epm_main', 'later'))).toBe(true);
    expect(isOurs(readBack(`Notes\n\n${text}\n\nmore`), aCanvas('epm_main'))).toBe(true);
  });

  it('does not take the canvas of another channel for it', () => {
    expect(isOurs(layOutCanvas(aCanvas('epm-main-test')), aCanvas('epm-main'))).toBe(false);
    expect(isOurs(layOutCanvas(aCanvas('epm')), aCanvas('epm-main'))).toBe(false);
    expect(isOurs('# EPM status · epm-main\n\nour notes', aCanvas('epm-main'))).toBe(false);
    expect(isOurs('', aCanvas('epm-main'))).toBe(false);
  });
});

import fc from 'fast-check';
import { hostileText } from '../../../test/builders/hostile-text';
import { visibleText } from '../../../test/fakes/fake-slack/markdown/document';
import { parseMarkdown } from '../../../test/fakes/fake-slack/markdown/parse-markdown';
import { cleanLine, escapeMarkdown, fitMarkdown } from './slack-markdown';

describe('escapeMarkdown', () => {
  it('leaves ordinary words alone', () => {
    expect(escapeMarkdown('Rule ran 12.5 s, "all" well - 100 %')).toBe('Rule ran 12.5 s, "all" well - 100 %');
  });

  it('escapes whatever means something', () => {
    expect(escapeMarkdown('\\`*_~[]()<>|#!&')).toBe('\\\\\\`\\*\\_\\~\\[\\]\\(\\)\\<\\>\\|\\#\\!\\&');
  });

  it.each([
    [':fire:', ':\u2060fire:'],
    ['at 12:30:45', 'at 12:\u206030:45'],
    ['a: b: c', 'a: b: c'],
    ['https://evil.test', 'https:\u2060//evil.test'],
    ['www.evil.test', 'www\u2060.evil.test'],
    ['WWW.evil.test', 'WWW\u2060.evil.test'],
    ['a@evil.test, @here', 'a@\u2060evil.test, @\u2060here'],
  ])('parts what would come alive without any markup: %s', (text, expected) => {
    expect(escapeMarkdown(text)).toBe(expected);
  });

  it('gives back the very text that it was given, as one paragraph of plain text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const line = cleanLine(text, 500);
        const blocks = parseMarkdown(`x ${escapeMarkdown(line)}`).blocks.map(({ block }) => block);
        expect(blocks).toEqual([
          { kind: 'paragraph', children: [{ kind: 'text', text: expect.any(String) as string }] },
        ]);
        const [paragraph] = blocks;
        const seen = paragraph?.kind === 'paragraph' ? visibleText(paragraph.children) : '';
        expect(seen.replaceAll('\u2060', '')).toBe(`x ${line}`.trim());
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('cleanLine', () => {
  it('makes one line of many, and shows or drops what cannot be printed', () => {
    expect(cleanLine('  a\r\nb\tc\0d\u202ee\u200bf\u2060g\ufeffh\u00adi\ud83d ', 100)).toBe(
      'a  b c␀defghi\ufffd',
    );
  });

  it('keeps what is joined on purpose', () => {
    expect(cleanLine('👩‍👩‍👧‍👦 1️⃣', 100)).toBe('👩‍👩‍👧‍👦 1️⃣');
  });

  it('cuts at a limit, and no grapheme in two', () => {
    expect(cleanLine('abcdef', 5)).toBe('abcd…');
    expect(cleanLine('ab👩‍👩‍👧‍👦cd', 8)).toBe('ab…');
  });

  it('is clean after the first time', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 1, max: 100 }), (text, limit) => {
        const line = cleanLine(text, limit);
        expect(line.length).toBeLessThanOrEqual(limit);
        expect(cleanLine(line, limit)).toBe(line);
      }),
    );
  });
});

describe('fitMarkdown', () => {
  it('counts what is shown, not how it is written', () => {
    expect(fitMarkdown('****', 4)).toBe('\\*\\*\\*\\*');
    expect(fitMarkdown('*****', 4)).toBe('\\*\\*\\*…');
  });
});

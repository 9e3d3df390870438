import fc from 'fast-check';
import { cpuMsFor } from '../../../test/harness/cpu-time';
import { countCodePoints, escapeMrkdwn, fitCode, fitInline, fitPlain, mention } from './slack-text';

const ESCAPES = /&(?:amp|lt|gt);/g;
const CODE = { text: 2_500, part: 2_950, total: 7_500 };

/** Names and messages as the worst of senders would write them. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .array(
      fc.constantFrom(
        '<',
        '&',
        '>',
        '`',
        '```',
        '\n',
        '\0',
        '\u202e',
        '\ud83d',
        '👩‍👩‍👧‍👦',
        'é',
        'ש',
        '<!channel>',
        '&lt;',
        'a'.repeat(50),
      ),
      { maxLength: 300 },
    )
    .map((parts) => parts.join('')),
);

describe('escapeMrkdwn', () => {
  it('escapes the ampersand before the brackets', () => {
    expect(escapeMrkdwn('a & <b> &lt;')).toBe('a &amp; &lt;b&gt; &amp;lt;');
  });
});

describe('fitInline', () => {
  it('leaves an ordinary name alone', () => {
    expect(fitInline('Service A · EOD Processing', 100)).toBe('Service A · EOD Processing');
  });

  it('takes the power from mentions, links, line breaks, controls and backticks', () => {
    expect(fitInline('<!channel>\n<http://evil|ok>\0\u202e`x`', 200)).toBe(
      '&lt;!channel&gt; &lt;http://evil|ok&gt;␀ˋxˋ',
    );
  });

  it('counts the escapes towards the limit and cuts none of them in two', () => {
    expect(fitInline('&&&', 14)).toBe('&amp;&amp;…');
    expect(fitInline('&&', 10)).toBe('&amp;&amp;');
  });

  it('cuts no grapheme in two', () => {
    expect(fitInline('ab👩‍👩‍👧‍👦cd', 8)).toBe('ab…');
    expect(fitInline('e\u0301e\u0301', 3)).toBe('e\u0301…');
  });

  it('cuts a grapheme that is longer than any real one, without losing the rest', () => {
    expect(fitInline(`a${'\u0301'.repeat(500)}`, 100)).toHaveLength(100);
  });

  it('replaces half a surrogate pair, which no form field can carry', () => {
    expect(fitInline('a\ud83db', 10)).toBe('a\ufffdb');
  });

  it('is quick about a million characters', () => {
    const long = '<'.repeat(1_000_000);
    expect(fitInline(long, 300)).toHaveLength(297);
    expect(cpuMsFor(() => fitInline(long, 300))).toBeLessThan(100);
  });

  it('keeps every limit and says nothing in markup, whatever it is given', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 5, max: 400 }), (text, limit) => {
        const fitted = fitInline(text, limit);
        expect(fitted.length).toBeLessThanOrEqual(limit);
        expect(fitted.isWellFormed()).toBe(true);
        expect(fitted.replace(ESCAPES, '')).not.toMatch(/[<>&`\n\0]/);
      }),
    );
  });
});

describe('fitPlain', () => {
  it('is read as it is written, with only the bracket that opens markup changed', () => {
    expect(fitPlain('AP & AR > 5 <!channel>', 100)).toBe('AP & AR > 5 ‹!channel>');
  });
});

describe('fitCode', () => {
  it('shows a text as it is', () => {
    expect(fitCode('line 1\n\tline <2>', CODE)).toEqual({ parts: ['line 1\n\tline &lt;2&gt;'], leftOut: 0 });
  });

  it('cuts at the limit and counts the characters it left out', () => {
    const { parts, leftOut } = fitCode('x'.repeat(4_000), CODE);
    expect(parts).toEqual(['x'.repeat(2_500)]);
    expect(leftOut).toBe(1_500);
  });

  it('counts an emoji that it left out as one', () => {
    expect(fitCode(`${'x'.repeat(2_499)}😀😀`, CODE).leftOut).toBe(2);
  });

  it('lets no fence close the block', () => {
    const [part = ''] = fitCode('a ``` b ````', CODE).parts;
    expect(part).not.toContain('``');
  });

  it('splits at the end of a line where one is near', () => {
    const lines = Array.from({ length: 60 }, (_, index) => `at com.bank.Step${index} <init> line ${index}`);
    const { parts } = fitCode(lines.join('\n'), { ...CODE, part: 600 });
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.join('\n')).toBe(escapeMrkdwn(lines.join('\n')));
  });

  it('keeps every limit and loses nothing it does not count', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const limits = { text: 200, part: 100, total: 300 };
        const { parts, leftOut } = fitCode(text, limits);
        expect(parts.every((part) => part.length <= 100 && part.isWellFormed())).toBe(true);
        expect(parts.join('').length).toBeLessThanOrEqual(300);
        expect(leftOut).toBeGreaterThanOrEqual(countCodePoints(text) - 200);
        if (text.length <= 40) expect(leftOut).toBe(0);
      }),
    );
  });
});

describe('mention', () => {
  it('addresses users and groups, and nothing that only looks like it', () => {
    expect(mention('U123ABC')).toBe('<@U123ABC>');
    expect(mention('W123ABC')).toBe('<@W123ABC>');
    expect(mention('S123ABC')).toBe('<!subteam^S123ABC>');
    expect(mention('!channel')).toBeNull();
    expect(mention('U1> <!channel')).toBeNull();
  });
});

import fc from 'fast-check';
import { parseMarkdown } from './fake-slack/markdown/parse-markdown';
import { joinRow, splitRow } from './fake-slack/markdown/table-row';
import { writeMarkdown } from './fake-slack/markdown/write-markdown';
import { renderMarkdown } from './fake-slack/page/markdown.html';

describe('markdown as the fake Slack reads it', () => {
  const render = (text: string): string =>
    renderMarkdown(parseMarkdown(text))
      .source.replace(/ rel="[a-z ]+"/g, '')
      .replace(/>\s*\n\s*</g, '><')
      .replace(/\s+/g, ' ');
  const link = (url: string, text: string): string => `<a href="${url}">${text}</a>`;

  it.each([
    ['**b** __b__ *i* _i_ ~~s~~', '<strong>b</strong> <strong>b</strong> <em>i</em> <em>i</em> <s>s</s>'],
    ['***both***', '<em><strong>both</strong></em>'],
    ['**a *b* c**', '<strong>a <em>b</em> c</strong>'],
    ['*a **b***', '<em>a <strong>b</strong></em>'],
    ['snake_case_name 2*3*4', 'snake_case_name 2<em>3</em>4'],
    ['a * b * c _ d', 'a * b * c _ d'],
    ['**open *inner*', '**open <em>inner</em>'],
    ['a ~~~three~~~ ~one~', 'a ~~~three~~~ <s>one</s>'],
    ['x `` a ` b `` `c', 'x <code>a ` b</code> `c'],
    ['`*no*` \\*no\\* \\`no\\`', '<code>*no*</code> *no* `no`'],
    ['a  \nb\\\nc\nd', 'a<br />b<br />c d'],
    ['&lt;b&gt; &amp;amp; &#42;x&#x2a; &nonsense; R&D', '&lt;b&gt; &amp;amp; *x* &amp;nonsense; R&amp;D'],
    ['[a *b*](https://x.test "t")', link('https://x.test', 'a <em>b</em>')],
    ['[a](https://x.test/\\))', link('https://x.test/)', 'a')],
    [
      '[a] [b][C] [d]\n\n[a]: https://a.test\n[c]: <https://c.test>',
      `${link('https://a.test', 'a')} ${link('https://c.test', 'b')} [d]`,
    ],
    ['[^1]\n\n[^1]: https://x.test', '[^1]</p><p>[^1]: https://x.test'],
    ['[no link] [x]( y z) a](b) ![x', '[no link] [x]( y z) a](b) ![x'],
    [
      '[outer [in](https://i.test)](https://o.test)',
      `[outer ${link('https://i.test', 'in')}](https://o.test)`,
    ],
    ['<a@b.test>', link('mailto:a@b.test', 'a@b.test')],
    [':warning: :nonsense: ⚠️', '⚠️ :nonsense: ⚠️'],
    ['![](#C0000000001)', '<span class="mention">#C0000000001</span>'],
    ['![card](https://x.test)', `<span class="unfurl">${link('https://x.test', 'card')}</span>`],
    ['1 < 2 > 0 <https:// x> \\<b>', '1 &lt; 2 &gt; 0 &lt;https:// x&gt; &lt;b&gt;'],
    ['a <b c="d">', 'a &lt;b c=&quot;d&quot;&gt;'],
  ])('text %j', (text, expected) => {
    expect(render(text)).toBe(`<p>${expected}</p>`);
  });

  it.each([
    ['# a #\n## b\n### c\n#### d\n###### e', '<h1>a</h1><h2>b</h2><h3>c</h3><h3>d</h3><h3>e</h3>'],
    ['#no heading\n\\# none', '<p>#no heading # none</p>'],
    ['a\n===\nb\n---', '<h1>a</h1><h2>b</h2>'],
    ['a\n\n---\n* * *', '<p>a</p><hr /><hr />'],
    ['> a\nb\n> # c\n\nd', '<blockquote><p>a b</p><h1>c</h1></blockquote><p>d</p>'],
    [
      '- a\n- b\n  - c\n\n  d\n+ e',
      '<ul><li>a</li><li>b<ul><li>c</li></ul><p>d</p></li></ul><ul><li>e</li></ul>',
    ],
    ['3. a\n4. b\n\ntext', '<ol start="3"><li>a</li><li>b</li></ol><p>text</p>'],
    [
      '- [x] a\n- [ ] b',
      '<ul><li class="check"><span aria-hidden="true">☑</span> a</li><li class="check"><span aria-hidden="true">☐</span> b</li></ul>',
    ],
    ['```sql\n# *a*\n```\n~~~\n```\n~~~', '<pre><code># *a*</code></pre><pre><code>```</code></pre>'],
    ['a\n    b\n\n    c', '<p>a b</p><pre><code>c</code></pre>'],
    ['2026. a text', '<ol start="2026"><li>a text</li></ol>'],
    ['a\n2026. b', '<p>a 2026. b</p>'],
    ['a | b\n---', '<h2>a | b</h2>'],
    ['|a|b|\n|c|d|', '<p>|a|b| |c|d|</p>'],
  ])('blocks %j', (text, expected) => {
    expect(render(text)).toBe(expected);
  });

  it('tables, with what a pipe may be hidden behind', () => {
    const text = 'intro\na | b | c\n:-- | :-: | --:\n1 \\| 2 | `3 \\| 4` | \\\\\\|\n| | x |\nend\n\nafter';

    expect(render(text)).toBe(
      '<p>intro</p><div class="scroll" tabindex="0" role="group" aria-label="table"><table><thead><tr>' +
        '<th scope="col" class="left">a</th><th scope="col" class="center">b</th>' +
        '<th scope="col" class="right">c</th></tr></thead><tbody>' +
        '<tr><td class="left">1 | 2</td><td class="center"><code>3 | 4</code></td><td class="right">\\|</td></tr>' +
        '<tr><td class="left"></td><td class="center">x</td></tr>' +
        '<tr><td class="left">end</td></tr></tbody></table></div><p>after</p>',
    );
  });

  it('a row gives back the cells it was made of', () => {
    const cell = fc
      .stringMatching(/^[ab|\\]{0,6}$/)
      .filter((text) => !/\\(?:\||$)/.test(text.replaceAll('\\\\', '')));
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 4 }), (cells) => {
        expect(splitRow(joinRow(cells))).toEqual(cells);
      }),
    );
  });

  const MARKUP = fc
    .array(
      fc.constantFrom(
        ...'*_~`[]()<>!#-+|\\&:;1. \n\t"=/a'.split(''),
        '🟢',
        '**',
        '](https://x.test)',
        '<b>',
        '|-|',
        '    ',
      ),
      {
        maxLength: 60,
      },
    )
    .map((parts) => parts.join(''));

  it('any text is a document, and none puts a tag or an attribute on the page', () => {
    const known =
      /<\/?(?:p|h[123]|pre|code|hr \/|ul|ol(?: start="\d+")?|li(?: class="check")?|em|strong|s|br \/|blockquote|div(?: [a-z-]+="[a-z0-9]+")*|table|thead|tbody|tr|t[hd](?: scope="col")?(?: class="[a-z]+")?|span(?: [a-z-]+="[a-z]+")?|a(?: href="https:\/\/[^"<>]*")?)>/g;
    fc.assert(
      fc.property(MARKUP, (text) => {
        expect(render(text).replace(known, '')).not.toMatch(/[<>]/);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['# a\n\ntext **b** _c_ ~~d~~ `e` [f](https://x.test)\n\n> q\n\n1. x\n2. y\n\n---\n\n```\ncode\n```'],
    ['* [x] a\n* [ ] b \\*not\\* \\[this\\]\n\n| a \\| b | `c \\| d` |\n| :-- | --: |\n| ✅ | \\\\ |'],
  ])('written again, it shows the same: %j', (text) => {
    expect(render(writeMarkdown(parseMarkdown(text)))).toBe(render(text));
  });

  it('deep nesting and long runs end', () => {
    for (const part of ['>', '- ', '[', '*a ', '`a', '**a_b~']) {
      expect(render(part.repeat(20_000))).toContain('<');
    }
    expect(render('*a '.repeat(20_000) + ' b*'.repeat(20_000))).toContain('<em>');
  });
});

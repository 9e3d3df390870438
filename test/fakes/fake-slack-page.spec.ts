import { callJson, EOD, post } from './fake-slack/calling';
import { FakeSlack } from './fake-slack';

describe('the page of FakeSlack', () => {
  let fake: FakeSlack;

  beforeEach(async () => {
    fake = await FakeSlack.start({ now: () => Date.UTC(2026, 10, 21, 1, 2, 3), enforceRateLimits: false });
  });
  afterEach(() => fake.close());

  const get = async (path: string, headers: Record<string, string> = {}): Promise<[Response, string]> => {
    const response = await fetch(fake.pageUrl + path, { headers, redirect: 'manual' });
    return [response, await response.text()];
  };
  const feed = async (path = 'feed.html'): Promise<string> => (await get(path))[1].replace(/\s+/g, ' ');
  const section = (text: string): object => ({ type: 'section', text: { type: 'mrkdwn', text } });
  const cell = (text: string): object => ({ type: 'raw_text', text });

  it('needs nothing from elsewhere and allows no inline script', async () => {
    const [response, body] = await get('');

    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(body).not.toMatch(/https?:\/\//);
    expect((await get('page.css'))[0].headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect((await get('page.js'))[0].headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect((await get('page.exe'))[0].status).toBe(404);
  });

  it('shows text from outside as text', async () => {
    const hostile = `"><script>alert('x')</script><img src=x onerror=alert(1)>`;
    const text = { type: 'plain_text', text: hostile };
    await post(fake, {
      text: hostile,
      blocks: [
        { type: 'header', text },
        section(hostile),
        section(`<https://x.test/"onclick="alert(1)|${hostile.replaceAll(/[<>]/g, '')}>`),
        { type: 'table', rows: [[cell(hostile)]] },
        { type: 'image', image_url: hostile, alt_text: hostile },
        { type: 'actions', elements: [{ type: 'button', text }] },
        {
          type: 'rich_text',
          elements: [{ type: 'rich_text_section', elements: [{ type: 'link', url: hostile }] }],
        },
      ],
      attachments: [{ text: hostile }],
      metadata: { event_type: hostile, event_payload: {} },
    });

    const page = await feed('');

    expect(page).not.toMatch(/<script(?! src="\/page.js")|<img/);
    expect(page).not.toMatch(/<[^>]*"onclick/);
  });

  it('links to web and mail addresses only', async () => {
    await post(fake, { text: '<javascript:alert(1)|x> <https://x.test/?a=1&amp;b=2|y>' });

    const page = await feed();

    expect(page).not.toContain('href="javascript');
    expect(page).toContain('href="https://x.test/?a=1&amp;b=2"');
  });

  it('renders mrkdwn as Slack does', async () => {
    await post(fake, {
      text: '*b* _i_ ~s~ `c` snake_case_name 2*3*4 <!here> <@U0000000001> :x:\n> q\n```\n*raw*\n```\n<!date^1795305600^{date_num} {time}|then>',
    });

    const page = await feed('feed.html?tz=Asia/Jakarta');

    expect(page).toContain('<strong>b</strong> <em>i</em> <s>s</s> <code>c</code> snake_case_name 2*3*4');
    expect(page).toContain('<span class="mention special">@here</span>');
    expect(page).toContain('<span class="mention user">@U0000000001</span> ❌');
    expect(page).toContain('<blockquote>q</blockquote>');
    expect(page).toContain('<pre><code>*raw*</code></pre>');
    expect(page).toContain('2026-11-22 07:00');
  });

  it('shows threads, edits, deletions and markup that was not escaped', async () => {
    const ts = await post(fake, { text: 'parent R&D' });
    await post(fake, { text: 'child', thread_ts: ts });
    await callJson(fake, 'chat.update', { channel: EOD, ts, text: 'parent & more' });
    const gone = await post(fake, { text: 'regretted' });
    fake.deleteMessage(EOD, gone);

    const page = await feed();

    expect(page).toContain('<summary>1 reply</summary>');
    expect(page).toContain('(edited 21 Nov 01:02:03)');
    expect(page).toContain('⚠ unescaped &quot;&amp; more&quot;');
    expect(page).toContain('This message was deleted.');
    expect(page).not.toContain('regretted');
  });

  it('sends the feed again only when something changed', async () => {
    const [first] = await get('feed.html');
    const known = { 'if-none-match': first.headers.get('etag') ?? '' };

    expect((await get('feed.html', known))[0].status).toBe(304);
    await post(fake, { text: 'x' });
    expect((await get('feed.html', known))[0].status).toBe(200);
  });

  it('leads from a permalink to the message', async () => {
    const ts = await post(fake, { text: 'x' });

    const [response] = await get(`archives/${EOD}/p${ts.replace('.', '')}`);

    expect([response.status, response.headers.get('location')]).toEqual([302, `/#m-${EOD}-${ts}`]);
    expect(await feed('')).toContain(`id="m-${EOD}-${ts}"`);
  });

  describe('of a channel with canvases', () => {
    const board = [
      '# Planning — 02:30',
      '**Bold** *italic* ~~gone~~ `a|b` :large_green_circle: [docs](https://x.test/?a=1&b=2)',
      '',
      '| | Job | Age |',
      '|:-:|---|--:|',
      '| 🟡 | LOAD\\_1 \\| x | 2 m |',
    ].join('\n');

    it('shows them rendered beside its messages, with what happened to them', async () => {
      const { id } = fake.createCanvas(EOD, { title: 'Board', markdown: board, by: 'vesper' });
      fake.createCanvas(null, { title: 'Alone' });
      fake.lockCanvas(id);

      const page = await feed();

      expect(page).toContain(`<article id="canvas-${id}"`);
      expect(page).toContain('🔒 Board');
      expect(page).toContain('created by Vesper 21 Nov 01:02:03');
      expect(page).toContain('<h1>Planning — 02:30</h1>');
      expect(page).toContain('<strong>Bold</strong> <em>italic</em> <s>gone</s> <code>a|b</code> 🟢');
      expect(page).toContain(
        '<a href="https://x.test/?a=1&amp;b=2" rel="noopener noreferrer nofollow">docs</a>',
      );
      expect(page).toContain('<th scope="col" class="center"></th><th scope="col" class="left">Job</th>');
      expect(page).toContain('<td class="left">LOAD_1 | x</td><td class="right">2 m</td>');
      expect(page).toContain('<h2>Canvases in no channel</h2>');
      fake.editByHand(id, 'mine');
      fake.deleteCanvas(id);
      const after = await feed();
      expect(after).toContain('edited once by a person 21 Nov 01:02:03');
      expect(after).toContain('This canvas was deleted.');
      expect(after).not.toContain('mine');
    });

    it('lets no HTML of theirs through, and no address but web and mail', async () => {
      const hostile = `<script>alert('x')</script><img src=x onerror=alert(1)>`;
      const address = 'x" onclick="alert(1)';
      fake.createCanvas(EOD, {
        title: hostile,
        markdown: [
          `text ${hostile} [l](javascript:alert(1)) [m](https://x.test/"onclick="alert(1)) <https://x.test/${address}>`,
          `# ${hostile}`,
          `> * ${hostile}`,
          `|${hostile}|\n|---|\n|${hostile} <b>|`,
          `\`\`\`\n${hostile}\n\`\`\``,
          `\`${hostile}\` ![${hostile}](https://x.test) ![](@U0000000001)`,
          `<div onclick="alert(1)">\n${hostile}`,
          '#### deep',
        ].join('\n\n'),
      });

      const page = await feed('');

      expect(page).not.toMatch(/<script(?! src="\/page.js")|<img|<b>|<div onclick/);
      expect(page).not.toMatch(/<[^>]*"\s*onclick/);
      expect(page).not.toContain('href="javascript');
      expect(page).toContain('<span class="mention">@U0000000001</span>');
      expect(page).toContain('⚠ heading deeper than three');
    });

    it('sends the feed again when one changes, and leads to it from its permalink', async () => {
      const { id } = fake.createCanvas(EOD, { markdown: 'one' });
      const [first] = await get('feed.html');
      const known = { 'if-none-match': first.headers.get('etag') ?? '' };

      expect((await get('feed.html', known))[0].status).toBe(304);
      fake.editByHand(id, 'two');
      expect((await get('feed.html', known))[0].status).toBe(200);
      const [response] = await get(`docs/T0000000001/${id}`);
      expect([response.status, response.headers.get('location')]).toEqual([302, `/#canvas-${id}`]);
      expect((await get('docs/T0000000001/F0123456789'))[0].status).toBe(404);
    });

    it('gives them as plain text and JSON too', async () => {
      const { id } = fake.createCanvas(EOD, {
        title: 'Board',
        markdown: `${board}\n\n- [x] done\n- [ ] open`,
      });

      const [, text] = await get(`render.txt?channel=${EOD}`);

      expect(text.split('\n').slice(2)).toEqual([
        `Canvas "Board"  ${id}  created by a person 21 Nov 01:02:03`,
        '',
        '# Planning — 02:30',
        '',
        'Bold italic gone a|b 🟢 docs (https://x.test/?a=1&b=2)',
        '',
        '   │ Job        │ Age',
        '───┼────────────┼────',
        '🟡 │ LOAD_1 | x │ 2 m',
        '',
        '☑ done',
        '☐ open',
        '',
        '',
      ]);
      expect(JSON.parse((await get('state.json'))[1])).toMatchObject({ canvases: [{ id, revision: 1 }] });
    });
  });

  it('gives the messages as JSON', async () => {
    await post(fake, { text: 'x' });

    expect(JSON.parse((await get('state.json'))[1])).toMatchObject({
      channels: [{ id: EOD, name: 'eod' }],
      messages: fake.messages(),
    });
  });

  it('gives the messages as plain text, tables aligned by what a terminal shows', async () => {
    const ts = await post(fake, {
      text: 'x',
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: 'Night' } },
        section('a &lt; b <https://x.test|link> <nonsense>'),
        {
          type: 'table',
          rows: [
            [cell(' '), cell('Job'), cell('Took')],
            [cell('⚠️'), cell('close'), cell('1s')],
            [cell('✅'), cell('夜間'), cell('120s')],
          ],
          column_settings: [{}, {}, { align: 'right' }],
        },
      ],
    });
    await post(fake, { text: 'child', thread_ts: ts });

    const [, text] = await get(`render.txt?channel=${EOD}`);

    expect(text).toBe(
      [
        '#eod (C0000000001), times in UTC',
        '═'.repeat(72),
        `Vesper  21 Nov 01:02:03  ts ${ts}`,
        '## Night',
        'a < b link (https://x.test) <nonsense>',
        '   │ Job   │ Took',
        '───┼───────┼─────',
        '⚠️ │ close │   1s',
        '✅ │ 夜間  │ 120s',
        '  │ Vesper  21 Nov 01:02:03  ts 1795222923.000001',
        '  │ child',
        '',
        '',
      ].join('\n'),
    );
    expect((await get('render.txt?channel=C0000000009'))[1]).toBe('\n');
  });
});

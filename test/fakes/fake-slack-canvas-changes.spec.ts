import { callJson, EOD, markdown, SlackReply } from './fake-slack/calling';
import { FakeSlack, FakeSlackOptions } from './fake-slack';

describe('editing canvases of FakeSlack', () => {
  let fake: FakeSlack;

  const start = async (options: FakeSlackOptions = {}): Promise<void> => {
    await fake?.close();
    fake = await FakeSlack.start({ enforceRateLimits: false, ...options });
  };

  beforeEach(() => start());
  afterEach(() => fake.close());

  const call = (method: string, args: object): Promise<SlackReply> => callJson(fake, method, args);
  const create = async (args: object = {}): Promise<string> => {
    const reply = await call('canvases.create', args);
    if (!reply.canvas_id) throw new Error(`refused: ${JSON.stringify(reply)}`);
    return reply.canvas_id;
  };
  const edit = (id: string, change: object): Promise<SlackReply> =>
    call('canvases.edit', { canvas_id: id, changes: [change] });
  const replace = (id: string, text: string): Promise<SlackReply> =>
    edit(id, { operation: 'replace', document_content: markdown(text) });
  const lookup = async (id: string, criteria: object): Promise<string[]> => {
    const reply = await call('canvases.sections.lookup', { canvas_id: id, criteria });
    return (reply.sections ?? []).map((section) => section.id);
  };

  describe('content', () => {
    it.each([
      ['another type', { type: 'document', markdown: 'x' }],
      ['a document', { type: 'markdown', markdown: 'x', document_json: {} }],
      ['blocks', { type: 'markdown', blocks: [] }],
      ['no markdown', { type: 'markdown' }],
      ['a bare string', 'x'],
      ['more than 1 MiB', { type: 'markdown', markdown: 'x'.repeat(1_048_577) }],
      ['more than 1 MiB in bytes', { type: 'markdown', markdown: '🟢'.repeat(262_145) }],
    ])('refuses %s', async (_what, content) => {
      const id = await create();
      const change = { operation: 'replace', document_content: content };

      expect(await call('canvases.create', { document_content: content })).toMatchObject({
        error: 'invalid_arguments',
      });
      expect(await edit(id, change)).toMatchObject({ error: 'invalid_arguments' });
      expect(fake.canvases()).toMatchObject([{ id, revision: 1, markdown: '' }]);
    });

    it('takes 1 MiB', async () => {
      const id = await create();

      expect(await replace(id, 'x'.repeat(1_048_576))).toEqual({ ok: true });
      expect(
        await edit(id, { operation: 'insert_at_end', document_content: markdown('one more') }),
      ).toMatchObject({ error: 'canvas_editing_failed', detail: expect.stringContaining('larger') });
    });

    it.each([['document_json'], ['blocks'], ['markdown'], ['content']])(
      'refuses the argument %s',
      async (name) => {
        expect(await call('canvases.create', { [name]: {} })).toMatchObject({ error: 'invalid_arguments' });
        expect(await call('canvases.edit', { canvas_id: 'F1', [name]: {} })).toMatchObject({
          error: 'invalid_arguments',
        });
      },
    );

    const table = (rows: number): string => `|a|b|c|\n|---|---|---|${'\n|1|2|3|'.repeat(rows - 1)}`;

    it.each([
      ['a table row with a cell too many', '|a|b|\n|---|---|\n|1|2|3|', 'has 3 cells, not 2: 1 | 2 | 3'],
      ['a table row with a cell too few', '|a|b|\n|---|---|\n|1|', 'has 1 cells, not 2'],
      ['a table heading of another width', '|a|b|c|\n|---|---|\n|1|2|', 'Row 1 of a table has 3 cells'],
      ['a pipe that is not escaped', '|a|\n|---|\n|x `|` y|', 'has 2 cells, not 1'],
      ['a text that ends the row', '|a|b|\n|---|---|\n|1|two\nlines|', 'has 1 cells, not 2: lines'],
      ['a table of more than 300 cells', table(101), 'has 303 cells'],
      ['a tag', 'text <b>bold</b>', 'Raw HTML is not supported: <b>'],
      ['a block of HTML', '<div\nclass="x">', 'Raw HTML is not supported: <div'],
      ['a comment in a list in a quote', '> * a <!-- b -->', 'Raw HTML is not supported: <!-- b -->'],
      ['a broadcast as in a message', '<!channel>', 'Raw HTML'],
      ['code that never ends', '```\nx', 'not closed'],
    ])('fails at %s', async (_what, text, detail) => {
      const id = await create();
      const expected: unknown = expect.stringContaining(detail);

      expect(await call('canvases.create', { document_content: markdown(text) })).toEqual({
        ...{ ok: false, error: 'canvas_creation_failed', detail: expected },
      });
      expect(await replace(id, text)).toEqual({
        ...{ ok: false, error: 'canvas_editing_failed', detail: expected },
      });
      expect(fake.canvas(id).revision).toBe(1);
    });

    it.each([
      ['a table of 300 cells', table(100)],
      ['escaped pipes', '|a|b|\n|---|:-:|\n|1 \\| 2|`3 \\| 4`|'],
      ['escaped HTML', '\\<b> &lt;b&gt; `<b>` 1 < 2 > 0'],
      ['a pipe in a paragraph', 'a | b'],
    ])('takes %s', async (_what, text) => {
      expect(await replace(await create(), text)).toEqual({ ok: true });
    });

    it('tells which links and mentions it holds, and what was not meant for canvases', async () => {
      const text =
        '[a](https://x.test) ![](@U0000000001) ![](#C0000000001)\n\n#### deep\n\n<https://y.test|label>';
      const harmless = '\\[a\\](https://x.test) \\!\\[\\](@U0000000001) `[a](https://x.test)` @channel';

      const [loud, quiet] = [fake.createCanvas(EOD), fake.createCanvas(EOD)];
      await replace(loud.id, text);
      await replace(quiet.id, harmless);

      expect(fake.canvas(loud.id).mentions.map(({ kind }) => kind)).toEqual([
        'link',
        'user',
        'channel',
        'link',
      ]);
      expect(fake.canvas(loud.id).markupWarnings).toEqual([
        'heading deeper than three: "#### deep"',
        'mrkdwn in a canvas: "<https://y.test|label>"',
      ]);
      expect(fake.canvas(quiet.id)).toMatchObject({ mentions: [], markupWarnings: [] });
    });

    it('is given back in the spelling of a stored document, unless asked to be verbatim', async () => {
      const text = '#### 🟢 Night\n- a\n- *b*\n\n| a | b |\n| --- | --: |\n| 1 \\| 2 | ✅ |';
      const id = await create({ document_content: markdown(text) });

      expect((await call('canvases.getContent', { canvas_id: id })).content).toBe(
        '### :large_green_circle: Night\n\n* a\n* _b_\n\n|a|b|\n|---|---:|\n|1 \\| 2|:white_check_mark:|',
      );
      await start({ canvasContent: 'verbatim' });
      const again = await create({ document_content: markdown(text) });
      expect((await call('canvases.getContent', { canvas_id: again })).content).toBe(text);
    });
  });

  describe('changes', () => {
    const content = { document_content: markdown('x') };
    const title = { title_content: markdown('x') };
    const section = { section_id: 'temp:C:1' };

    it.each([
      ['insert_at_start without content', { operation: 'insert_at_start' }],
      ['insert_at_start with a section', { operation: 'insert_at_start', ...content, ...section }],
      ['insert_at_end without content', { operation: 'insert_at_end' }],
      ['insert_at_end with a section', { operation: 'insert_at_end', ...content, ...section }],
      ['insert_before without a section', { operation: 'insert_before', ...content }],
      ['insert_before without content', { operation: 'insert_before', ...section }],
      ['insert_after without a section', { operation: 'insert_after', ...content }],
      ['insert_after without content', { operation: 'insert_after', ...section }],
      ['replace without content', { operation: 'replace', ...section }],
      ['replace with a title', { operation: 'replace', ...content, ...title }],
      ['replace with nothing', { operation: 'replace', document_content: markdown(' \n') }],
      ['delete of the whole canvas', { operation: 'delete' }],
      ['delete with content', { operation: 'delete', ...section, ...content }],
      ['rename without a title', { operation: 'rename' }],
      ['rename with content', { operation: 'rename', ...title, ...content }],
      ['rename of a section', { operation: 'rename', ...title, ...section }],
      ['a title of two lines', { operation: 'rename', title_content: markdown('a\nb') }],
      ['no operation', content],
      ['an unknown operation', { operation: 'append', ...content }],
      ['an unknown field', { operation: 'replace', ...content, text: 'x' }],
    ])('refuses %s', async (_what, change) => {
      expect(await edit(await create(), change)).toMatchObject({ error: 'invalid_arguments' });
    });

    const whole = { operation: 'replace', ...content };
    it.each([[[]], [[whole, whole]], [whole], ['x']])(
      'refuses anything but one change: %j',
      async (changes) => {
        expect(await call('canvases.edit', { canvas_id: await create(), changes })).toMatchObject({
          error: 'invalid_arguments',
        });
      },
    );

    it('insert at both ends, replace all, rename', async () => {
      const id = await create({ document_content: markdown('middle') });

      await edit(id, { operation: 'insert_at_start', document_content: markdown('# first') });
      await edit(id, { operation: 'insert_at_end', document_content: markdown('last') });
      expect(fake.canvas(id).markdown).toBe('# first\n\nmiddle\n\nlast');
      await replace(id, 'all new');
      await edit(id, { operation: 'rename', title_content: markdown('Name') });
      expect(fake.canvas(id)).toMatchObject({ markdown: 'all new', title: 'Name', revision: 5 });
    });

    it('find sections and change them one by one, cells included', async () => {
      const text = '# Night\nintro\n\n## Jobs\n|job|state|\n|---|---|\n|a \\| b|OK|';
      const id = await create({ document_content: markdown(text) });
      const only = async (criteria: object): Promise<string> => {
        const found = await lookup(id, criteria);
        expect(found).toEqual([expect.stringMatching(/^temp:C:[0-9a-f]+$/)]);
        return found[0] ?? '';
      };

      const cell = { operation: 'replace', document_content: markdown('🔴 \\| **down**') };
      await edit(id, { ...cell, section_id: await only({ contains_text: 'OK' }) });
      await edit(id, { operation: 'delete', section_id: await only({ contains_text: 'intro' }) });
      const heading = await only({ section_types: ['h2'], contains_text: 'Jobs' });
      await edit(id, {
        operation: 'insert_before',
        section_id: heading,
        document_content: markdown('before'),
      });
      const stillHeading = await only({ section_types: ['h2'] });
      await edit(id, {
        operation: 'insert_after',
        section_id: stillHeading,
        document_content: markdown('after'),
      });

      expect(fake.canvas(id).markdown).toBe(
        '# Night\n\nbefore\n\n## Jobs\n\nafter\n\n|job|state|\n|---|---|\n| a \\| b | 🔴 \\| **down** |',
      );
      expect(await lookup(id, { section_types: ['any_header'] })).toHaveLength(2);
      expect(await lookup(id, { section_types: ['h1', 'h3'] })).toHaveLength(1);
    });

    it('know no section id from before the last change', async () => {
      const id = await create({ document_content: markdown('# One\n\ntext') });
      const [stale = ''] = await lookup(id, { contains_text: 'text' });
      await replace(id, '# One\n\ntext');

      expect(await edit(id, { operation: 'delete', section_id: stale })).toEqual({
        ...{ ok: false, error: 'canvas_editing_failed', detail: `Section ${stale} was not found` },
      });
      expect(await lookup(id, { contains_text: 'text' })).not.toEqual([stale]);
    });

    it('can do nothing else to a cell', async () => {
      const id = await create({ document_content: markdown('|a|\n|---|\n|b|') });
      const [cell = ''] = await lookup(id, { contains_text: 'b' });
      const failure = { error: 'canvas_editing_failed', detail: expect.stringContaining('table cell') };

      expect(await edit(id, { operation: 'delete', section_id: cell })).toMatchObject(failure);
      for (const text of ['# heading', 'two\n\nparagraphs', '* list']) {
        const change = { operation: 'replace', section_id: cell, document_content: markdown(text) };
        expect(await edit(id, change)).toMatchObject(failure);
      }
    });

    it.each([
      [{}],
      [{ section_types: [] }],
      [{ section_types: ['h4'] }],
      [{ section_types: ['h1', 'h2', 'h3', 'any_header'] }],
      [{ contains_text: '' }],
      [{ contains_text: 'x', text: 'x' }],
      ['x'],
    ])('refuse the criteria %j', async (criteria) => {
      expect(await call('canvases.sections.lookup', { canvas_id: await create(), criteria })).toMatchObject({
        error: 'invalid_arguments',
      });
    });
  });
});

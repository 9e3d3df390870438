import { callJson, clientOf, EOD, SlackReply } from './fake-slack/calling';
import { FakeSlack } from './fake-slack';

const plain = (text: string): object => ({ type: 'plain_text', text });
const mrkdwn = (text: string): object => ({ type: 'mrkdwn', text });
const section = (text: string): object => ({ type: 'section', text: mrkdwn(text) });
const header = (text: string): object => ({ type: 'header', text: plain(text) });
const cell = (text: string): object => ({ type: 'raw_text', text });
const table = (rows: object[][], more: object = {}): object => ({ type: 'table', rows, ...more });
const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);
const button = (more: object = {}): object => ({ type: 'button', text: plain('Go'), ...more });
const actions = (...elements: object[]): object => ({ type: 'actions', elements });
const card = { type: 'card', title: mrkdwn('a') };

describe('blocks in FakeSlack', () => {
  let fake: FakeSlack;

  beforeAll(async () => {
    fake = await FakeSlack.start({ enforceRateLimits: false });
  });
  afterAll(() => fake.close());

  const send = (...blocks: object[]): Promise<SlackReply> =>
    callJson(fake, 'chat.postMessage', { channel: EOD, text: 'x', blocks });

  it.each<[string, object[]]>([
    ['50 blocks', times(50, { type: 'divider' })],
    ['a header of 150', [header('x'.repeat(150))]],
    ['a section of 3,000', [section('x'.repeat(3000))]],
    [
      '10 fields of 2,000 within the total',
      [{ type: 'section', fields: times(10, mrkdwn('x'.repeat(1300))) }],
    ],
    ['10 context elements', [{ type: 'context', elements: times(10, mrkdwn('x')) }]],
    ['25 buttons', [actions(...times(25, button()))]],
    ['100 rows of 20 cells', [table(times(100, times(20, cell('12345'))))]],
    ['10,000 characters of cells', [table(times(10, [cell('x'.repeat(1000))]))]],
    ['a blank cell', [table([[cell(' ')]], { column_settings: [{ align: 'right', is_wrapped: true }] })]],
    ['numbers in cells', [table([[{ type: 'raw_number', value: 1, text: '1' }]])]],
    ['a data table', [{ type: 'data_table', caption: 'a', rows: [[cell('a')], [cell('b')]] }]],
    ['markdown of 12,000', [{ type: 'markdown', text: 'x'.repeat(12_000) }]],
    ['an image', [{ type: 'image', image_url: 'https://x.test/a.png', alt_text: 'a' }]],
    ['a carousel', [{ type: 'carousel', elements: times(10, card) }]],
    [
      'a container',
      [{ type: 'container', title: plain('a'), child_blocks: [header('a'), table([[cell('a')]])] }],
    ],
    [
      'rich text',
      [
        {
          type: 'rich_text',
          elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'a' }] }],
        },
      ],
    ],
  ])('accepts %s', async (_what, blocks) => {
    expect(await send(...blocks)).toMatchObject({ ok: true });
  });

  it.each<[string, object[], string]>([
    ['51 blocks', times(51, { type: 'divider' }), 'no more than 50 items allowed [json-pointer:/blocks]'],
    ['an unknown type', [{ type: 'headline' }], 'unsupported type: "headline" [json-pointer:/blocks/0/type]'],
    ['a type not modelled', [{ type: 'input' }], 'unsupported type: "input" [json-pointer:/blocks/0/type]'],
    [
      'alert, which is for modals',
      [{ type: 'alert', text: plain('a') }],
      'unsupported type: "alert" [json-pointer:/blocks/0/type]',
    ],
    ['no type', [{}], 'missing required field: type [json-pointer:/blocks/0]'],
    [
      'an unknown field',
      [{ type: 'divider', color: 'red' }],
      'invalid additional property: color [json-pointer:/blocks/0]',
    ],
    [
      'a repeated block_id',
      times(2, { type: 'divider', block_id: 'a' }),
      'block_id must be unique in the message: a [json-pointer:/blocks/1/block_id]',
    ],
    [
      'a long block_id',
      [{ type: 'divider', block_id: 'x'.repeat(256) }],
      'must be less than 256 characters [json-pointer:/blocks/0/block_id]',
    ],
    ['empty text', [section('')], 'must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
    [
      'a section of 3,001',
      [section('x'.repeat(3001))],
      'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'a section without text',
      [{ type: 'section' }],
      'missing required field: text [json-pointer:/blocks/0]',
    ],
    [
      '11 fields',
      [{ type: 'section', fields: times(11, mrkdwn('x')) }],
      'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
    ],
    [
      'a field of 2,001',
      [{ type: 'section', fields: [mrkdwn('x'.repeat(2001))] }],
      'must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]',
    ],
    [
      'a header with mrkdwn',
      [{ type: 'header', text: mrkdwn('a') }],
      'unsupported type: "mrkdwn" [json-pointer:/blocks/0/text/type]',
    ],
    [
      'a header of 151',
      [header('x'.repeat(151))],
      'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      '11 context elements',
      [{ type: 'context', elements: times(11, mrkdwn('x')) }],
      'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      'an empty context',
      [{ type: 'context', elements: [] }],
      'no fewer than 1 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      '26 buttons',
      [actions(...times(26, button()))],
      'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      'a button with mrkdwn',
      [actions(button({ text: mrkdwn('a') }))],
      'unsupported type: "mrkdwn" [json-pointer:/blocks/0/elements/0/text/type]',
    ],
    [
      'a long button',
      [actions(button({ text: plain('x'.repeat(76)) }))],
      'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
    ],
    [
      'a button value of 2,001',
      [actions(button({ value: 'x'.repeat(2001) }))],
      'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
    ],
    [
      'a made-up button style',
      [actions(button({ style: 'warning' }))],
      'must be a valid enum value: primary, danger [json-pointer:/blocks/0/elements/0/style]',
    ],
    [
      'a repeated action_id',
      [actions(button({ action_id: 'a' }), button({ action_id: 'a' }))],
      'action_id must be unique [json-pointer:/blocks/0/elements/1/action_id]',
    ],
    [
      'a long confirm title',
      [
        actions(
          button({
            confirm: {
              title: plain('x'.repeat(101)),
              text: plain('a'),
              confirm: plain('a'),
              deny: plain('a'),
            },
          }),
        ),
      ],
      'must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]',
    ],
    [
      'a select of 101 options',
      [actions({ type: 'static_select', options: times(101, { text: plain('a'), value: 'a' }) })],
      'no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]',
    ],
    [
      'an image without description',
      [{ type: 'image', image_url: 'https://x.test/a.png' }],
      'missing required field: alt_text [json-pointer:/blocks/0]',
    ],
    [
      '12,001 of markdown in two blocks',
      [
        { type: 'markdown', text: 'x'.repeat(12_000) },
        { type: 'markdown', text: 'x' },
      ],
      'characters in markdown blocks: no more than 12000 in a message [json-pointer:/blocks/1/text]',
    ],
    [
      '101 rows',
      [table(times(101, [cell('a')]))],
      'no more than 100 items allowed [json-pointer:/blocks/0/rows]',
    ],
    ['a table without rows', [table([])], 'no fewer than 1 items allowed [json-pointer:/blocks/0/rows]'],
    [
      '21 cells',
      [table([times(21, cell('a'))])],
      'no more than 20 items allowed [json-pointer:/blocks/0/rows/0]',
    ],
    [
      'an empty cell',
      [table([[cell('a'), cell('')]])],
      'must be more than 0 characters [json-pointer:/blocks/0/rows/0/1/text]',
    ],
    [
      '10,001 characters of cells',
      [table([times(2, cell('x'.repeat(5000))), [cell('a')]])],
      'characters in table cells: no more than 10000 in a message [json-pointer:/blocks/0/rows]',
    ],
    [
      'a mrkdwn cell',
      [table([[mrkdwn('a')]])],
      'unsupported type: "mrkdwn" [json-pointer:/blocks/0/rows/0/0/type]',
    ],
    [
      'a made-up alignment',
      [table([[cell('a')]], { column_settings: [{ align: 'justify' }] })],
      'must be a valid enum value: left, center, right [json-pointer:/blocks/0/column_settings/0/align]',
    ],
    [
      'a data table of unequal rows',
      [{ type: 'data_table', caption: 'a', rows: [[cell('a')], [cell('b'), cell('c')]] }],
      'rows must have equal cell counts [json-pointer:/blocks/0/rows/1]',
    ],
    [
      '11 cards',
      [{ type: 'carousel', elements: times(11, card) }],
      'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      'containers in containers',
      [{ type: 'container', child_blocks: [{ type: 'container', child_blocks: [] }] }],
      'unsupported type: "container" [json-pointer:/blocks/0/child_blocks/0/type]',
    ],
    [
      '6 context actions',
      [
        {
          type: 'context_actions',
          elements: times(6, { type: 'icon_button', icon: 'trash', text: plain('a') }),
        },
      ],
      'no more than 5 items allowed [json-pointer:/blocks/0/elements]',
    ],
  ])('refuses %s', async (_what, blocks, message) => {
    const reply = await send(...blocks);

    expect(reply).toMatchObject({ ok: false, error: 'invalid_blocks' });
    expect(reply.response_metadata?.messages).toContain(`[ERROR] ${message}`);
  });

  it('names everything that is wrong, not only the first', async () => {
    const reply = await send(section(''), header(''));

    expect(reply.response_metadata?.messages).toHaveLength(2);
  });

  it('refuses blocks that are no list', async () => {
    const reply = await callJson(fake, 'chat.postMessage', {
      channel: EOD,
      text: 'x',
      blocks: { type: 'divider' },
    });

    expect(reply).toMatchObject({ error: 'invalid_blocks_format' });
  });

  it('allows one table in a message, hidden ones included', async () => {
    const one = table([[cell('a')]]);
    const inContainer = { type: 'container', child_blocks: [one] };
    const dataTable = { type: 'data_table', caption: 'a', rows: [[cell('a')], [cell('b')]] };
    const inAttachment = await callJson(fake, 'chat.postMessage', {
      channel: EOD,
      text: 'x',
      blocks: [one],
      attachments: [{ blocks: [one] }],
    });

    for (const reply of [
      await send(one, one),
      await send(one, inContainer),
      await send(one, dataTable),
      inAttachment,
    ]) {
      expect(reply).toMatchObject({ ok: false, error: 'invalid_attachments' });
      expect(reply.response_metadata?.messages?.[0]).toContain('only_one_table_allowed');
    }
  });

  it('refuses more than 13,200 characters over all blocks', async () => {
    const sections = times(4, section('x'.repeat(3000)));

    expect(await send(...sections, section('x'.repeat(1200)))).toMatchObject({ ok: true });
    expect(await send(...sections, section('x'.repeat(1201)))).toMatchObject({
      error: 'msg_blocks_too_long',
    });
  });

  it('refuses more than 100 attachments', async () => {
    const reply = await callJson(fake, 'chat.postMessage', {
      channel: EOD,
      attachments: times(101, { text: 'a' }),
    });

    expect(reply).toMatchObject({ error: 'too_many_attachments' });
  });

  it('checks the blocks of an update too, and leaves the message as it was', async () => {
    const { ts } = await send(header('before'));

    const reply = await callJson(fake, 'chat.update', { channel: EOD, ts, text: 'x', blocks: [header('')] });

    expect(reply).toMatchObject({ error: 'invalid_blocks' });
    expect(fake.messages().find((message) => message.ts === ts)?.blocks).toEqual([header('before')]);
  });

  describe('blocks.validate', () => {
    const validate = (args: object): Promise<SlackReply> => callJson(fake, 'blocks.validate', args, {});

    it('needs no token and answers violations by pointer and constraint', async () => {
      expect(await validate({ blocks: [header('a')] })).toEqual({ ok: true });
      expect(await validate({ blocks: [header('')] })).toMatchObject({
        ok: false,
        error: 'invalid_blocks',
        errors: [
          {
            pointer: '/blocks/0/text/text',
            code: 'failed_constraint',
            constraint: { type: 'min_length', expected: 1, got: 0 },
          },
        ],
      });
    });

    it('allows an alert in a view only', async () => {
      const alert = { type: 'alert', text: plain('a'), level: 'error' };

      expect(await validate({ view: { type: 'modal', blocks: [alert] } })).toMatchObject({ ok: true });
      expect(await validate({ message: { blocks: [alert] } })).toMatchObject({ error: 'invalid_message' });
    });

    it('takes exactly one subject', async () => {
      expect(await validate({})).toMatchObject({ error: 'invalid_arguments' });
      expect(await validate({ blocks: [], view: {} })).toMatchObject({ error: 'invalid_arguments' });
    });

    it('is what the SDK calls', async () => {
      const reply = await clientOf(fake).apiCall('blocks.validate', { blocks: [header('a')] });

      expect(reply.ok).toBe(true);
    });
  });
});

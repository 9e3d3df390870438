import {
  accessory,
  actionElement,
  buttonElement,
  contextActionElement,
  contextElement,
  imageElement,
  imageFields,
} from './element.rules';
import { richTextFields } from './rich-text.rules';
import { allOf, boolean, byType, isRecord, list, oneOf, Rule, shape, string, unique } from './rule';
import { dataTableFields, dataTableOptions, tableFamily, tableFields, tableOptions } from './table.rules';
import { anyText, mrkdwnText, plainText, TEXT_LIMIT } from './text.rules';

const MARKDOWN_CHARS = 12_000;

const blockId: Rule = (value, pointer, review) => {
  string({ max: 255 })(value, pointer, review);
  if (typeof value === 'string') review.blockId(value, pointer);
};

function block(
  required: Readonly<Record<string, Rule>>,
  optional: Readonly<Record<string, Rule>> = {},
): Rule {
  return shape({ required, optional: { ...optional, block_id: blockId } });
}

const textOrFields: Rule = (value, pointer, review) => {
  if (isRecord(value) && value['text'] === undefined && value['fields'] === undefined) {
    review.missing(pointer, 'text');
  }
};

const section = allOf(
  block(
    {},
    { text: anyText(TEXT_LIMIT), fields: list(anyText(2000), { max: 10 }), accessory, expand: boolean },
  ),
  textOrFields,
);

const markdown: Rule = (value, pointer, review) => {
  block({ text: string({ max: MARKDOWN_CHARS }) })(value, pointer, review);
  const text = isRecord(value) ? value['text'] : undefined;
  if (typeof text === 'string') {
    review.count('characters in markdown blocks', text.length, MARKDOWN_CHARS, `${pointer}/text`);
  }
};

const card = block(
  {},
  {
    hero_image: imageElement,
    icon: imageElement,
    title: mrkdwnText(150),
    subtitle: mrkdwnText(150),
    body: mrkdwnText(200),
    actions: list(buttonElement, { max: 25 }),
  },
);

const everywhere: Readonly<Record<string, Rule>> = {
  header: block({ text: plainText(150) }),
  section,
  divider: block({}),
  context: block({ elements: list(contextElement, { max: 10 }) }),
  actions: block({ elements: allOf(list(actionElement, { max: 25 }), unique('action_id')) }),
  image: block(imageFields, { title: plainText(2000) }),
  rich_text: block(richTextFields),
};

const table = tableFamily(block(tableFields, tableOptions));

const container = block(
  {
    child_blocks: list(
      byType(() => ({ ...everywhere, table })),
      { max: 10 },
    ),
  },
  {
    title: plainText(150),
    rich_text_title: shape({ required: richTextFields }),
    subtitle: anyText(150),
    width: oneOf('narrow', 'standard', 'wide', 'full'),
    icon: imageElement,
    is_collapsible: boolean,
    default_collapsed: boolean,
  },
);

/**
 * What a message may be made of. `alert` is for modals only; `file` comes in but cannot be sent; `input`, `video`,
 * `task_card`, `plan` and `data_visualization` are not modelled, hence refused.
 */
export const messageBlocks: Readonly<Record<string, Rule>> = {
  ...everywhere,
  markdown,
  table,
  data_table: tableFamily(block(dataTableFields, dataTableOptions)),
  card,
  carousel: block({
    elements: list(
      byType(() => ({ card })),
      { max: 10 },
    ),
  }),
  container,
  context_actions: block({ elements: list(contextActionElement, { max: 5 }) }),
};

export const modalBlocks: Readonly<Record<string, Rule>> = {
  ...everywhere,
  alert: block({ text: anyText(200) }, { level: oneOf('default', 'info', 'warning', 'error', 'success') }),
};

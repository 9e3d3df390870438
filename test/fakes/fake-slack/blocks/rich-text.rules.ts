import { boolean, byType, list, number, oneOf, Rule, shape, string } from './rule';

const style = shape({ optional: { bold: boolean, italic: boolean, strike: boolean, code: boolean } });
const id = string({ max: 255 });
const anyNumber = number({ min: 0, max: 8, integer: true });

const text = shape({ required: { text: string({ max: 3000 }) }, optional: { style } });
const link = shape({
  required: { url: string({ max: 3000 }) },
  optional: { text: string({ max: 3000 }), unsafe: boolean, style },
});

const inline: Rule = byType(() => ({
  text,
  link,
  emoji: shape({
    required: { name: string({ max: 100 }) },
    optional: { unicode: string({ max: 100 }), style },
  }),
  user: shape({ required: { user_id: id }, optional: { style } }),
  usergroup: shape({ required: { usergroup_id: id }, optional: { style } }),
  channel: shape({ required: { channel_id: id }, optional: { style } }),
  broadcast: shape({ required: { range: oneOf('here', 'channel', 'everyone') }, optional: { style } }),
  date: shape({
    required: { timestamp: number({ min: 0, integer: true }), format: string({ max: 255 }) },
    optional: { url: string({ max: 3000 }), fallback: string({ max: 255 }), style },
  }),
}));

const inlines = list(inline, { max: 1000 });
const section = shape({ required: { elements: inlines } });
const preformattedPart = byType(() => ({ text, link }));

const element: Rule = byType(() => ({
  rich_text_section: section,
  rich_text_quote: shape({ required: { elements: inlines }, optional: { border: oneOf(0, 1) } }),
  rich_text_preformatted: shape({
    required: { elements: list(preformattedPart, { max: 1000 }) },
    optional: { border: oneOf(0, 1), language: string({ max: 50 }) },
  }),
  rich_text_list: shape({
    required: {
      elements: list(
        byType(() => ({ rich_text_section: section })),
        { max: 1000 },
      ),
      style: oneOf('bullet', 'ordered'),
    },
    optional: { indent: anyNumber, offset: number({ min: 0, integer: true }), border: oneOf(0, 1) },
  }),
}));

/** The fields of a `rich_text` block, also of a table cell. */
export const richTextFields = { elements: list(element, { max: 1000 }) };

import { allOf, boolean, byType, isRecord, list, oneOf, Rule, shape, string } from './rule';
import { anyText, plainText } from './text.rules';

const actionId = string({ max: 255 });
const url = string({ max: 3000 });

const confirm = shape({
  required: { title: plainText(100), text: anyText(300), confirm: plainText(30), deny: plainText(30) },
  optional: { style: oneOf('primary', 'danger') },
});

const button = shape({
  required: { text: plainText(75) },
  optional: {
    action_id: actionId,
    value: string({ max: 2000 }),
    url,
    style: oneOf('primary', 'danger'),
    confirm,
    accessibility_label: string({ max: 75 }),
  },
});

const option = shape({
  required: { text: anyText(75), value: string({ max: 150 }) },
  optional: { description: anyText(75), url },
});

const optionGroup = shape({
  required: { label: plainText(75), options: list(option, { max: 100 }) },
});

const overflow = shape({
  required: { options: list(option, { max: 5 }) },
  optional: { action_id: actionId, confirm },
});

const staticSelect = allOf(
  shape({
    optional: {
      options: list(option, { max: 100 }),
      option_groups: list(optionGroup, { max: 100 }),
      placeholder: plainText(150),
      action_id: actionId,
      initial_option: option,
      confirm,
      focus_on_load: boolean,
    },
  }),
  exactlyOne('options', 'option_groups'),
);

/** Exactly one of the fields; with neither the first one is named as missing. */
function exactlyOne(first: string, second: string): Rule {
  return (value, pointer, review) => {
    if (!isRecord(value)) return;
    const present = [first, second].filter((field) => value[field] !== undefined);
    if (present.length === 0) review.missing(pointer, first);
    if (present.length === 2) {
      review.failed(pointer, `only one of ${first}, ${second} allowed`, 'one_of', [first, second], present);
    }
  };
}

/** Image blocks and elements share these; `slack_file` is not modelled and refused as an unknown field. */
export const imageFields = { image_url: url, alt_text: string({ max: 2000 }) };
export const imageElement = shape({ required: imageFields });
export const buttonElement = byType(() => ({ button }));

export const contextElement = byType(() => ({
  image: imageElement,
  plain_text: anyText(3000),
  mrkdwn: anyText(3000),
}));

export const actionElement = byType(() => ({ button, overflow, static_select: staticSelect }));

export const accessory = byType(() => ({
  button,
  overflow,
  static_select: staticSelect,
  image: imageElement,
}));

const feedbackButton = shape({
  required: { text: plainText(75), value: string({ max: 2000 }) },
  optional: { accessibility_label: string({ max: 75 }) },
});

export const contextActionElement = byType(() => ({
  feedback_buttons: shape({
    required: { positive_button: feedbackButton, negative_button: feedbackButton },
    optional: { action_id: actionId },
  }),
  icon_button: shape({
    required: { icon: oneOf('trash'), text: plainText(75) },
    optional: { action_id: actionId, value: string({ max: 2000 }), confirm },
  }),
}));

import { boolean, byType, Rule, shape, string } from './rule';

export const TEXT_LIMIT = 3000;

/** `plain_text` only: mrkdwn here is what Slack refuses most often. */
export function plainText(max: number): Rule {
  const rule = shape({ required: { text: string({ max }) }, optional: { emoji: boolean } });
  return byType(() => ({ plain_text: rule }));
}

export function mrkdwnText(max: number): Rule {
  const rule = shape({ required: { text: string({ max }) }, optional: { verbatim: boolean } });
  return byType(() => ({ mrkdwn: rule }));
}

export function anyText(max: number): Rule {
  const plain = plainText(max);
  const mrkdwn = mrkdwnText(max);
  return byType(() => ({ plain_text: plain, mrkdwn }));
}

import { Arguments } from '../arguments';
import { Review, Surface } from '../blocks/review';
import { reviewBlocks } from '../blocks/review-blocks';
import { isRecord } from '../blocks/rule';
import { Refusal } from '../refusal';
import { SlackMethod } from './method';

const SUBJECTS = ['blocks', 'message', 'view'] as const;

/** Public in Slack too. Of a message and a view it looks at the blocks only. */
const validate: SlackMethod = {
  name: 'blocks.validate',
  tier: 'special',
  isPublic: true,
  scopes: [],
  arguments: { blocks: 'json', message: 'json', view: 'json' },
  run(args) {
    const sent = SUBJECTS.filter((subject) => args.has(subject));
    const [subject] = sent;
    if (!subject || sent.length > 1) throw Refusal.invalidArguments('exactly one of blocks, message, view');
    const surface: Surface = subject === 'view' ? 'modal' : 'message';
    const review = new Review(surface);
    const pointer = subject === 'blocks' ? '/blocks' : `/${subject}/blocks`;
    reviewBlocks(blocksOf(subject, args), pointer, review);
    if (review.violations.length === 0) return {};
    throw new Refusal(`invalid_${subject}`, { errors: review.violations });
  },
};

export const blocksMethods: readonly SlackMethod[] = [validate];

function blocksOf(subject: (typeof SUBJECTS)[number], args: Arguments): unknown {
  const value = args.json(subject);
  if (subject === 'blocks') return value;
  if (!isRecord(value)) throw new Refusal(`invalid_${subject}`);
  return value['blocks'] ?? [];
}

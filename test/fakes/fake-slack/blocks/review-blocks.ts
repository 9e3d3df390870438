import { messageBlocks, modalBlocks } from './layout.rules';
import { Review, Surface } from './review';
import { byType, list } from './rule';

const MAX_BLOCKS: Readonly<Record<Surface, number>> = { message: 50, modal: 100 };

/** Checks a list of blocks that stands at `pointer` in its message or view. */
export function reviewBlocks(blocks: unknown, pointer: string, review: Review): void {
  const known = review.surface === 'message' ? messageBlocks : modalBlocks;
  const block = byType(() => known);
  list(block, { min: 0, max: MAX_BLOCKS[review.surface] })(blocks, pointer, review);
}

import * as fc from 'fast-check';
import { compareUtf8 } from '../../../domain/shared/page';
import { SortedIndex } from './sorted-index';

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
const key = fc.string({ unit: 'binary', maxLength: 3 });
const step = fc.oneof(
  fc.record({ do: fc.constant('set' as const), id, key }),
  fc.record({ do: fc.constant('delete' as const), id }),
  fc.record({ do: fc.constant('read' as const), after: fc.option(key, { nil: null }) }),
);

describe('a sorted index', () => {
  it('lists what was set and not deleted, in the order of UTF-8, from any key on', () => {
    const property = fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const index = new SortedIndex();
      const model = new Map<string, string>();
      for (const each of steps) {
        if (each.do === 'set') {
          // Keys hold their id in practice, so no two are equal.
          index.set(each.id, each.key + each.id);
          model.set(each.id, each.key + each.id);
        } else if (each.do === 'delete') {
          index.delete(each.id);
          model.delete(each.id);
        } else {
          const expected = [...model]
            .filter(([, sortKey]) => each.after === null || compareUtf8(sortKey, each.after) > 0)
            .sort(([, a], [, b]) => compareUtf8(a, b));
          expect([...index.after(each.after)]).toEqual(expected.map(([known]) => known));
          expect(index.size).toBe(model.size);
        }
      }
    });
    fc.assert(property, { numRuns: 500 });
  });
});

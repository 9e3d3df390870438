import { aCell, anAppBoard } from '../../../test/builders/an-app-board';
import { emptyAppBoard, lastChangeOf, lastUpdateOf } from './app-board';

const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 12, minute));
const never = emptyAppBoard('ARCS');
const planning = anAppBoard('Planning')
  .withCell(aCell('Actual', { receivedAt: at(3) }), aCell('Budget', { receivedAt: at(2) }))
  .with({ lastUpdateAt: at(5) })
  .build();
const fccs = anAppBoard('FCCS')
  .withCell(aCell('Consolidation', { receivedAt: at(1) }))
  .with({ lastUpdateAt: at(9) })
  .build();

it('was last heard of when the last of the apps was', () => {
  expect(lastUpdateOf([planning, never, fccs])).toEqual(at(9));
  expect(lastUpdateOf([never])).toBeNull();
  expect(lastUpdateOf([])).toBeNull();
});

it('last changed when the last of the cells did, whatever was heard of since', () => {
  expect(lastChangeOf([never, fccs, planning])).toEqual(at(3));
  expect(lastChangeOf([never, anAppBoard('FCCS').build()])).toBeNull();
  expect(lastChangeOf([])).toBeNull();
});

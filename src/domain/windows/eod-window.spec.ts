import { aWindow } from '../../../test/builders/a-window';
import { belongsTo, timeZoneOf } from './eod-window';

const EU = aWindow({ name: 'eu', timeZone: 'Europe/Berlin', tags: ['eu'] });
const ASIA = aWindow({ name: 'asia' });
const WINDOWS = [EU, ASIA];

describe('a scheduler belongs to', () => {
  it.each([
    ['every window when it names none', { windows: [], tags: ['eu'] }, ['eu', 'asia']],
    ['the windows that it names', { windows: ['asia'], tags: ['eu'] }, ['asia']],
    [
      'windows without a tag filter, and those that want one of its tags',
      { windows: [], tags: ['us'] },
      ['asia'],
    ],
    ['no window that wants other tags, although it names it', { windows: ['eu'], tags: ['us'] }, []],
    ['all when it names only windows that are gone', { windows: ['gone'], tags: ['eu'] }, ['eu', 'asia']],
    ['those that are left of the ones it names', { windows: ['gone', 'asia'], tags: ['eu'] }, ['asia']],
  ])('%s', (_case, scheduler, expected) => {
    const names = WINDOWS.filter((window) => belongsTo(window, scheduler, WINDOWS)).map(({ name }) => name);
    expect(names).toEqual(expected);
  });
});

describe('the times of a scheduler are read', () => {
  it('in the zone of the first window it belongs to, else of the first window', () => {
    expect(timeZoneOf({ windows: [], tags: ['eu'] }, WINDOWS)).toBe('Europe/Berlin');
    expect(timeZoneOf({ windows: ['asia'], tags: [] }, WINDOWS)).toBe('Asia/Jakarta');
    expect(timeZoneOf({ windows: ['eu'], tags: [] }, WINDOWS)).toBe('Europe/Berlin');
    expect(timeZoneOf({ windows: [], tags: [] }, [])).toBe('UTC');
  });
});

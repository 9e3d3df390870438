import { fullDisk, readOnlyDisk, foreignFolder } from './disk/full-disk.case';
import { brokenJournal, corruptSnapshot, lostSnapshot, tornJournal } from './disk/damaged-files.case';
import { secondProcess } from './disk/second-process.case';
import type { Drill } from './frame/drill';

export const diskDrill: Drill = {
  name: 'disk',
  about:
    'the JSON storage on a full, read-only or damaged disk: a clear error or a recovery, nothing lost in silence',
  atOnce: ({ short }) => (short ? 2 : 1),
  sabotages: {
    history: 'takes acknowledged lines out of the folder so that it cannot be told from the outside',
  },
  cases: () => [
    fullDisk,
    readOnlyDisk,
    foreignFolder,
    tornJournal,
    brokenJournal,
    corruptSnapshot,
    lostSnapshot,
    secondProcess,
  ],
};

import { fullDisk, readOnlyDisk, foreignFolder } from './disk/full-disk.case';
import { brokenJournal, corruptSnapshot, lostSnapshot, tornJournal } from './disk/damaged-files.case';
import { secondProcess } from './disk/second-process.case';
import type { Drill, DrillCase } from './frame/drill';

const REFUSES = 'it refuses to start';
const ON_DISK = 'nothing is acknowledged that is not on the disk';

const ALL: readonly DrillCase[] = [
  ...[fullDisk, readOnlyDisk, foreignFolder],
  ...[tornJournal, brokenJournal, corruptSnapshot, lostSnapshot],
  secondProcess,
];

/** Where each fault can be planted. */
const CASES: Readonly<Record<string, readonly DrillCase[]>> = {
  history: [fullDisk, tornJournal, corruptSnapshot],
  harmless: [fullDisk, readOnlyDisk, foreignFolder, brokenJournal, lostSnapshot, secondProcess],
  early: [fullDisk],
  unchecked: [brokenJournal],
  unlocked: [secondProcess],
};

export const diskDrill: Drill = {
  name: 'disk',
  about:
    'the JSON storage on a full, read-only or damaged disk: a clear error or a recovery, nothing lost in silence',
  atOnce: ({ short }) => (short ? 2 : 1),
  sabotages: {
    history: {
      about: 'acknowledged lines are gone from the folder so that it cannot be told from the outside',
      breaks: ['acknowledged status updates lost'],
    },
    harmless: {
      about:
        'the folder has room, is in order, may be written and is nobody else’s: nothing is to be refused',
      breaks: [REFUSES, ON_DISK],
    },
    early: {
      about: 'Vesper acknowledges heartbeats before they are written',
      breaks: [ON_DISK],
      inVesper: 'early heartbeats',
    },
    unchecked: {
      about: 'Vesper takes a damaged line of the journal for one that says what the line before it said',
      breaks: [REFUSES],
      inVesper: 'no checksum',
    },
    unlocked: {
      about: 'Vesper does not ask whose folder it is',
      breaks: [REFUSES],
      inVesper: 'no lock',
    },
  },
  cases: ({ storages, sabotage }) => {
    if (!storages.includes('json')) return [];
    return sabotage === null ? ALL : (CASES[sabotage] ?? []);
  },
};

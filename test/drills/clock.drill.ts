import { CLOCK_CHANGES, dstNightCase } from './clock/dst-night.case';
import { steppingCase } from './clock/stepping.case';
import type { Drill } from './frame/drill';
import { HISTORY_FAULTS } from './frame/history/history-faults';

export const clockDrill: Drill = {
  name: 'clock',
  about: 'DST in both directions, and clocks that step back and forth under load: each step and alert once',
  atOnce: () => 3,
  sabotages: {
    ...HISTORY_FAULTS,
    unchanged: {
      about: 'goes through the night as if the clocks had not been changed',
      breaks: ['each step once, at its time'],
    },
    silent: {
      about: 'a job that is taken for a living one gives no sign of life any more',
      breaks: ['alerts about silence of jobs that were not silent'],
    },
    negative: {
      about: 'reads each execution time as a negative one',
      breaks: ['negative execution times'],
    },
  },
  cases: ({ storages, sabotage }) => {
    const nights = storages.flatMap((storage) =>
      CLOCK_CHANGES.map((change) => dstNightCase(storage, change)),
    );
    const steps = [
      ...storages.map((storage) => steppingCase(storage, 1)),
      ...(storages.includes('dynamodb') ? [steppingCase('dynamodb', 2)] : []),
    ];
    if (sabotage === 'unchanged') return nights;
    return sabotage === null || sabotage === 'withdrawn' ? [...nights, ...steps] : steps;
  },
};

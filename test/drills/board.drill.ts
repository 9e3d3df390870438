import { epmRoundCase } from './board/epm-round.case';
import { killedWriterCase } from './board/killed-writer.case';
import { pushToCanvasCase } from './board/push-to-canvas.case';
import { twoWritersCase } from './board/two-writers.case';
import type { Drill } from './frame/drill';

export const boardDrill: Drill = {
  name: 'board',
  about: 'EPM board: from push to canvas, killed writers, two instances, a round of polling',
  sabotages: {
    canvas: {
      about: 'somebody else writes into the canvases',
      breaks: [
        'pushes that a canvas does not show',
        'pushes not shown at the end',
        'the last state is shown',
      ],
    },
    doubled: { about: 'an edit is made twice', breaks: ['edits doubled'] },
    crowd: {
      about: 'counts more requests at once than there were',
      breaks: ['no server is asked more than'],
    },
  },
  cases: ({ storages, sabotage }) => {
    if (sabotage === 'crowd') return [epmRoundCase];
    if (sabotage === 'doubled') return [twoWritersCase];
    return [
      ...storages.map(pushToCanvasCase),
      ...storages.map(killedWriterCase),
      ...(storages.includes('dynamodb') ? [twoWritersCase] : []),
      ...(sabotage === null ? [epmRoundCase] : []),
    ];
  },
};

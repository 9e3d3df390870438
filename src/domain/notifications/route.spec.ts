import { anAlert } from '../../../test/builders/an-alert';
import { defaultRoute, matchRoutes, type Route } from './route';

const critical: Route = {
  name: 'critical',
  matches: ({ severity }) => severity === 'critical',
  channelIds: ['pager', 'slack'],
  goesOn: true,
};
const night: Route = {
  name: 'night',
  matches: ({ labels }) => labels['tags'] === 'night',
  channelIds: ['slack', 'mail'],
  goesOn: false,
};
const ROUTES = [critical, night, defaultRoute('default')];

describe('an alert is told', () => {
  it.each([
    [
      'by the first route that matches',
      { severity: 'warning', labels: { tags: 'night' } },
      ['slack', 'mail'],
    ],
    [
      'also by the next when a route goes on, and once per channel',
      { labels: { tags: 'night' } },
      ['pager', 'slack', 'mail'],
    ],
    ['by the default route after one that goes on', {}, ['pager', 'slack', 'default']],
    ['by the default route when no other matches', { severity: 'info' }, ['default']],
  ] as const)('%s', (_case, fields, expected) => {
    expect(matchRoutes(ROUTES, anAlert().with(fields).build())).toEqual(expected);
  });

  it('nowhere when there is no route', () => {
    expect(matchRoutes([], anAlert().build())).toEqual([]);
  });
});

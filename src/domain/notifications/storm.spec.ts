import {
  isStorm,
  quietTraffic,
  withOpening,
  withStormMembers,
  type ChannelTraffic,
  type StormMember,
} from './storm';

const RULE = { threshold: 3, windowMs: 30_000 };

/** Seconds after an arbitrary moment. */
function at(seconds: number): Date {
  return new Date(Date.UTC(2026, 2, 2, 17) + seconds * 1_000);
}

function member(alertId: string): StormMember {
  return { alertId, title: `${alertId} failed`, slackUserId: null };
}

function openedAt(...seconds: readonly number[]): ChannelTraffic {
  return seconds.reduce((traffic, second) => withOpening(traffic, RULE, at(second)), quietTraffic('slack'));
}

let made = 0;
const newId = () => `storm-${++made}`;

function joined(traffic: ChannelTraffic, seconds: number, ...alertIds: readonly string[]): ChannelTraffic {
  return withStormMembers(traffic, alertIds.map(member), RULE, at(seconds), newId);
}

describe('a storm', () => {
  it('begins when more than the threshold would be told within the window', () => {
    expect(isStorm(quietTraffic('slack'), 3, RULE, at(0))).toBe(false);
    expect(isStorm(quietTraffic('slack'), 4, RULE, at(0))).toBe(true);
    expect(isStorm(openedAt(0, 10), 1, RULE, at(29))).toBe(false);
    expect(isStorm(openedAt(0, 10), 2, RULE, at(29.999))).toBe(true);
    expect(isStorm(openedAt(0, 10), 2, RULE, at(30))).toBe(false);
  });

  it('remembers the openings of one window only', () => {
    expect(openedAt(0, 10, 30, 39).recentOpenings).toEqual([at(10), at(30), at(39)]);
  });

  it('gathers alerts once each and lasts until none joined for one window', () => {
    const begun = joined(quietTraffic('slack'), 0, 'a', 'b');
    const grown = joined(begun, 20, 'b', 'c', 'd');
    expect(grown.storm?.members.map(({ alertId }) => alertId)).toEqual(['a', 'b', 'c', 'd']);
    expect(grown.storm).toMatchObject({
      id: begun.storm?.id,
      startedAt: at(0),
      lastJoinedAt: at(20),
      reference: null,
    });
    expect(isStorm(grown, 0, RULE, at(49.999))).toBe(true);
    expect(isStorm(grown, 0, RULE, at(50))).toBe(false);
  });

  it('is not kept alive by alerts that are in it already', () => {
    const begun = joined(quietTraffic('slack'), 0, 'a');
    expect(joined(begun, 20, 'a').storm).toEqual(begun.storm);
  });

  it('is a new one once the last has passed', () => {
    const passed = joined(quietTraffic('slack'), 0, 'a', 'b');
    const next = joined(passed, 30, 'b', 'c');
    expect(next.storm?.id).not.toBe(passed.storm?.id);
    expect(next.storm).toMatchObject({ startedAt: at(30), shown: 0, announced: 0 });
    expect(next.storm?.members.map(({ alertId }) => alertId)).toEqual(['b', 'c']);
  });
});

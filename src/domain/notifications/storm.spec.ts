import {
  isBehind,
  isStorm,
  quietTraffic,
  withOpening,
  withStormMembers,
  type ChannelTraffic,
  type Opening,
  type Storm,
} from './storm';

const RULE = { threshold: 3, windowMs: 30_000 };

/** Seconds after an arbitrary moment. */
function at(seconds: number): Date {
  return new Date(Date.UTC(2026, 2, 2, 17) + seconds * 1_000);
}

function opening(alertId: string, seconds = 0): Opening {
  return { alertId, title: `${alertId} failed`, slackUserId: null, openedAt: at(seconds) };
}

function openings(count: number, seconds = 0): readonly Opening[] {
  return Array.from({ length: count }, (_, index) => opening(`waiting-${index}`, seconds));
}

function toldAt(...seconds: readonly number[]): ChannelTraffic {
  return seconds.reduce((traffic, second) => withOpening(traffic, RULE, at(second)), quietTraffic('slack'));
}

let made = 0;
const newId = () => `storm-${++made}`;

function joined(traffic: ChannelTraffic, now: number, ...arriving: readonly Opening[]): ChannelTraffic {
  const [first] = arriving;
  if (first === undefined) return traffic;
  return withStormMembers(traffic, first, arriving, RULE, at(now), newId);
}

const idsOf = (traffic: ChannelTraffic) => traffic.storm?.members.map(({ alertId }) => alertId);

describe('a storm', () => {
  it('begins when more than the threshold would be told within the window', () => {
    const judge = (traffic: ChannelTraffic, count: number, now: number) =>
      isStorm(traffic, opening('waiting-0', now), openings(count, now), RULE, at(now));
    expect(judge(quietTraffic('slack'), 3, 0)).toBe(false);
    expect(judge(quietTraffic('slack'), 4, 0)).toBe(true);
    expect(judge(toldAt(0, 10), 1, 29)).toBe(false);
    expect(judge(toldAt(0, 10), 2, 29.999)).toBe(true);
    expect(judge(toldAt(0, 10), 2, 30)).toBe(false);
  });

  it('remembers the openings of one window only, and none from before the clock stepped back', () => {
    expect(toldAt(0, 10, 30, 39).recentOpenings).toEqual([at(10), at(30), at(39)]);
    expect(toldAt(3_600, 0).recentOpenings).toEqual([at(0)]);
  });

  it('gathers alerts once each, for as long as they open within a window of each other', () => {
    const begun = joined(quietTraffic('slack'), 0, opening('a', 0), opening('b', 0));
    const grown = joined(begun, 20, opening('c', 20), opening('b', 0), opening('d', 20));
    expect(idsOf(grown)).toEqual(['a', 'b', 'c', 'd']);
    expect(grown.storm).toMatchObject({
      id: begun.storm?.id,
      startedAt: at(0),
      lastJoinedAt: at(20),
      reference: null,
    });
    expect(isStorm(grown, opening('e', 49.999), [], RULE, at(49.999))).toBe(true);
    expect(isStorm(grown, opening('e', 50), [], RULE, at(50))).toBe(false);
  });

  it('holds together however long it takes to tell it', () => {
    const begun = joined(
      quietTraffic('slack'),
      0,
      ...Array.from({ length: 150 }, (_, index) => opening(`a-${index}`, 0)),
    );
    const late = joined(begun, 140, opening('late', 5));
    expect(late.storm?.id).toBe(begun.storm?.id);
    expect(late.storm?.members).toHaveLength(151);
    expect(isStorm(late, opening('a-149', 0), [], RULE, at(150))).toBe(true);
  });

  it('does not change by alerts that are in it already', () => {
    const begun = joined(quietTraffic('slack'), 0, opening('a'));
    expect(joined(begun, 20, opening('a'))).toBe(begun);
  });

  it('is a new one for an alert that opened after it had passed', () => {
    const passed = joined(quietTraffic('slack'), 0, opening('a', 0), opening('b', 0));
    const next = joined(passed, 31, opening('c', 31), opening('d', 31));
    expect(next.storm?.id).not.toBe(passed.storm?.id);
    expect(next.storm).toMatchObject({ startedAt: at(31), shown: 0, announced: 0 });
    expect(idsOf(next)).toEqual(['c', 'd']);
  });

  it('stays within one item of the storage, whatever the titles', () => {
    const crowd = Array.from({ length: 800 }, (_, index) => ({
      ...opening(`a-${index}`),
      title: '😀'.repeat(255),
    }));
    const storm = joined(quietTraffic('slack'), 0, ...crowd).storm;
    expect(storm?.members).toHaveLength(500);
    expect(Buffer.byteLength(JSON.stringify(storm))).toBeLessThan(200_000 + 200_000);
    expect(storm?.members.every(({ title }) => title.isWellFormed())).toBe(true);
  });
});

describe('the message of a storm', () => {
  const two = [opening('a', 0), opening('b', 0)];
  const behind = (fields: Partial<Storm> = {}): Storm => ({
    ...(joined(quietTraffic('slack'), 0, ...two).storm as Storm),
    ...{ reference: 'the message', shown: 1, editedAt: null },
    ...fields,
  });

  it('is behind while it lists fewer than belong to the storm', () => {
    expect(isBehind(behind(), at(60))).toBe(true);
    expect(isBehind(behind({ shown: 2 }), at(60))).toBe(false);
    expect(isBehind(behind({ reference: null }), at(60))).toBe(false);
  });

  it('is edited at most every five seconds, whatever the clock does', () => {
    expect(isBehind(behind(), at(4.999))).toBe(false);
    expect(isBehind(behind(), at(5))).toBe(true);
    const edited = behind({ editedAt: at(100) });
    expect(isBehind(edited, at(104.999))).toBe(false);
    expect(isBehind(edited, at(105))).toBe(true);
    expect(isBehind(edited, at(90))).toBe(true);
  });

  it('is given up with the alerts that it lists', () => {
    const hour = 3_600;
    expect(isBehind(behind(), at(24 * hour - 1))).toBe(true);
    expect(isBehind(behind(), at(24 * hour))).toBe(false);
  });
});

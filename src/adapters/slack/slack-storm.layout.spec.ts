import fc from 'fast-check';
import { formsOf, reviewed, textsOf } from '../../../test/harness/slack-rig';
import type { StormMember } from '../../domain/notifications/storm';
import { layOutStorm } from './slack-storm.layout';

const startedAt = new Date('2026-03-02T17:41:00Z');

function storm(members: readonly StormMember[]) {
  return layOutStorm({ kind: 'storm', startedAt, members }, 'Asia/Jakarta');
}

function members(count: number, fields: (index: number) => Partial<StormMember> = () => ({})): StormMember[] {
  return Array.from({ length: count }, (_, index) => ({
    alertId: `alert-${index}`,
    title: `Service · Job ${index} failed`,
    slackUserId: null,
    ...fields(index),
  }));
}

describe('a storm', () => {
  it('lists its alerts, each owner mentioned once', () => {
    const message = storm(members(3, (index) => ({ slackUserId: index < 2 ? 'U1' : 'S2' })));
    expect(textsOf(message).split('\n')).toEqual([
      '🚨 Alert storm: 3 alerts',
      '*3 alerts* since 2026-03-03 00:41 WIB. Each one with its details is in the thread.',
      '• Service · Job 0 failed · <@U1>',
      '• Service · Job 1 failed',
      '• Service · Job 2 failed · <!subteam^S2>',
      'All listed; the list grows while the storm lasts.',
    ]);
    expect(message.text).toBe('🚨 Alert storm: 3 alerts since 2026-03-03 00:41 WIB');
  });

  it('counts those it has no room for, and mentions their owners all the same', () => {
    const message = storm(members(1_000, (index) => ({ slackUserId: index < 990 ? 'U1' : `U${index}` })));
    const listed = textsOf(message).match(/^• /gm)?.length ?? 0;
    expect(listed).toBeGreaterThan(250);
    expect(textsOf(message)).toContain(`… and ${1_000 - listed} more <@U990>`);
    expect(textsOf(message)).toContain(`${listed} of 1000 listed`);
    const { mentions } = reviewed(message);
    expect(mentions).toHaveLength(11);
    expect(new Set(mentions.map(({ raw }) => raw)).size).toBe(11);
  });

  it('is taken by Slack whatever its alerts are called', () => {
    const title = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom('<!channel>', '<'.repeat(5_000), '```', '\0', '😀'.repeat(300), ''),
    );
    const member = fc.record({
      alertId: fc.uuid(),
      title,
      slackUserId: fc.option(
        fc.oneof(
          fc.constant('<!channel>'),
          fc.integer({ min: 0, max: 2_000 }).map((n) => `U${n}`),
        ),
      ),
    });
    fc.assert(
      fc.property(fc.array(member, { maxLength: 400, size: 'max' }), (any) => {
        const owners = new Set(any.map(({ slackUserId }) => `<@${slackUserId}>`));
        for (const form of formsOf(storm(any))) {
          const { mentions, markupWarnings } = reviewed(form);
          expect(markupWarnings).toEqual([]);
          expect(mentions.every(({ kind, raw }) => kind === 'user' && owners.has(raw))).toBe(true);
          expect(new Set(mentions.map(({ raw }) => raw)).size).toBe(mentions.length);
        }
      }),
      { numRuns: 15 },
    );
  });
});

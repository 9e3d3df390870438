import fc from 'fast-check';
import { anAlert } from '../../../test/builders/an-alert';
import { formsOf, reviewed, textsOf } from '../../../test/harness/slack-rig';
import type { Alert, Fact } from '../../domain/alerts/alert';
import type { AlertNotification } from '../../domain/notifications/notification';
import {
  layOutAlert,
  layOutResolvedAlone,
  layOutResolvedNote,
  layOutSettledNote,
} from './slack-alert.layout';
import type { SlackMessage } from './slack-message';

const FACTS: readonly Fact[] = [
  { label: 'Service', kind: 'text', text: 'Service A' },
  { label: 'Job', kind: 'text', text: 'EOD Processing' },
  { label: 'Scheduler', kind: 'text', text: 'service-a-eod' },
  { label: 'Execution time', kind: 'duration', ms: 15_000 },
  { label: 'Failed at', kind: 'instant', at: new Date('2026-03-02T17:41:00Z') },
  { label: 'rows', kind: 'text', text: '182331' },
];

const alert = () =>
  anAlert().with({
    facts: FACTS,
    excerpt: 'ORA-00001: unique constraint',
    correlationId: 'corr-7',
  });

function notification(of: Alert, fields: Partial<AlertNotification> = {}): AlertNotification {
  return { kind: 'alert', event: 'opened', alert: of, mentionOwner: true, ...fields };
}

const linesOf = (message: SlackMessage) => textsOf(message).split('\n');

describe('a failure alert', () => {
  it('says what failed, why, when and where to look', () => {
    const message = layOutAlert(notification(alert().build()));
    expect(linesOf(message)).toEqual([
      '❌ Service A · EOD Processing failed',
      '```',
      'ORA-00001: unique constraint',
      '```',
      '*Service*',
      'Service A',
      '*Job*',
      'EOD Processing',
      '*Scheduler*',
      'service-a-eod',
      '*Execution time*',
      '15.0 s',
      '*Failed at*',
      '2026-03-03 00:41 WIB',
      '*rows*',
      '182331',
      'Correlation id corr-7 · alert alert-1',
    ]);
    expect(message.text).toBe('❌ Service A · EOD Processing failed: boom');
  });

  it('mentions the owner', () => {
    const owned = alert()
      .with({ owner: { slackUserId: 'U123ABC', email: 'a@example.com' } })
      .build();
    expect(reviewed(layOutAlert(notification(owned))).mentions).toEqual([
      { kind: 'user', raw: '<@U123ABC>' },
    ]);
  });

  it('names the owner by e-mail when there is no Slack id, or when he was addressed already', () => {
    const byMail = alert()
      .with({ owner: { slackUserId: null, email: 'a@example.com' } })
      .build();
    expect(textsOf(layOutAlert(notification(byMail)))).toContain('Owner: a@example.com');

    const addressed = alert()
      .with({ owner: { slackUserId: 'U123ABC', email: 'a@example.com' } })
      .build();
    const message = layOutAlert(notification(addressed, { mentionOwner: false }));
    expect(reviewed(message).mentions).toEqual([]);
    expect(textsOf(message)).toContain('Owner: a@example.com');
  });

  it('cuts a long error message and says by how much', () => {
    const long = alert()
      .with({ excerpt: 'x'.repeat(4_000) })
      .build();
    const lines = linesOf(layOutAlert(notification(long)));
    expect(lines).toContain('x'.repeat(2_500));
    expect(lines).toContain('… 1,500 characters left out');
  });

  it('shows 2,500 characters of markup too', () => {
    const xml = alert()
      .with({ excerpt: '<row id="1">text of the row</row>\n'.repeat(73) })
      .build();
    expect(textsOf(layOutAlert(notification(xml)))).not.toContain('left out');
  });

  it('counts repeats', () => {
    const at = new Date('2026-03-02T17:58:00Z');
    const repeated = alert().with({ occurrences: 3, lastSeenAt: at }).build();
    expect(textsOf(layOutAlert(notification(repeated, { event: 'repeated' })))).toContain(
      '*Seen 3 times*, first at 2026-03-03 00:00 WIB, last at 2026-03-03 00:58 WIB',
    );
  });

  it('says that it flaps only in the message that tells it', () => {
    expect(textsOf(layOutAlert(notification(alert().build(), { event: 'flapping' })))).toContain('Flapping');
    expect(textsOf(layOutAlert(notification(alert().build())))).not.toContain('Flapping');
  });
});

describe('a timeout alert', () => {
  it('says what it is about in words, as it has no error message', () => {
    const stale = anAlert().with({
      severity: 'warning',
      title: 'Service A · EOD Processing fell silent',
      summary: 'running, but no heartbeat within its timeout',
      excerpt: null,
      facts: [{ label: 'Silent for', kind: 'duration', ms: 1_380_000 }],
    });
    const lines = linesOf(layOutAlert(notification(stale.build())));
    expect(lines.slice(0, 2)).toEqual([
      '⚠️ Service A · EOD Processing fell silent',
      'running, but no heartbeat within its timeout',
    ]);
    expect(lines).toContain('23 m 00 s');
  });
});

describe('a resolved alert', () => {
  const resolved = () =>
    alert()
      .resolved('2026-03-02T17:11:05Z')
      .with({ owner: { slackUserId: 'U123ABC', email: null } });

  it('keeps what it was about, and mentions nobody', () => {
    const message = layOutAlert(notification(resolved().build(), { event: 'resolved' }));
    expect(linesOf(message).slice(0, 3)).toEqual([
      '✅ Resolved: Service A · EOD Processing failed',
      '*Resolved* at 2026-03-03 00:11 WIB after 11 m 05 s: completed, by test',
      '```',
    ]);
    expect(textsOf(message)).toContain('ORA-00001');
    expect(reviewed(message).mentions).toEqual([]);
  });

  it('has a note that a push message understands', () => {
    const note = layOutResolvedNote(notification(resolved().build(), { event: 'resolved' }));
    expect(note.text).toBe('✅ Resolved: Service A · EOD Processing failed');
    expect(textsOf(note)).toBe('✅ *Resolved* at 2026-03-03 00:11 WIB after 11 m 05 s: completed, by test');
  });
});

describe('any alert', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 500 }),
    fc.constantFrom(
      '',
      ' ',
      '\n\n',
      '<!channel> <http://evil|ok> & <@U999>',
      '```\n<!here>\n```',
      '<'.repeat(1_000_000),
      '&'.repeat(4_000),
      '`'.repeat(4_000),
      '😀'.repeat(2_000),
      '\0'.repeat(4_000),
      'שלום\u202e'.repeat(500),
      '\ud800'.repeat(300),
      'x'.repeat(4_000),
    ),
  );
  const fact: fc.Arbitrary<Fact> = fc.oneof(
    fc.record({ label: text, kind: fc.constant('text' as const), text }),
    fc.record({ label: text, kind: fc.constant('duration' as const), ms: fc.integer() }),
  );
  const anyAlert = fc
    .record({
      title: text,
      summary: text,
      excerpt: fc.option(text),
      facts: fc.array(fact, { maxLength: 25 }),
      correlationId: text,
      resolution: fc.option(text),
      resolvedBy: fc.option(text),
      occurrences: fc.integer({ min: 1, max: 1_000_000 }),
      owner: fc.record({ slackUserId: fc.constantFrom('U123ABC', '!channel', null), email: fc.option(text) }),
      timeZone: fc.constantFrom('Asia/Jakarta', 'America/New_York', 'nowhere'),
      severity: fc.constantFrom('critical' as const, 'warning' as const, 'info' as const),
    })
    .chain((fields) =>
      fc.boolean().map((isResolved) => (isResolved ? alert().resolved() : alert()).with(fields).build()),
    );

  it('stays within every limit when everything in it is as long as can be and has to be escaped', () => {
    const worst = '&'.repeat(10_000);
    const facts = Array.from({ length: 25 }, () => ({ label: worst, kind: 'text', text: worst }) as const);
    const fields = { title: worst, summary: worst, excerpt: worst, facts, correlationId: worst };
    const message = layOutAlert(notification(alert().with(fields).build(), { event: 'flapping' }));
    for (const form of formsOf(message)) expect(reviewed(form).markupWarnings).toEqual([]);
    expect(textsOf(message)).toMatch(/… and \d+ more in the alert itself/);
  });

  it('shows all facts of an alert with ten keys of metadata', () => {
    const facts = Array.from(
      { length: 17 },
      (_, index) => ({ label: `key ${index}`, kind: 'text', text: 'x' }) as const,
    );
    const message = layOutAlert(notification(alert().with({ facts }).build()));
    expect(reviewed(message).markupWarnings).toEqual([]);
    for (const { label } of facts) expect(textsOf(message)).toContain(`*${label}*`);
  });

  it('is taken by Slack and can make it do nothing but mention its owner, whatever it says', () => {
    fc.assert(
      fc.property(anyAlert, fc.constantFrom('opened' as const, 'flapping' as const), (any, event) => {
        const messages = [
          layOutAlert(notification(any, { event })),
          layOutResolvedNote(notification(any, { event })),
          layOutResolvedAlone(any),
          layOutSettledNote(any),
        ];
        for (const form of messages.flatMap(formsOf)) {
          const { mentions, markupWarnings } = reviewed(form);
          expect(markupWarnings).toEqual([]);
          expect(mentions.every(({ raw }) => raw === '<@U123ABC>')).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });
});

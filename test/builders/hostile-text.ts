import fc from 'fast-check';

/** Texts as the worst of senders would write them: pieces of every markup that Slack knows, in any order, and any character besides. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 120 }),
  fc
    .array(
      fc.constantFrom(
        ...'\\`*_~[]()<>|#!&:@.-+=1x/ \n\r\t"\''.split(''),
        ...[
          '**',
          '__',
          '~~',
          '```',
          '](https://evil.test)',
          '[a](b)',
          '![](@U0000000001)',
          '![](#C0000000001)',
        ],
        ...[
          '<!channel>',
          '<@U0000000001>',
          '<https://evil.test|ok>',
          '<https://evil.test>',
          'https://evil.test',
        ],
        ...['www.evil.test', 'a@evil.test', 'mailto:a@evil.test', '[x]: https://evil.test', '[ ] ', '[x] '],
        ...[
          ':fire:',
          ':red_circle:',
          '12:30:45',
          '&amp;',
          '&#42;',
          '&lt;b&gt;',
          '<b>',
          '<!-- -->',
          '# ',
          '> ',
        ],
        ...[
          '\n\n',
          '\n---\n',
          '\n| a | b |\n|---|---|\n',
          '\\|',
          '\\\\|',
          '|',
          '`|`',
          '\0',
          '\x1b',
          '\u202e',
        ],
        ...[
          '\u200b',
          '\u2060',
          '\ufeff',
          '\u2028',
          '\u0085',
          '\ud83d',
          '\uffff',
          '🟢',
          '👩‍👩‍👧‍👦',
          '1️⃣',
          'é',
          'ש',
          '表',
        ],
      ),
      { maxLength: 40 },
    )
    .map((parts) => parts.join('')),
);

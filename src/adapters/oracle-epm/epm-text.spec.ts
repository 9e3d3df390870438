import { STACK_TRACE } from '../../../test/fakes/fake-epm/jobs/default-reports';
import { cpuMsFor } from '../../../test/harness/cpu-time';
import { textOf, toShown } from './epm-text';

describe('a text of EPM', () => {
  it('loses its stack trace and what looks like a secret', () => {
    expect(toShown(STACK_TRACE)).toBe(
      'java.sql.SQLException: ORA-01017: invalid username/password; logon denied connection: ' +
        'jdbc:oracle:thin:@//db-internal:1521/aif user=aif_loader password=[redacted]',
    );
  });

  it.each([
    ['password=Tr0ub4dor&x', 'password=[redacted]&x'],
    ['Password: "two words", next', 'Password: [redacted], next'],
    ['{"client_secret":"abc","user":"u"}', '{"client_secret":[redacted],"user":"u"}'],
    ['pwd = x; done', 'pwd = [redacted]; done'],
    ['refresh_token=abc.def-123', 'refresh_token=[redacted]'],
    ['Authorization: Bearer abc.def', 'Authorization: [redacted]'],
    ['sent Basic dXNlcjpwYXNz to it', 'sent Basic [redacted] to it'],
    ['https://user:pass@host/path', 'https://[redacted]@host/path'],
    ['jdbc:oracle:thin:scott/tiger@db:1521', 'jdbc:oracle:thin:[redacted]@db:1521'],
    ['invalid username/password; logon denied', 'invalid username/password; logon denied'],
    ['Token is expired for client : vesper', 'Token is expired for client : vesper'],
  ])('%s becomes %s', (text, shown) => expect(toShown(text)).toBe(shown));

  it('never shows what is named as a secret, also when it is encoded', () => {
    expect(toShown('for a+b/c== or a%2Bb%2Fc%3D%3D', ['a+b/c=='])).toBe('for [redacted] or [redacted]');
    expect(toShown('a cat', ['a', ''])).toBe('a cat');
    expect(toShown('broken', ['\ud800broken'])).toBe('broken');
  });

  it('is one line of at most 500 characters, whole ones', () => {
    expect(toShown('a\n\t b\u0000\u001bc')).toBe('a b c');
    expect(toShown('x'.repeat(500))).toHaveLength(500);
    const cut = toShown('🌙'.repeat(400)) ?? '';
    expect(cut.length).toBeLessThanOrEqual(500);
    expect(cut.isWellFormed()).toBe(true);
    expect(cut.endsWith('…')).toBe(true);
  });

  it('is none when nothing is left', () => {
    expect([null, '', ' \n ', '\tat com.x.Y.z(Y.java:1)'].map((text) => toShown(text))).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it.each([
    'password'.repeat(2_000),
    'at a('.repeat(4_000),
    'jdbc:a:'.repeat(3_000),
    `token${' '.repeat(16_000)}`,
  ])('is read in no time, whatever it is (%#)', (text) => {
    expect(cpuMsFor(() => toShown(text))).toBeLessThan(100);
  });
});

describe('the text of a body', () => {
  it.each([
    [{ status: 1, details: 'no' }, 'no'],
    [{ message: 'm', localizedMessage: 'l' }, 'm'],
    [{ error: 'e' }, 'e'],
    [{ error: { code: 1, message: 'deep' } }, 'deep'],
    [{ details: ['a', { message: 'b' }, 3] }, 'a; b'],
    [{ details: '', message: 'null', title: 't' }, 't'],
    ['text', 'text'],
    [{ a: 1 }, null],
    [[], null],
    [7, null],
    [null, null],
  ])('%j says %j', (body, text) => expect(textOf(body)).toBe(text));

  it('is not looked for in the depths', () => {
    expect(textOf({ error: { error: { error: { error: 'x' } } } })).toBeNull();
  });
});

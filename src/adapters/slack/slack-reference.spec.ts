import { decodeReference, encodeReference, threadOf } from './slack-reference';

describe('a reference', () => {
  it.each([
    { channel: 'C123', ts: '1700000000.000100', threadTs: null },
    { channel: 'D9', ts: '1700000000.000200', threadTs: '1700000000.000100' },
  ])('comes back as it was', (reference) => {
    expect(decodeReference(encodeReference(reference))).toEqual(reference);
  });

  it.each(['', 'C123', 'C123/1700000000', 'C123/1.2/3.4/5.6', 'https://slack.com/1.2'])(
    'is not made of "%s"',
    (text) => {
      expect(decodeReference(text)).toBeNull();
    },
  );

  it('leads to the thread of the parent, since threads have one level', () => {
    expect(threadOf({ channel: 'C1', ts: '2.0', threadTs: '1.0' })).toBe('1.0');
    expect(threadOf({ channel: 'C1', ts: '2.0', threadTs: null })).toBe('2.0');
  });
});

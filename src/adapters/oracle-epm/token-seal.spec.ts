import { Secret } from '../../platform/config/secret';
import { TokenSeal } from './token-seal';

const PAIR = {
  refreshToken: 'refresh-ü',
  access: { value: 'access', freshUntil: new Date('2026-03-02T17:00:00.000Z') },
};
const seal = new TokenSeal(new Secret('k'.repeat(32)));

describe('a sealed pair of tokens', () => {
  it('opens under its key and its connection, in another process too', async () => {
    const sealed = await seal.seal('epm', PAIR);
    expect(await new TokenSeal(new Secret('k'.repeat(32))).open('epm', sealed)).toEqual(PAIR);
    expect(await seal.open('other', sealed)).toBeNull();
    expect(await new TokenSeal(new Secret('K'.repeat(32))).open('epm', sealed)).toBeNull();
  });

  it('shows nothing, and is another text each time', async () => {
    const [one, two] = [await seal.seal('epm', PAIR), await seal.seal('epm', PAIR)];
    expect(one).not.toBe(two);
    expect(Buffer.from(one.slice(3), 'base64url').toString('latin1')).not.toMatch(/access|refresh/);
  });

  it('does not open when a single bit is wrong, or when it is something else', async () => {
    const sealed = await seal.seal('epm', PAIR);
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    for (const at of [0, 12, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(await seal.open('epm', `v1.${changed.toString('base64url')}`)).toBeNull();
    }
    for (const other of ['', 'v1.', 'v1', `v2.${sealed.slice(3)}`, sealed.slice(0, 40), 'v1.%%%'])
      expect(await seal.open('epm', other)).toBeNull();
  });
});

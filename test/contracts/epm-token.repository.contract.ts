import type { EpmToken } from '../../src/domain/board/epm-token.repository';
import { ChangedConcurrently } from '../../src/domain/shared/errors';
import { at, newId } from './acts';
import { race } from './expectations';
import { ODD_NAME, ODD_TEXT } from './odd-values';
import type { StoreSubject } from './store-subject';

/** Sign-ins at EPM's identity service: a rotating token that is lost costs a person's time. */
export function epmTokenRepositoryContract({ store, reopen }: StoreSubject): void {
  const find = ({ connection }: EpmToken) => store().epmTokens.find(connection);

  it('knows nothing of a connection that never signed in', async () => {
    expect(await store().epmTokens.find(newId('connection'))).toBeNull();
  });

  it('remembers a token as it was recorded, one version on each time', async () => {
    const token = aToken(newId(ODD_NAME));
    const first = await store().epmTokens.record(token);
    expect(first).toEqual({ ...token, version: 1 });
    expect(await find(token)).toEqual(first);
    const second = await store().epmTokens.record({
      ...first,
      sealed: 's'.repeat(20_000),
      seed: '',
      issuedAt: new Date(0),
      refusal: ODD_TEXT,
    });
    expect(second.version).toBe(2);
    expect(await find(token)).toEqual(second);
  });

  it('keeps connections apart', async () => {
    const connection = newId('connection');
    const tokens = [connection, connection.toUpperCase(), `${connection}-2`].map(aToken);
    for (const [n, token] of tokens.entries())
      await store().epmTokens.record({ ...token, sealed: `sealed ${n}` });
    for (const [n, token] of tokens.entries())
      expect(await find(token)).toMatchObject({ connection: token.connection, sealed: `sealed ${n}` });
  });

  it('refuses any version but the one stored', async () => {
    const token = aToken();
    await expect(store().epmTokens.record({ ...token, version: 1 })).rejects.toThrow(ChangedConcurrently);
    expect(await find(token)).toBeNull();
    const first = await store().epmTokens.record(token);
    for (const version of [0, 2]) {
      await expect(store().epmTokens.record({ ...first, sealed: 'other', version })).rejects.toThrow(
        ChangedConcurrently,
      );
    }
    expect(await find(token)).toEqual(first);
  });

  it('lets one of many refreshers win, the first time and later', async () => {
    let stored = aToken();
    for (const round of [1, 2]) {
      const attempts = Array.from(
        { length: 6 },
        (_, n) => () => store().epmTokens.record({ ...stored, sealed: `${round}.${n}` }),
      );
      const winners = await race(attempts);
      expect(winners).toHaveLength(1);
      stored = (await find(stored)) as EpmToken;
      expect(stored).toEqual(winners[0]);
    }
  });

  it('is found as it was after it was closed and opened again', async () => {
    const token = await store().epmTokens.record(aToken());
    await reopen();
    expect(await find(token)).toEqual(token);
    const next = await store().epmTokens.record({ ...token, sealed: 'rotated' });
    await reopen();
    expect(await find(token)).toEqual(next);
  });
}

function aToken(connection = newId('connection')): EpmToken {
  return { connection, sealed: 'v1.sealed', seed: 'seed', issuedAt: at(0, 1), refusal: null, version: 0 };
}

import type { EpmToken, EpmTokenRepository } from '../../src/domain/board/epm-token.repository';
import { ChangedConcurrently, StorageUnavailable } from '../../src/domain/shared/errors';

/** Sign-ins of one process, by the letter of the port, for specs of what uses them; as strict about versions as the stores. */
export class MemoryEpmTokens implements EpmTokenRepository {
  /** `reads` and `writes` fail; `answers` are lost: the write is done and fails all the same. */
  fails: 'nothing' | 'reads' | 'writes' | 'answers' = 'nothing';
  /** Everything that was ever stored, oldest first. */
  readonly history: EpmToken[] = [];
  private readonly tokens = new Map<string, EpmToken>();

  async find(connection: string): Promise<EpmToken | null> {
    if (this.fails === 'reads') throw new StorageUnavailable('the storage does not answer');
    return this.tokens.get(connection) ?? null;
  }

  async record(token: EpmToken): Promise<EpmToken> {
    const { fails } = this;
    if (fails === 'reads' || fails === 'writes') throw new StorageUnavailable('the disk is full');
    const { connection, version } = token;
    if ((this.tokens.get(connection)?.version ?? 0) !== version) throw new ChangedConcurrently('the sign-in');
    const next = { ...token, version: version + 1 };
    this.tokens.set(connection, next);
    this.history.push(next);
    if (fails === 'answers') throw new StorageUnavailable('the answer was lost');
    return next;
  }
}

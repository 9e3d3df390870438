import type { EpmToken, EpmTokenRepository } from '../../../domain/board/epm-token.repository';
import type { Journal } from './journal';
import type { JsonState } from './json-state';

export class JsonEpmTokenRepository implements EpmTokenRepository {
  constructor(
    private readonly state: JsonState,
    private readonly journal: Journal,
  ) {}

  async find(connection: string): Promise<EpmToken | null> {
    return this.state.epmTokens.get(connection) ?? null;
  }

  async record(token: EpmToken): Promise<EpmToken> {
    const { epmTokens } = this.state;
    const { connection, version } = token;
    if ((epmTokens.head(connection)?.version ?? 0) !== version) throw await epmTokens.conflictAt(connection);
    const next = { ...token, version: version + 1 };
    return this.journal.commit([epmTokens.put(connection, next)], next);
  }
}

import type { EpmToken } from '../../../../domain/board/epm-token.repository';
import type { DocumentMapping } from './document';

export const epmTokenMapping: DocumentMapping<EpmToken> = {
  toDocument: (token) => ({
    connection: token.connection,
    sealed: token.sealed,
    seed: token.seed,
    issuedAt: token.issuedAt.toISOString(),
    refusal: token.refusal,
    version: token.version,
  }),
  fromDocument: (document) => ({ ...document, issuedAt: new Date(document.issuedAt) }),
};

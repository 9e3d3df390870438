import type { DocumentMapping } from './document';

/** When the board was first looked at. */
export interface BoardWatch {
  readonly since: Date;
}

export const boardWatchMapping: DocumentMapping<BoardWatch> = {
  toDocument: ({ since }) => ({ since: since.toISOString() }),
  fromDocument: ({ since }) => ({ since: new Date(since) }),
};

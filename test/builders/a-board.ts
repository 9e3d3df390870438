import type { Board, BoardApp, BoardChannel } from '../../src/domain/board/board';

/** A configured board; say only what matters: `aBoard().withApp('Planning', { domains: ['Actual'] }).build()`. */
export function aBoard(): BoardBuilder {
  return new BoardBuilder();
}

/** As configured while the board is switched off. */
export const NO_BOARD: Board = { apps: [], channels: [], timeZone: 'Asia/Jakarta' };

class BoardBuilder {
  private readonly apps: BoardApp[] = [];
  private readonly channels: BoardChannel[] = [];

  withApp(name: string, fields: Partial<BoardApp> = {}): this {
    this.apps.push({
      name,
      displayName: name,
      domains: ['Actual', 'Budget'],
      server: null,
      channelIds: this.channels.map(({ id }) => id),
      ...fields,
    });
    return this;
  }

  /** Shows the apps that are added after it, unless they say otherwise. */
  withChannel(id: string, fields: Partial<BoardChannel> = {}): this {
    this.channels.push({ id, name: id.toLowerCase(), canvasId: null, ...fields });
    return this;
  }

  build(): Board {
    return { apps: [...this.apps], channels: [...this.channels], timeZone: 'Asia/Jakarta' };
  }
}

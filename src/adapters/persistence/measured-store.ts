import type { Store } from './store';

/** Told how long each business write took until it was durable or refused. */
export type ObserveCommit = (operation: string, seconds: number) => void;

/** The same store, with every `record…` of its repositories timed. */
export function measureCommits(store: Store, observe: ObserveCommit): Store {
  const { schedulers, outbox, deliveries, nights, board, epmTokens } = store;
  return {
    ...{ alerts: store.alerts, leases: store.leases, upkeep: store.upkeep },
    schedulers: measured(schedulers, observe),
    outbox: measured(outbox, observe),
    deliveries: measured(deliveries, observe),
    nights: measured(nights, observe),
    board: measured(board, observe),
    epmTokens: measured(epmTokens, observe),
    close: () => store.close(),
  };
}

/** Stands before the repository and answers with it, its business writes aside. */
function measured<Repository extends object>(repository: Repository, observe: ObserveCommit): Repository {
  const timed = Object.create(repository) as Repository;
  for (const name of businessWritesOf(repository)) {
    const write = (repository as Record<string, unknown>)[name] as (...args: unknown[]) => unknown;
    const value = timedWrite(name, write.bind(repository), observe);
    Object.defineProperty(timed, name, { value, writable: true, configurable: true });
  }
  return timed;
}

function businessWritesOf(repository: object): readonly string[] {
  const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(repository));
  return methods.filter((name) => name.startsWith('record'));
}

function timedWrite(operation: string, write: (...args: unknown[]) => unknown, observe: ObserveCommit) {
  return async (...args: unknown[]): Promise<unknown> => {
    const began = performance.now();
    try {
      return await write(...args);
    } finally {
      observe(operation, (performance.now() - began) / 1_000);
    }
  };
}

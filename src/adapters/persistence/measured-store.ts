import type { Store } from './store';

/** Told how long each business write took until it was durable or refused. */
export type ObserveCommit = (operation: string, seconds: number) => void;

/** The same store, with every `record…` of its repositories timed. */
export function measureCommits(store: Store, observe: ObserveCommit): Store {
  const { schedulers, outbox, deliveries, nights } = store;
  return {
    ...{ alerts: store.alerts, leases: store.leases, upkeep: store.upkeep },
    schedulers: measured(schedulers, observe),
    outbox: measured(outbox, observe),
    deliveries: measured(deliveries, observe),
    nights: measured(nights, observe),
    close: () => store.close(),
  };
}

function measured<Repository extends object>(repository: Repository, observe: ObserveCommit): Repository {
  const timed = new Map<string | symbol, unknown>();
  return new Proxy(repository, {
    get(target, name) {
      const known = timed.get(name);
      if (known !== undefined) return known;
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      const bound = (member as (...args: unknown[]) => unknown).bind(target);
      const wrapped =
        typeof name === 'string' && name.startsWith('record') ? timedWrite(name, bound, observe) : bound;
      timed.set(name, wrapped);
      return wrapped;
    },
  });
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

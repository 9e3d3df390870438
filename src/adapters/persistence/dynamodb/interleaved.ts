/** What several sources bring, as it comes: they work at the same time. */
export async function* interleaved<T>(sources: readonly AsyncGenerator<T>[]): AsyncGenerator<T> {
  const pending = new Map(sources.map((source) => [source, advance(source)]));
  try {
    while (pending.size > 0) {
      const { source, result } = await Promise.race(pending.values());
      pending.delete(source);
      if (result.done === true) continue;
      pending.set(source, advance(source));
      yield result.value;
    }
  } finally {
    await Promise.allSettled(pending.values());
    await Promise.allSettled([...pending.keys()].map((source) => source.return(undefined)));
  }
}

function advance<T>(source: AsyncGenerator<T>) {
  const next = source.next().then((result) => ({ source, result }));
  // It may fail while the consumer is busy with another's; the race that follows sees it.
  next.catch(() => undefined);
  return next;
}

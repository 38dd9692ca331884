/** Hands on what comes, having asked for the next by then. Whoever stops early waits for what was asked for. */
export async function* oneAhead<T>(source: AsyncGenerator<T, void, void>): AsyncGenerator<T, void, void> {
  let next = source.next();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = source.next();
      // Known of when it is its turn.
      next.catch(() => undefined);
      yield value;
    }
  } finally {
    await source.return();
  }
}

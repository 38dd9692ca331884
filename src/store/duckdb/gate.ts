/** Work that may run side by side, and work that must run alone. Whoever comes first goes first. */
export class Gate {
  #last: Promise<unknown> = Promise.resolve();
  readonly #together = new Set<Promise<unknown>>();

  /** Runs beside other such work, never beside `alone`. */
  async together<T>(work: () => Promise<T>): Promise<T> {
    await this.#last;
    const running = work();
    const settled = running.catch(() => undefined);
    this.#together.add(settled);
    void settled.then(() => this.#together.delete(settled));
    return await running;
  }

  /** Waits for all that runs, and lets nothing else begin. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#last;
    const running = (async () => {
      await before;
      await Promise.all(this.#together);
      return await work();
    })();
    this.#last = running.catch(() => undefined);
    return running;
  }
}

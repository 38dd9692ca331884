import { StoreUnavailable } from '../store.ts';

/** Lets so many pieces of work run at once; whoever comes later waits in order, and too many are refused. */
export class Turns {
  readonly #limits: { atOnce: number; waiting: number };
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limits: { atOnce: number; waiting: number }) {
    this.#limits = limits;
  }

  /** @throws StoreUnavailable where too many wait; else what `work` throws */
  async take<T>(work: () => Promise<T>): Promise<T> {
    const { atOnce, waiting } = this.#limits;
    if (this.#running < atOnce) this.#running++;
    else if (this.#waiting.length >= waiting)
      throw new StoreUnavailable('too many reports are waiting for the database');
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      // Whoever waits longest takes this one's place.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}

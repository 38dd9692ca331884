/** A minute, and a second for what a request takes on its way. */
const WINDOW_MS = 61_000;

export interface BudgetOptions {
  /** Where the vendor names no other: 20, which is what Cursor allows a team. */
  perMinute?: number;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
}

/**
 * Twenty tokens, each back a minute after it was taken: in no minute, wherever it begins, are there more requests.
 * All calls with one key share one budget.
 */
export class RequestBudget {
  readonly #options: BudgetOptions;
  #taken: number[] = [];
  #turn: Promise<void> = Promise.resolve();

  constructor(options: BudgetOptions) {
    this.#options = options;
  }

  /** Resolves when a request may be sent, in the order of asking. */
  take(): Promise<void> {
    const turn = this.#turn.then(() => this.#wait());
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #wait(): Promise<void> {
    const { perMinute = 20, now, sleep } = this.#options;
    for (;;) {
      const at = now();
      // A clock that was set back must not make anybody wait for its return.
      this.#taken = this.#taken.filter((taken) => taken > at - WINDOW_MS && taken <= at);
      const [oldest] = this.#taken;
      if (oldest === undefined || this.#taken.length < perMinute) break;
      await sleep(oldest + WINDOW_MS - at);
    }
    this.#taken.push(now());
  }
}

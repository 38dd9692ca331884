import { same } from './signed-token.ts';
import { Throttle, tooSoon } from './throttle.ts';

/** CRON_SECRET: what somebody thought of, and might be guessed. */
export class ClockSecret {
  readonly #secret: string;
  readonly #now: () => number;
  readonly #throttle = new Throttle();

  /** @param now ms UTC */
  constructor(secret: string, now: () => number) {
    this.#secret = secret;
    this.#now = now;
  }

  /**
   * Whether this is the secret. `source`: where it comes from, as far as the server can tell.
   * @throws ServerError `tooMany` after too many that were not, without a look at this one
   */
  is(given: string, source: string): boolean {
    const waitMs = this.#throttle.waitMs(source, true, this.#now());
    if (waitMs > 0) throw tooSoon(waitMs);
    if (same(given, this.#secret)) return true;
    this.#throttle.failed(source, true, this.#now());
    return false;
  }
}

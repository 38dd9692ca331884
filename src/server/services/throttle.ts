import { BoundedMap } from '../../usage/bounded-map.ts';
import { ServerError } from '../errors.ts';

/** Failed tries of one source, or of all. */
interface Tries {
  failures: number;
  lastMs: number;
}

export interface ThrottleRule {
  /** So many may fail before anybody waits. */
  free: number;
  /** The first wait; each further failure doubles it. */
  firstMs: number;
  mostMs: number;
}

/** After a quiet time of twice the longest wait a source starts anew. */
const isStale = (tries: Tries, { mostMs }: ThrottleRule, nowMs: number): boolean => nowMs - tries.lastMs > 2 * mostMs;

/** How long is still to wait, in ms; 0: go on. */
export function waitMs(tries: Tries | null, rule: ThrottleRule, nowMs: number): number {
  if (tries === null || tries.failures < rule.free || isStale(tries, rule, nowMs)) return 0;
  const wait = Math.min(rule.mostMs, rule.firstMs * 2 ** Math.min(tries.failures - rule.free, 30));
  return Math.max(0, tries.lastMs + wait - nowMs);
}

const PER_SOURCE: ThrottleRule = { free: 5, firstMs: 1_000, mostMs: 900_000 };
/** A source can be forged behind a proxy and a guesser may have many, so that all of them together are slowed too. */
const TOGETHER: ThrottleRule = { free: 50, firstMs: 1_000, mostMs: 30_000 };
const MOST_SOURCES = 10_000;

/** Slows those who guess. Tries that are refused for coming too soon are not looked at, and so learn nothing. */
export class Throttle {
  readonly #sources = new BoundedMap<string, Tries>(MOST_SOURCES);
  readonly #together: Tries = { failures: 0, lastMs: 0 };

  /**
   * Ms that this source has to wait; 0: it may try now. What can be guessed is slowed for all together; what cannot
   * be is not, so that nobody with a key is kept out by those who guess.
   */
  waitMs(source: string, guessable: boolean, nowMs: number): number {
    const own = waitMs(this.#of(source), PER_SOURCE, nowMs);
    return guessable ? Math.max(own, waitMs(this.#together, TOGETHER, nowMs)) : own;
  }

  failed(source: string, guessable: boolean, nowMs: number): void {
    count(this.#of(source), PER_SOURCE, nowMs);
    if (guessable) count(this.#together, TOGETHER, nowMs);
  }

  #of(source: string): Tries {
    return this.#sources.getOr(source, () => ({ failures: 0, lastMs: 0 }));
  }
}

function count(tries: Tries, rule: ThrottleRule, nowMs: number): void {
  if (isStale(tries, rule, nowMs)) tries.failures = 0;
  tries.failures += 1;
  tries.lastMs = nowMs;
}

export function tooSoon(waitMs: number): ServerError {
  const retryAfterS = Math.ceil(waitMs / 1000);
  return new ServerError('tooMany', `too many failed tries: wait ${retryAfterS} s`, { retryAfterS });
}

import { ServerError } from './errors.ts';

export interface FairGateOptions {
  /** How many may be inside at once. */
  permits: number;
  /** How many of one key may wait outside; more are refused. */
  waitingPerKey: number;
  /** The longest that anybody waits. */
  waitMs: number;
}

interface Waiting {
  enter: () => void;
}

/** Of the permits one key has so many at most: whose senders are slow, or hostile, must not keep all others out. */
const SHARE = 3 / 4;

/**
 * Lets so many requests in at once. Those that wait stand in a queue of their own key, and the keys take turns: one
 * that sends a flood waits for itself, and holds up nobody else. A waiting request holds no body in memory.
 */
export class FairGate {
  readonly #options: FairGateOptions;
  /** Keys with somebody waiting, in the order of their turns. */
  readonly #queues = new Map<string, Waiting[]>();
  #inside = 0;
  /** By key. */
  readonly #insideOf = new Map<string, number>();

  constructor(options: FairGateOptions) {
    this.#options = options;
  }

  get inside(): number {
    return this.#inside;
  }

  get waiting(): number {
    return [...this.#queues.values()].reduce((sum, queue) => sum + queue.length, 0);
  }

  /**
   * Runs `work` once there is room.
   * @throws ServerError `tooMany` where the key's queue is full, `unavailable` after waiting in vain or when aborted
   */
  async pass<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.#enter(key, signal);
    try {
      return await work();
    } finally {
      this.#count(key, -1);
      this.#letIn();
    }
  }

  async #enter(key: string, signal: AbortSignal | undefined): Promise<void> {
    if (this.#hasRoomFor(key)) {
      this.#count(key, 1);
      return;
    }
    const queue = this.#queues.get(key) ?? [];
    if (queue.length >= this.#options.waitingPerKey)
      throw new ServerError('tooMany', 'too many requests of this key are waiting; send this again later');
    this.#queues.set(key, queue);
    await new Promise<void>((resolve, reject) => {
      const leave = (message: string): void => {
        done();
        queue.splice(queue.indexOf(waiting), 1);
        if (queue.length === 0) this.#queues.delete(key);
        reject(new ServerError('unavailable', message));
      };
      const timer = setTimeout(() => leave('the server is busy; send this again later'), this.#options.waitMs);
      const abort = (): void => leave('the request was given up');
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      };
      const waiting: Waiting = {
        enter: () => {
          done();
          resolve();
        },
      };
      queue.push(waiting);
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  #letIn(): void {
    for (const [key, queue] of this.#queues) {
      if (this.#inside >= this.#options.permits) return;
      if (!this.#hasRoomFor(key)) continue;
      const next = queue.shift();
      // Behind all others: a key that has just been let in has its next turn last.
      this.#queues.delete(key);
      if (queue.length > 0) this.#queues.set(key, queue);
      if (!next) continue;
      this.#count(key, 1);
      next.enter();
    }
  }

  #hasRoomFor(key: string): boolean {
    const { permits } = this.#options;
    return this.#inside < permits && (this.#insideOf.get(key) ?? 0) < Math.ceil(permits * SHARE);
  }

  #count(key: string, more: 1 | -1): void {
    this.#inside += more;
    const inside = (this.#insideOf.get(key) ?? 0) + more;
    if (inside === 0) this.#insideOf.delete(key);
    else this.#insideOf.set(key, inside);
  }
}

/**
 * A coalescing writer: all work that waits while a commit runs shares the next one, and with it one fsync. That is
 * what makes small concurrent batches fast. A commit costs the same few milliseconds for one event as for a thousand;
 * so where several came together last time, the next commit waits a moment for as many.
 */
interface Waiting<Item> {
  item: Item;
  weight: number;
  resolve: () => void;
  reject: (error: unknown) => void;
}

export interface WriterOptions<Item> {
  /** Writes all items or none; resolves when they are durable. */
  commit: (items: readonly Item[]) => Promise<void>;
  /** The most weight (events) in one commit: bounds the time that a newcomer waits. */
  maxWeight: number;
  /** Whether an error says that the engine is out of order, whatever it is given. */
  isOutage?: (error: unknown) => boolean;
  /** Called when nothing has waited for `idleMs`, at most once per busy period. */
  onIdle?: () => void;
  idleMs?: number;
  /** The longest that a commit waits for company; not at all where there was none last time. */
  gatherMs?: number;
}

interface Failed {
  error: unknown;
}

function answer(group: readonly Pick<Waiting<unknown>, 'resolve' | 'reject'>[], failure: Failed | null): void {
  for (const { resolve, reject } of group) {
    if (failure === null) resolve();
    else reject(failure.error);
  }
}

export class CoalescingWriter<Item> {
  readonly #options: WriterOptions<Item>;
  #waiting: Waiting<Item>[] = [];
  #running: Promise<void> | null = null;
  #idle: NodeJS.Timeout | null = null;
  /** How many items the commits of late had. */
  #usual = 0;
  #gathered: (() => void) | null = null;
  #between: (() => Promise<void>)[] = [];

  constructor(options: WriterOptions<Item>) {
    this.#options = options;
  }

  write(item: Item, weight: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, weight, resolve, reject });
      if (this.#waiting.length >= this.#usual) this.#gathered?.();
      this.#running ??= this.#run();
    });
  }

  /** Runs work while no commit is under way; the next one waits for it. */
  between(work: () => Promise<void> | void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#between.push(async () => {
        try {
          await work();
          resolve();
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when everything accepted so far is answered. */
  async drain(): Promise<void> {
    if (this.#idle) clearTimeout(this.#idle);
    while (this.#running) await this.#running;
    if (this.#idle) clearTimeout(this.#idle);
  }

  async #run(): Promise<void> {
    if (this.#idle) clearTimeout(this.#idle);
    // Requests that arrived in the same turn of the event loop belong to the same commit.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length + this.#between.length > 0) {
      for (const work of this.#between.splice(0)) await work();
      if (this.#waiting.length === 0) continue;
      await this.#gather();
      const group = this.#take();
      this.#usual = Math.max(group.length, this.#usual >> 1);
      await this.#commit(group);
    }
    this.#running = null;
    this.#scheduleIdle();
  }

  async #gather(): Promise<void> {
    const { gatherMs = 8 } = this.#options;
    if (this.#waiting.length >= this.#usual) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, gatherMs);
      this.#gathered = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#gathered = null;
  }

  #take(): Waiting<Item>[] {
    let weight = 0;
    let count = 0;
    for (const waiting of this.#waiting) {
      if (count > 0 && weight + waiting.weight > this.#options.maxWeight) break;
      weight += waiting.weight;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #commit(group: readonly Waiting<Item>[]): Promise<void> {
    const failure = await this.#failureOf(group);
    // One item that cannot be written must not take the others with it: each is tried alone.
    if (failure === null || group.length === 1) answer(group, failure);
    else await this.#commitEach(group);
  }

  async #commitEach(group: readonly Waiting<Item>[]): Promise<void> {
    const { isOutage = () => false } = this.#options;
    let outages = 0;
    for (const [i, waiting] of group.entries()) {
      const failure = await this.#failureOf([waiting]);
      answer([waiting], failure);
      outages = failure !== null && isOutage(failure.error) ? outages + 1 : 0;
      // Twice in a row it is not the items: the rest is answered while somebody still waits for it.
      if (outages === 2) return answer(group.slice(i + 1), failure);
    }
  }

  /** Writes the group; what went wrong, or null. */
  async #failureOf(group: readonly Waiting<Item>[]): Promise<Failed | null> {
    try {
      await this.#options.commit(group.map(({ item }) => item));
      return null;
    } catch (error) {
      return { error };
    }
  }

  #scheduleIdle(): void {
    const { onIdle, idleMs = 1000 } = this.#options;
    if (!onIdle) return;
    this.#idle = setTimeout(onIdle, idleMs);
    this.#idle.unref();
  }
}

import { WindowSize } from './window-size.ts';

/** What a process keeps from cycle to cycle, and may forget. */
export class SyncMemory {
  readonly size = new WindowSize();
  /** By how much the vendor's clock is ahead of ours, as far as known. */
  clockOffsetMs = 0;
  /** Part of a second, so that two machines that read at the same second of the vendor's clock do not tie. */
  readonly tiebreakMs: number;
  readonly #said = new Set<string>();

  constructor(random: () => number) {
    this.tiebreakMs = Math.floor(random() * 1000);
  }

  /** Whether this has not been said yet. */
  once(what: string): boolean {
    if (this.#said.has(what)) return false;
    if (this.#said.size >= 1000) this.#said.clear();
    this.#said.add(what);
    return true;
  }
}

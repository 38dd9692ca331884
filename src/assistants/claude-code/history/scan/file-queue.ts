/** Files that several threads take from, one after the other. */
export class FileQueue {
  readonly #state: Int32Array;
  readonly #length: number;

  /** `shared`: the queue of another thread, see `shared`. */
  constructor(length: number, shared = new SharedArrayBuffer(8)) {
    this.#state = new Int32Array(shared);
    this.#length = length;
  }

  get shared(): SharedArrayBuffer {
    return this.#state.buffer as SharedArrayBuffer;
  }

  /** The next one's number, or null at the end. */
  take(): number | null {
    const taken = Atomics.add(this.#state, 0, 1);
    return taken < this.#length ? taken : null;
  }

  /** Lets every thread stop after the file that it is at. */
  stop(): void {
    Atomics.store(this.#state, 0, this.#length);
  }

  /** For the progress: kilobytes done by all threads. */
  addDone(bytes: number): void {
    Atomics.add(this.#state, 1, Math.ceil(bytes / 1024));
  }

  get doneBytes(): number {
    return Atomics.load(this.#state, 1) * 1024;
  }
}

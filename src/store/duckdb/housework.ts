import { StoreUnavailable } from '../store.ts';
import { copyOf } from './copies.ts';
import type { Database } from './database.ts';
import type { Engine } from './engine.ts';

/** A log longer than this is folded into the file when nobody writes; a start has to read what is left. */
const IDLE_LOG_BYTES = 4 << 20;

type Between = (work: () => Promise<void> | void) => Promise<void>;

/** Folds the write-ahead log into the file. */
export async function foldIn({ gate, checkpoint, hasRoom }: Database): Promise<void> {
  await gate.alone(async () => {
    if (await hasRoom()) await checkpoint();
  });
}

/** What keeps the database small and its reports fast, beside the writing. */
export class Housework {
  readonly #engine: Engine;
  readonly #between: Between;
  #keeping: Promise<void> | null = null;
  #tidying: Promise<void> | null = null;

  constructor(engine: Engine, between: Between) {
    this.#engine = engine;
    this.#between = between;
  }

  /** Resolves when all that was committed before is in the slices. @throws StoreUnavailable */
  async refreshSlices(): Promise<void> {
    try {
      await this.#engine.use(({ gate, slices }, lost) => gate.together(() => slices.refresh(this.#betweenOf(lost))));
    } catch (cause) {
      if (cause instanceof StoreUnavailable) throw cause;
      throw new StoreUnavailable('what reports read could not be brought up to date', { cause });
    }
  }

  /** Moves new rows to where they stay, then folds the log in. Failing, it is left for later. */
  keep(): Promise<void> {
    this.#keeping ??= this.#engine
      .use(async (database, lost) => {
        const { gate, keeper } = database;
        await gate.together(async () => {
          const moving: Promise<void>[] = [];
          await this.#betweenOf(lost)(() => void moving.push(keeper.move()));
          await Promise.all(moving);
        });
        await foldIn(database);
      })
      .catch(() => undefined)
      .finally(() => (this.#keeping = null));
    return this.#keeping;
  }

  /** Where nobody has written for a while. */
  whenIdle(): Promise<void> {
    this.#tidying ??= this.#tidy()
      .catch(() => undefined)
      .finally(() => (this.#tidying = null));
    return this.#tidying;
  }

  /**
   * Copies the database's file; answers the copy's. The engine changes what its file says by checkpoints alone, all
   * else goes to the log beside it: between two of them it can simply be copied, however much is written meanwhile.
   */
  async copy(): Promise<string> {
    return await this.#engine.use(({ gate, checkpoint, file, hasRoom }, lost) =>
      gate.alone(async () => {
        if (!(await hasRoom())) throw new StoreUnavailable('the disk is full');
        await this.#betweenOf(lost)(checkpoint);
        return await copyOf(file);
      }),
    );
  }

  async stop(): Promise<void> {
    await Promise.all([this.#keeping, this.#tidying]);
  }

  /**
   * Between two commits of a database, unless it is lost before: a commit may wait for the next database then, which
   * is opened only once nobody uses this one any more.
   */
  #betweenOf(lost: AbortSignal): Between {
    return (work) =>
      new Promise((resolve, reject) => {
        let begun = false;
        const giveUp = (): void => {
          if (!begun) reject(new StoreUnavailable('the database is being opened again'));
        };
        const running = this.#between(async () => {
          if (lost.aborted) return;
          begun = true;
          await work();
        });
        void running.then(resolve, reject).finally(() => lost.removeEventListener('abort', giveUp));
        lost.addEventListener('abort', giveUp, { once: true });
        if (lost.aborted) giveUp();
      });
  }

  async #tidy(): Promise<void> {
    await this.refreshSlices();
    await this.#keeping;
    await this.#engine.use(async (database) => {
      if ((await database.logBytes()) > IDLE_LOG_BYTES) await foldIn(database);
    });
  }
}

import type { ControlRecord, Store } from '../../store/store.ts';
import { ControlConflict } from '../../store/store.ts';
import { ServerError } from '../errors.ts';

/**
 * What is administered, as a log of versions held in memory beside the store. Nothing is ever changed or removed, so
 * that the log is its own audit trail.
 */
export class ControlLog {
  readonly #store: Store;
  readonly #versions = new Map<string, ControlRecord[]>();
  readonly #byHash = new Map<string, string>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Adds what the store has and this log not yet: at start, and to see what other processes wrote. */
  async load(): Promise<void> {
    for (const record of await this.#store.readControl()) this.#add(record);
  }

  /** Ids of all entities of a kind, oldest first. */
  entities(kind: string): string[] {
    return [...this.#versions.values()].flatMap(([first]) => (first?.kind === kind ? [first.entityId] : []));
  }

  /** The versions of one entity, oldest first; empty where there is none. */
  versions(kind: string, entityId: string): readonly ControlRecord[] {
    return this.#versions.get(`${kind}\n${entityId}`) ?? [];
  }

  /** The entity whose first version carries this secret's hash. */
  byHash(kind: string, hash: string): string | null {
    return this.#byHash.get(`${kind}\n${hash}`) ?? null;
  }

  /** Appends what `decide` makes of the log as it stands. @throws ServerError `conflict` as `append` does */
  async decide(decide: () => readonly ControlRecord[]): Promise<void> {
    try {
      await this.append(decide());
    } catch (error) {
      // Two at the same moment may well be of one mind: the loser looks again, once.
      if (!(error instanceof ServerError && error.code === 'conflict')) throw error;
      await this.append(decide());
    }
  }

  /** @throws ServerError `conflict` where somebody else was first: look again and decide again. */
  async append(records: readonly ControlRecord[]): Promise<void> {
    if (records.length === 0) return;
    try {
      await this.#store.appendControl(records);
    } catch (error) {
      if (!(error instanceof ControlConflict)) throw error;
      await this.load();
      throw new ServerError('conflict', 'somebody else changed this at the same time: look again and repeat', {
        cause: error,
      });
    }
    for (const record of records) this.#add(record);
  }

  #add(record: ControlRecord): void {
    const key = `${record.kind}\n${record.entityId}`;
    const versions = this.#versions.get(key) ?? [];
    // A reading that began earlier may end later than an appending, and the other way round.
    if (versions.some(({ version }) => version === record.version)) return;
    versions.push(record);
    this.#versions.set(key, versions);
    if (typeof record.data.hash === 'string') this.#byHash.set(`${record.kind}\n${record.data.hash}`, record.entityId);
  }
}

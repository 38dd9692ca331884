import type { ControlRecord, Store } from '../../store/store.ts';
import { ControlConflict } from '../../store/store.ts';
import { ServerError } from '../errors.ts';

/**
 * What is administered, as a log of versions held in memory beside the store. Nothing is ever changed or removed, so
 * that the log is its own audit trail.
 */
export class ControlLog {
  readonly #store: Store;
  #versions = new Map<string, ControlRecord[]>();
  #byHash = new Map<string, string>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Reads everything anew: at start, and to see what other processes wrote. */
  async load(): Promise<void> {
    const records = await this.#store.readControl();
    this.#versions = new Map();
    this.#byHash = new Map();
    for (const record of records) this.#add(record);
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

  /** @throws ServerError `conflict` where somebody else was first: read again and decide again. */
  async append(records: readonly ControlRecord[]): Promise<void> {
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
    const versions = this.#versions.get(key);
    if (versions) versions.push(record);
    else this.#versions.set(key, [record]);
    if (typeof record.data.hash === 'string') this.#byHash.set(`${record.kind}\n${record.data.hash}`, record.entityId);
  }
}

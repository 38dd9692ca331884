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
  /** Entities by kind, and by kind and organisation, oldest first. */
  readonly #entities = new Map<string, string[]>();
  readonly #byOrganization = new Map<string, ControlRecord[]>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Adds what the store has and this log not yet: at start, and to see what other processes wrote. */
  async load(): Promise<void> {
    for (const record of await this.#store.readControl()) this.#add(record);
  }

  /** Ids of all entities of a kind, oldest first; of one organisation where it is named. */
  entities(kind: string, org?: string): readonly string[] {
    return this.#entities.get(org === undefined ? kind : `${kind}\n${org}`) ?? [];
  }

  /** The versions of one entity, oldest first; empty where there is none. */
  versions(kind: string, entityId: string): readonly ControlRecord[] {
    return this.#versions.get(`${kind}\n${entityId}`) ?? [];
  }

  /** The latest version of one entity. */
  latest(kind: string, entityId: string): ControlRecord | null {
    return this.versions(kind, entityId).at(-1) ?? null;
  }

  /** The entity whose first version carries this secret's hash. */
  byHash(kind: string, hash: string): string | null {
    return this.#byHash.get(`${kind}\n${hash}`) ?? null;
  }

  /** All that was written for an organisation, in the order in which this process came to know it; it only grows. */
  records(org: string): readonly ControlRecord[] {
    return this.#byOrganization.get(org) ?? [];
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
    if (versions[record.version - 1]?.version === record.version) return;
    if (versions.some(({ version }) => version === record.version)) return;
    if (versions.length === 0) {
      this.#versions.set(key, versions);
      listed(this.#entities, record.kind).push(record.entityId);
      listed(this.#entities, `${record.kind}\n${record.org}`).push(record.entityId);
    }
    const after = versions.findIndex(({ version }) => version > record.version);
    versions.splice(after < 0 ? versions.length : after, 0, record);
    listed(this.#byOrganization, record.org).push(record);
    if (typeof record.data.hash === 'string') this.#byHash.set(`${record.kind}\n${record.data.hash}`, record.entityId);
  }
}

function listed<T>(lists: Map<string, T[]>, key: string): T[] {
  const list = lists.get(key);
  if (list) return list;
  const made: T[] = [];
  lists.set(key, made);
  return made;
}

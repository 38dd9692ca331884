import { createHash } from 'node:crypto';
import type { ControlRecord } from '../../store/store.ts';
import { ServerError } from '../errors.ts';
import type { ControlLog } from './control-log.ts';

/** A thing as it is now, and how often it was written. */
export interface Versioned<T> {
  version: number;
  value: T;
}

export interface Change<T> {
  org: string;
  /** What names the thing within its organisation and kind. */
  key: string;
  /** Who asks for it: a key's id. */
  author: string;
  /** The version that the caller has seen; 0: none. Another one now is a conflict. */
  basedOn?: number | undefined;
  /** What it shall be; the same object for "as it is". */
  decide: (known: T | null) => T;
}

/** One of many changes. */
export type Step<T> = Pick<Change<T>, 'key' | 'decide'>;

export type Outcome = 'added' | 'changed' | 'unchanged' | ServerError;

export interface Planned {
  records: ControlRecord[];
  /** Of each step, in order. */
  outcomes: Outcome[];
}

/** One kind of thing that is administered. Every version holds the whole of it; what is gone says so. */
export class Entities<T extends object> {
  readonly #log: ControlLog;
  readonly #kind: string;
  readonly #now: () => number;

  constructor(log: ControlLog, kind: string, now: () => number) {
    this.#log = log;
    this.#kind = kind;
    this.#now = now;
  }

  find(org: string, key: string): Versioned<T> | null {
    return this.#read(entityId(org, key));
  }

  /** Oldest first. */
  all(org: string): Versioned<T>[] {
    return this.#log.entities(this.#kind, org).flatMap((id) => this.#read(id) ?? []);
  }

  /** Each version, oldest first. */
  history(org: string, key: string): readonly ControlRecord[] {
    return this.#log.versions(this.#kind, entityId(org, key));
  }

  /** The record that a change amounts to; null where it changes nothing. @throws ServerError `conflict` */
  plan({ org, key, author, basedOn, decide }: Change<T>): ControlRecord | null {
    const known = this.find(org, key);
    const version = known?.version ?? 0;
    if (basedOn !== undefined && basedOn !== version)
      throw new ServerError('conflict', `this is version ${version} by now, not ${basedOn}: look again and repeat`);
    const value = decide(known?.value ?? null);
    if (value === known?.value) return null;
    const data = value as Readonly<Record<string, unknown>>;
    const id = entityId(org, key);
    return { kind: this.#kind, entityId: id, version: version + 1, org, atMs: this.#now(), author, data };
  }

  /**
   * What many changes amount to, each made on top of the ones before it: one record for each thing that is another in
   * the end. A change that is refused is left out, and its refusal is its outcome.
   */
  planMany({ org, author }: Pick<Change<T>, 'org' | 'author'>, steps: readonly Step<T>[]): Planned {
    const reached = new Map<string, T>();
    const outcomes = steps.map(({ key, decide }): Outcome => {
      const before = reached.get(key) ?? this.find(org, key)?.value ?? null;
      try {
        const after = decide(before);
        reached.set(key, after);
        return before === null ? 'added' : after === before ? 'unchanged' : 'changed';
      } catch (error) {
        if (error instanceof ServerError) return error;
        throw error;
      }
    });
    const records = [...reached].flatMap(([key, value]) => this.plan({ org, key, author, decide: () => value }) ?? []);
    return { records, outcomes };
  }

  /** @throws ServerError `conflict` for the loser of a race */
  async change(change: Change<T>): Promise<Versioned<T>> {
    const record = this.plan(change);
    if (record) await this.#log.append([record]);
    const written = this.find(change.org, change.key);
    if (!written) throw new ServerError('unavailable', 'this was written but cannot be read yet');
    return written;
  }

  // The log holds, of this kind, what `change` was given: values of T.
  #read(id: string): Versioned<T> | null {
    const latest = this.#log.latest(this.#kind, id);
    return latest && { version: latest.version, value: latest.data as T };
  }
}

const entityId = (org: string, key: string): string =>
  createHash('sha256').update(`${org}\n${key}`).digest('base64url').slice(0, 22);

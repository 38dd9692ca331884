import { createHash, randomBytes } from 'node:crypto';
import type { ControlRecord } from '../../store/store.ts';
import { ServerError } from '../errors.ts';
import { ORGANIZATION_NAME_RULE, isOrganizationName } from '../organization-name.ts';
import type { ControlLog } from './control-log.ts';

/** In rising order of power. `ingest` writes and asks only about records that it names itself. */
export const SCOPES = ['ingest', 'member', 'manager', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** A key as it is kept: everything but the key. */
export interface KeyRecord {
  id: string;
  org: string;
  scope: Scope;
  /** Whose key it is; a member key answers about this person. */
  email: string | null;
  /** May act for every organisation of this server: the key of its first start. */
  operator: boolean;
  createdAtMs: number;
  createdBy: string;
  revokedAtMs: number | null;
}

export interface Caller {
  keyId: string;
  org: string;
  scope: Scope;
  email: string | null;
  operator: boolean;
}

export interface NewKey {
  org: string;
  scope: Scope;
  email?: string | null;
  operator?: boolean;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** 32 characters have 190 bits: a plain hash is enough to keep, there is nothing to guess. */
export const newSecret = (): string =>
  Array.from(randomBytes(64), (byte) => (byte < 248 ? ALPHABET[byte % ALPHABET.length] : ''))
    .join('')
    .slice(0, 32);

export const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');

interface KeyData {
  hash: string;
  scope: Scope;
  email: string | null;
  operator: boolean;
}

function recordOf(versions: readonly ControlRecord[]): KeyRecord | null {
  const [first] = versions;
  if (!first) return null;
  const { scope, email, operator } = first.data as unknown as KeyData;
  const revoked = versions.find((version) => version.data.revoked === true);
  return {
    id: first.entityId,
    org: first.org,
    scope,
    email,
    operator,
    createdAtMs: first.atMs,
    createdBy: first.author,
    revokedAtMs: revoked?.atMs ?? null,
  };
}

/** Hands out, lists, revokes and recognises API keys `hak_<org>_<secret>`. */
export class Keys {
  readonly #log: ControlLog;
  readonly #now: () => number;
  /** Known only to this process and its own machine: lets its command line in. */
  readonly #local = new Map<string, Caller>();

  constructor(log: ControlLog, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  /** Null for an unknown or revoked key. */
  resolve(key: string): Caller | null {
    const local = this.#local.get(hashOf(key));
    if (local) return local;
    const id = this.#log.byHash('key', hashOf(key));
    return id === null ? null : this.find(id);
  }

  /** The caller that a key's id stands for; null for an unknown or revoked one. */
  find(id: string): Caller | null {
    const record = recordOf(this.#log.versions('key', id));
    if (record?.revokedAtMs !== null) return null;
    return { keyId: record.id, org: record.org, scope: record.scope, email: record.email, operator: record.operator };
  }

  list(org: string): KeyRecord[] {
    return this.#log.entities('key', org).flatMap((id) => recordOf(this.#log.versions('key', id)) ?? []);
  }

  organizations(): string[] {
    return [...this.#log.entities('organization')];
  }

  /** The key itself is in this answer and nowhere else, ever. Makes the organisation where it is new. */
  async create(wanted: NewKey, author: string): Promise<{ key: string; record: KeyRecord }> {
    const { key, made } = this.draft(wanted, author);
    // The same commit makes both: no organisation is left without the key that it was made for.
    await this.#log.decide(() => (this.organizations().includes(made.org) ? [made] : [organizationOf(made), made]));
    const record = recordOf(this.#log.versions('key', made.entityId));
    if (!record) throw new ServerError('unavailable', 'the key was written but cannot be read yet');
    return { key, record };
  }

  /** The first key of a new organisation; null where it is there by now: of several that start at once, one makes it. */
  async found(wanted: NewKey, author: string): Promise<string | null> {
    const { key, made } = this.draft(wanted, author);
    try {
      await this.#log.append([organizationOf(made), made]);
    } catch (error) {
      if (error instanceof ServerError && error.code === 'conflict') return null;
      throw error;
    }
    return key;
  }

  /** A key that is one as soon as its record is written. */
  draft({ org, scope, email = null, operator = false }: NewKey, author: string): { key: string; made: ControlRecord } {
    if (!isOrganizationName(org))
      throw new ServerError('invalid', `organisation "${org}" is not ${ORGANIZATION_NAME_RULE}`);
    const key = `hak_${org}_${newSecret()}`;
    const entityId = `key_${randomBytes(9).toString('base64url')}`;
    const data: KeyData = { hash: hashOf(key), scope, email: email?.trim().toLowerCase() ?? null, operator };
    return { key, made: { kind: 'key', entityId, version: 1, org, atMs: this.#now(), author, data: { ...data } } };
  }

  /** Stays revoked for ever; revoking twice changes nothing. */
  async revoke(org: string, id: string, author: string): Promise<KeyRecord> {
    const find = (): KeyRecord => {
      const record = recordOf(this.#log.versions('key', id));
      if (record?.org !== org) throw new ServerError('notFound', `no key ${id} in organisation ${org}`);
      return record;
    };
    const atMs = this.#now();
    await this.#log.decide(() => {
      if (find().revokedAtMs !== null) return [];
      const version = this.#log.versions('key', id).length + 1;
      return [{ kind: 'key', entityId: id, version, org, atMs, author, data: { revoked: true } }];
    });
    return find();
  }

  /** A key that lives as long as this process; where nothing else is named it acts for `org`. */
  grantLocal(org: string): string {
    const key = `hak_local_${newSecret()}`;
    this.#local.set(hashOf(key), { keyId: 'local', org, scope: 'admin', email: null, operator: true });
    return key;
  }
}

const organizationOf = ({ org, atMs, author }: ControlRecord): ControlRecord => ({
  ...{ kind: 'organization', entityId: org, version: 1, org, atMs, author },
  data: { name: org },
});

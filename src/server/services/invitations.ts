import { randomBytes } from 'node:crypto';
import type { ControlRecord } from '../../store/store.ts';
import { ServerError } from '../errors.ts';
import type { Role } from '../roster/member.ts';
import type { ControlLog } from './control-log.ts';
import type { Keys } from './keys.ts';
import { hashOf, newSecret } from './keys.ts';
import type { Asking } from './roster.ts';

/** A link that gives one person a key, once. Kept: everything but its token. */
export interface Invitation {
  id: string;
  email: string;
  role: Role;
  createdAtMs: number;
  createdBy: string;
  expiresAtMs: number;
  state: 'open' | 'accepted' | 'revoked' | 'expired';
  /** Of the key that it became. */
  keyId: string | null;
}

const KIND = 'invitation';
export const INVITATION_DAYS = 7;
const DAY_MS = 86_400_000;

interface InvitationData {
  hash: string;
  email: string;
  role: Role;
  expiresAtMs: number;
}

/** Invites people: an opened link makes a key of their own, which an administrator can revoke like any other. */
export class Invitations {
  readonly #log: ControlLog;
  readonly #keys: Keys;
  readonly #now: () => number;

  constructor(log: ControlLog, keys: Keys, now: () => number) {
    this.#log = log;
    this.#keys = keys;
    this.#now = now;
  }

  list(org: string): Invitation[] {
    return this.#log.entities(KIND, org).flatMap((id) => this.#find(id) ?? []);
  }

  /** The token is in this answer and nowhere else, ever. */
  async create(
    { org, author }: Asking,
    { email, role, days = INVITATION_DAYS }: { email: string; role: Role; days?: number | undefined },
  ): Promise<{ token: string; invitation: Invitation }> {
    const token = newSecret();
    const entityId = `inv_${randomBytes(9).toString('base64url')}`;
    const atMs = this.#now();
    const data = { hash: hashOf(token), email: email.trim().toLowerCase(), role, expiresAtMs: atMs + days * DAY_MS };
    await this.#log.append([{ kind: KIND, entityId, version: 1, org, atMs, author, data }]);
    return { token, invitation: this.#known(org, entityId) };
  }

  async revoke({ org, author }: Asking, id: string): Promise<Invitation> {
    await this.#log.decide(() =>
      this.#known(org, id).state === 'open' ? [this.#followed(org, id, author, { revoked: true })] : [],
    );
    return this.#known(org, id);
  }

  /** The new key of whoever brings the token; null where it is unknown, used, revoked or too old. */
  async accept(token: string): Promise<{ key: string; keyId: string } | null> {
    const id = this.#log.byHash(KIND, hashOf(token));
    const first = id === null ? null : this.#log.versions(KIND, id)[0];
    if (id === null || !first || this.#find(id)?.state !== 'open') return null;
    const { org } = first;
    const { email, role } = dataOf(first);
    const { key, made } = this.#keys.draft({ org, scope: role, email }, id);
    try {
      // One commit: of two who open the link at the same time, one gets a key.
      await this.#log.append([this.#followed(org, id, id, { keyId: made.entityId }), made]);
    } catch (error) {
      if (error instanceof ServerError && error.code === 'conflict') return null;
      throw error;
    }
    return { key, keyId: made.entityId };
  }

  #followed(org: string, entityId: string, author: string, data: ControlRecord['data']): ControlRecord {
    const version = this.#log.versions(KIND, entityId).length + 1;
    return { kind: KIND, entityId, version, org, atMs: this.#now(), author, data };
  }

  #known(org: string, id: string): Invitation {
    const found = this.#log.versions(KIND, id)[0]?.org === org ? this.#find(id) : null;
    if (!found) throw new ServerError('notFound', `no invitation ${id} in organisation ${org}`);
    return found;
  }

  #find(id: string): Invitation | null {
    const [first, ...later] = this.#log.versions(KIND, id);
    if (!first) return null;
    const { email, role, expiresAtMs } = dataOf(first);
    const keyId = later.map(({ data }) => data.keyId).find((one) => typeof one === 'string') ?? null;
    const revoked = later.some(({ data }) => data.revoked === true);
    const late = this.#now() >= expiresAtMs;
    const state = keyId !== null ? 'accepted' : revoked ? 'revoked' : late ? 'expired' : 'open';
    return { id, email, role, createdAtMs: first.atMs, createdBy: first.author, expiresAtMs, state, keyId };
  }
}

// What `create` wrote as the first version.
const dataOf = ({ data }: ControlRecord): InvitationData => data as unknown as InvitationData;

import { randomBytes } from 'node:crypto';
import type { ControlRecord } from '../../store/store.ts';
import { ServerError } from '../errors.ts';
import type { ControlLog } from './control-log.ts';
import type { Caller, Keys, Scope } from './keys.ts';
import { sign, verified } from './signed-token.ts';

/** What a person signed in with: the session lives no longer than that. */
export type Principal =
  | { kind: 'key'; id: string }
  /** `print` is the password's fingerprint: with another password the session is over. */
  | { kind: 'password'; print: string }
  | { kind: 'oidc'; org: string; email: string; scope: Scope };

interface Carried {
  /** Of this session. */
  id: string;
  principal: Principal;
  /** How often "everywhere" had been signed out of when it began. */
  epoch: number;
  expiresAtMs: number;
}

/** A session that holds. */
export interface Session extends Carried {
  caller: Caller;
}

export interface SessionDependencies {
  log: ControlLog;
  keys: Keys;
  now: () => number;
  /** The fingerprint of the password that is in force; null without one. */
  passwordPrint: () => string | null;
  /** Whether a person who signed in by way of the identity provider may still. */
  mayStay: (org: string, email: string) => boolean;
}

const HOUR_MS = 3_600_000;
const LIFE_MS: Readonly<Record<Principal['kind'], number>> = {
  key: 30 * 24 * HOUR_MS,
  password: 12 * HOUR_MS,
  // So that a change of groups counts the next day at the latest.
  oidc: 12 * HOUR_MS,
};
const PURPOSE = 'session';
/** Control records that belong to the server instead of an organisation. */
export const SERVER_ORG = '';
const SECRET = 'secret';
const SECRET_ID = 'sessions';

const nameOf = (principal: Principal): string =>
  principal.kind === 'key'
    ? principal.id
    : principal.kind === 'password'
      ? 'password'
      : `oidc:${principal.org}:${principal.email}`;

/**
 * Sessions of browsers: signed, so that any process over the same store can tell one, and held against the log at
 * every request, so that they end with their key, by signing out, or everywhere at once.
 */
export class Sessions {
  readonly #with: SessionDependencies;

  constructor(dependencies: SessionDependencies) {
    this.#with = dependencies;
  }

  /** Makes the secret that signs sessions where there is none yet; all processes use the first. */
  async prepare(): Promise<void> {
    const { log, now } = this.#with;
    const data = { value: randomBytes(32).toString('base64url') };
    const record: ControlRecord = {
      ...{ kind: SECRET, entityId: SECRET_ID, version: 1, org: SERVER_ORG, author: 'server' },
      ...{ atMs: now(), data },
    };
    await log.decide(() => (log.latest(SECRET, SECRET_ID) ? [] : [record]));
  }

  /** What signs, and makes pseudonyms. */
  get secret(): string {
    const value = this.#with.log.latest(SECRET, SECRET_ID)?.data.value;
    if (typeof value !== 'string')
      throw new ServerError('unavailable', 'nobody can sign in until storage can be written');
    return value;
  }

  /** The token of a new session, and when it ends. */
  begin(principal: Principal): { token: string; expiresAtMs: number } {
    const expiresAtMs = this.#with.now() + LIFE_MS[principal.kind];
    const id = randomBytes(12).toString('base64url');
    const carried: Carried = { id, principal, epoch: this.#epoch(principal), expiresAtMs };
    return { token: sign(this.secret, PURPOSE, carried), expiresAtMs };
  }

  /** Null for a session that is not, or no longer, one. */
  resolve(token: string): Session | null {
    const { log, now } = this.#with;
    const carried = verified<Carried>(this.secret, PURPOSE, token);
    if (!carried || carried.expiresAtMs <= now() || carried.epoch < this.#epoch(carried.principal)) return null;
    if (log.latest('session', carried.id)) return null;
    const caller = this.#callerOf(carried.principal);
    return caller && { ...carried, caller };
  }

  /** Ends this session. */
  async end({ id, caller: { org, keyId } }: Session): Promise<void> {
    const { log, now } = this.#with;
    const data = { ended: true };
    const record = { kind: 'session', entityId: id, version: 1, org, atMs: now(), author: keyId, data };
    await log.decide(() => (log.latest('session', id) ? [] : [record]));
  }

  /** Ends all sessions of the one who signed in with this. */
  async endAll(principal: Principal, org: string, author: string): Promise<void> {
    const { log, now } = this.#with;
    const entityId = nameOf(principal);
    await log.decide(() => {
      const version = this.#epoch(principal) + 1;
      return [{ kind: 'sign-outs', entityId, version, org, atMs: now(), author, data: { signedOut: true } }];
    });
  }

  #epoch(principal: Principal): number {
    return this.#with.log.latest('sign-outs', nameOf(principal))?.version ?? 0;
  }

  #callerOf(principal: Principal): Caller | null {
    const { keys, passwordPrint, mayStay } = this.#with;
    if (principal.kind === 'key') return keys.find(principal.id);
    if (principal.kind === 'password') {
      const [org] = keys.organizations();
      if (principal.print !== passwordPrint() || org === undefined) return null;
      return { keyId: 'password', org, scope: 'admin', email: null, operator: true };
    }
    const { org, email, scope } = principal;
    return mayStay(org, email) ? { keyId: `oidc:${email}`, org, scope, email, operator: false } : null;
  }
}

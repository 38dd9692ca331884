import { ServerError } from '../errors.ts';
import type { Invitations } from './invitations.ts';
import type { Keys } from './keys.ts';
import type { Principal, Sessions } from './sessions.ts';
import { fingerprint, same } from './signed-token.ts';
import { Throttle, tooSoon } from './throttle.ts';

export type Credentials = { key: string } | { password: string } | { invitation: string };

export interface SignedIn {
  token: string;
  expiresAtMs: number;
  /** Of an invitation only: the person's own key, shown this once. */
  key: string | null;
}

export interface SignInDependencies {
  keys: Keys;
  sessions: Sessions;
  invitations: Invitations;
  /** ADMIN_PASSWORD; null: nobody signs in with a password. */
  password: string | null;
  now: () => number;
}

/** Turns what a person brings into a session. */
export class SignIn {
  readonly #with: SignInDependencies;
  readonly #throttle = new Throttle();

  constructor(dependencies: SignInDependencies) {
    this.#with = dependencies;
  }

  /**
   * `source`: where the try comes from, as far as the server can tell.
   * @throws ServerError `tooMany`, `unauthenticated`, `forbidden` (a key that is for machines)
   */
  async signIn(credentials: Credentials, source: string): Promise<SignedIn> {
    const { sessions, now } = this.#with;
    // Keys and invitations hold 190 bits; a password is what somebody thought of.
    const guessable = 'password' in credentials;
    const waitMs = this.#throttle.waitMs(source, guessable, now());
    if (waitMs > 0 && guessable) throw tooSoon(waitMs);
    // What nobody can guess lets its owner in, whoever else tries from the same address or by the same proxy.
    const found = await this.#principalOf(credentials);
    if (!found) {
      if (waitMs > 0) throw tooSoon(waitMs);
      this.#throttle.failed(source, guessable, now());
      throw new ServerError('unauthenticated', REFUSALS[Object.keys(credentials)[0] ?? ''] ?? 'not known here');
    }
    return { ...sessions.begin(found.principal), key: found.key };
  }

  async #principalOf(credentials: Credentials): Promise<{ principal: Principal; key: string | null } | null> {
    const { keys, sessions, invitations, password } = this.#with;
    if ('password' in credentials) {
      if (password === null || !same(credentials.password, password)) return null;
      return { principal: { kind: 'password', print: fingerprint(sessions.secret, password) }, key: null };
    }
    if ('invitation' in credentials) {
      const accepted = await invitations.accept(credentials.invitation);
      return accepted && { principal: { kind: 'key', id: accepted.keyId }, key: accepted.key };
    }
    const caller = keys.resolve(credentials.key.trim());
    if (caller && (caller.scope === 'ingest' || keys.find(caller.keyId) === null))
      throw new ServerError(
        'forbidden',
        'this key is for machines: sign in with one of scope member, manager or admin',
      );
    return caller && { principal: { kind: 'key', id: caller.keyId }, key: null };
  }
}

const REFUSALS: Readonly<Record<string, string>> = {
  key: 'this key is unknown or revoked',
  password: 'this is not the password',
  invitation: 'this invitation is unknown, used or too old: ask for a new one',
};

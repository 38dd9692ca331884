import type { AnthropicKey, AnthropicUser } from './people.ts';

/**
 * Whose API key it is. Keys that Claude Code made at a login belong to whoever logged in. Any other key may be a whole
 * company's: it stands for itself until an admin maps it to a person.
 */
export interface KeyOwners {
  /** Lower-cased e-mail of the person, or null. */
  byKeyName(name: string): string | null;
  byKeyId(id: string): string | null;
  byAccountId(id: string): string | null;
  /** What the key is called; null for an unknown one. */
  keyName(id: string): string | null;
  /** Null where no key, or more than one, has the name. */
  keyId(name: string): string | null;
}

/** `claude_code_key_{user}_{suffix}`; the user's part may itself hold an underscore or a dot. */
const MADE_AT_LOGIN = /^claude_code_key_(.+)_[a-z0-9]{4,}$/;

export function keyOwners(keys: readonly AnthropicKey[], users: readonly AnthropicUser[]): KeyOwners {
  const emails = new Map(users.map(({ id, email }) => [id, email]));
  const byId = new Map(keys.map((key) => [key.id, key]));
  const byName = new Map<string, AnthropicKey[]>();
  for (const key of keys) if (key.name !== null) byName.set(key.name, [...(byName.get(key.name) ?? []), key]);

  const ofName = (name: string): string | null => {
    const user = MADE_AT_LOGIN.exec(name)?.[1]?.toLowerCase();
    if (user === undefined) return null;
    const fitting = users.filter(({ email }) => email === user || email.split('@')[0] === user);
    // Two people of one name: nobody can tell.
    return fitting.length === 1 ? (fitting[0]?.email ?? null) : null;
  };
  const ofKey = ({ name, createdBy, principal }: AnthropicKey): string | null => {
    if (name === null || !MADE_AT_LOGIN.test(name)) return null;
    return emails.get(createdBy ?? '') ?? emails.get(principal ?? '') ?? ofName(name);
  };
  return {
    byKeyName(name) {
      const [key, ...more] = byName.get(name) ?? [];
      return key && more.length === 0 ? ofKey(key) : ofName(name);
    },
    byKeyId(id) {
      const key = byId.get(id);
      return key ? ofKey(key) : null;
    },
    byAccountId: (id) => emails.get(id) ?? null,
    keyName: (id) => byId.get(id)?.name ?? null,
    keyId(name) {
      const [key, ...more] = byName.get(name) ?? [];
      return key && more.length === 0 ? key.id : null;
    },
  };
}

/** Whose events are of a key that is known by its name alone: a person, else the key. */
export function actorOfKeyName(owners: KeyOwners, name: string): string {
  const email = owners.byKeyName(name);
  if (email !== null) return `email:${email}`;
  const id = owners.keyId(name);
  return id === null ? `anthropic-key-name:${name}` : `anthropic-key:${id}`;
}

/** Whose events are of a key. */
export function actorOfKeyId(owners: KeyOwners, id: string): string {
  const email = owners.byKeyId(id);
  return email === null ? `anthropic-key:${id}` : `email:${email}`;
}

import { expect, it } from 'vitest';
import { actorOfKeyId, actorOfKeyName, keyOwners } from '../../../src/vendors/anthropic/key-owners.ts';

const user = (id: string, email: string) => ({ id, email, name: null, role: null });
const key = (id: string, name: string | null, createdBy: string | null = null, principal: string | null = null) => ({
  ...{ id, name, createdBy, principal, status: null, workspaceId: null },
});

const USERS = [
  user('u1', 'ada.lovelace@acme.com'),
  user('u2', 'grace@acme.com'),
  user('u3', 'grace@globex.com'),
  user('u4', 'snake_case@acme.com'),
];

it.each([
  // Who made the key is surer than what it is called.
  [key('k', 'claude_code_key_grace_pcvf', 'u1'), 'email:ada.lovelace@acme.com'],
  [key('k', 'claude_code_key_grace_pcvf', 'gone', 'u3'), 'email:grace@globex.com'],
  [key('k', 'claude_code_key_ada.lovelace_dgkx'), 'email:ada.lovelace@acme.com'],
  [key('k', 'claude_code_key_Ada.Lovelace_dgkx'), 'email:ada.lovelace@acme.com'],
  [key('k', 'claude_code_key_snake_case_dgkx'), 'email:snake_case@acme.com'],
  // Two people of one name: nobody can tell.
  [key('k', 'claude_code_key_grace_pcvf'), 'anthropic-key:k'],
  [key('k', 'claude_code_key_nobody_pcvf'), 'anthropic-key:k'],
  // A key for production may be everybody's, whoever made it.
  [key('k', 'production', 'u1'), 'anthropic-key:k'],
  [key('k', null, 'u1'), 'anthropic-key:k'],
])('%j is of %s', (one, actor) => {
  expect(actorOfKeyId(keyOwners([one], USERS), 'k')).toBe(actor);
  if (one.name !== null) expect(actorOfKeyName(keyOwners([one], USERS), one.name)).toBe(actor);
});

it('knows of no key that is gone, and guesses by its name alone', () => {
  const owners = keyOwners([], USERS);
  expect(actorOfKeyId(owners, 'k9')).toBe('anthropic-key:k9');
  expect(actorOfKeyName(owners, 'claude_code_key_ada.lovelace_dgkx')).toBe('email:ada.lovelace@acme.com');
  expect(actorOfKeyName(owners, 'production')).toBe('anthropic-key-name:production');
});

it('does not choose between two keys of one name', () => {
  const owners = keyOwners([key('a', 'ci'), key('b', 'ci')], USERS);
  expect(actorOfKeyName(owners, 'ci')).toBe('anthropic-key-name:ci');
});

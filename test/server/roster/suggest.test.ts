import { describe, expect, it } from 'vitest';
import type { Member } from '../../../src/server/roster/member.ts';
import { suggester } from '../../../src/server/roster/suggest.ts';

const member = (email: string, name: string | null = null, aliases: readonly string[] = []): Member => ({
  email,
  name,
  aliases,
  role: 'member',
  manager: null,
  terms: [],
});
const members = [
  member('ada.lovelace@acme.com', 'Ada Lovelace', ['ada@home.org', 'github:countess']),
  member('bob@acme.com', 'Bob Muñoz'),
  member('bo@acme.com'),
];
const suggest = suggester(members, ['acme.com', 'acme.de']);
const ADA = 'email:ada.lovelace@acme.com';

describe('who an actor may be', () => {
  it.each([
    [
      'a key that Claude Code made',
      'anthropic-key:claude_code_key_ada.lovelace_wxyz',
      [ADA, 'email:ada.lovelace@acme.de'],
    ],
    ['such a key of somebody new', 'anthropic-key:claude_code_key_eve_x', ['email:eve@acme.com', 'email:eve@acme.de']],
    ['a login that is an alias elsewhere', 'cursor:ada@home.org', [ADA]],
    ['a login of the same name', 'github:ada-lovelace', [ADA]],
    ['a login like a name with accents', 'github:bobmunoz', ['email:bob@acme.com']],
    ['a login like an address', 'github:Bob', ['email:bob@acme.com']],
    ['another address of the same name', 'email:ada.lovelace@gmail.com', [ADA]],
    ['an address with a mark', 'email:bob+ai@acme.com', ['email:bob@acme.com']],
    ['a name that is too short to tell', 'github:bo', []],
    ['an id', 'anthropic-key:apikey_01Rj2N8SVvo6BePZj99NhmiT', []],
  ])('%s', (_, actor, people) => {
    expect(suggest({ actor, logins: [] }).map(({ person }) => person)).toEqual(people);
  });

  it('somebody who was logged in under it, by whichever address, before all who are only called alike', () => {
    expect(suggest({ actor: 'account:bob', logins: ['Ada@Home.org', 'new@acme.com'] })).toEqual([
      { person: ADA, why: 'was logged in as Ada@Home.org' },
      { person: 'email:new@acme.com', why: 'was logged in as new@acme.com' },
      { person: 'email:bob@acme.com', why: 'the same name' },
    ]);
  });

  it('is nobody where nothing is known', () => {
    expect(suggester([], [])({ actor: 'anthropic-key:claude_code_key_ada_x', logins: [] })).toEqual([]);
  });
});

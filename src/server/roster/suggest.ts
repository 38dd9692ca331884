import type { Member } from './member.ts';
import { aliasActor, personOf } from './member.ts';

/** A raw actor that nobody has been named for, as the store knows it. */
export interface RawActor {
  actor: string;
  /** E-mails that the assistant itself was logged in with under this actor. */
  logins: readonly string[];
}

export interface Suggestion {
  person: string;
  why: string;
}

/** How Claude Code names the key that it makes for a person: `claude_code_key_ada.lovelace_wxyz`. */
const OWN_KEY = /claude_code_key_(.+)_[^_]+$/;

const letters = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
const localPart = (email: string): string => email.slice(0, email.indexOf('@')).replace(/\+.*$/, '');

/** Looks people up by what may stand in an actor: made once for a list of actors. */
export function suggester(members: readonly Member[], mailDomains: readonly string[]) {
  const byActor = new Map<string, string>();
  const byLetters = new Map<string, Set<string>>();
  for (const { email, name, aliases } of members) {
    const person = personOf(email);
    byActor.set(person, person);
    for (const alias of aliases) byActor.set(aliasActor(alias), person);
    for (const text of [localPart(email), name ?? '', ...aliases.map((alias) => alias.replace(/^[^:]*:|@.*$/g, ''))]) {
      const key = letters(text);
      if (key.length >= 3) byLetters.set(key, (byLetters.get(key) ?? new Set()).add(person));
    }
  }

  /** Best first; at most one a person. */
  return ({ actor, logins }: RawActor): Suggestion[] => {
    const found: Suggestion[] = [];
    const suggest = (person: string | undefined, why: string): void => {
      if (person !== undefined && person !== actor && !found.some((one) => one.person === person))
        found.push({ person, why });
    };
    const bare = actor.slice(actor.indexOf(':') + 1).toLowerCase();
    const ownKey = OWN_KEY.exec(bare)?.[1];
    if (ownKey !== undefined)
      for (const domain of mailDomains) suggest(personOf(`${ownKey}@${domain}`), `the key's name, at ${domain}`);
    for (const login of logins) {
      const person = personOf(login);
      suggest(byActor.get(person) ?? person, `was logged in as ${login}`);
    }
    suggest(byActor.get(personOf(bare)), 'an alias of theirs');
    for (const person of byLetters.get(letters(ownKey ?? localPart(`${bare}@`))) ?? [])
      suggest(person, 'the same name');
    return found;
  };
}

import { isDeepStrictEqual } from 'node:util';
import { emailActor } from '../../usage/actor.ts';
import type { Span } from './spans.ts';
import { assign, covers, isEmpty, without } from './spans.ts';

export const ROLES = ['member', 'manager', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** From when until when somebody belonged to a team. */
export interface Term extends Span {
  team: string | null;
  department: string | null;
}

/** A person of the roster; the e-mail names them for good, others that they have are aliases. */
export interface Member {
  /** Lower case. */
  email: string;
  name: string | null;
  /** Other e-mails, and actors such as `github:ada`; lower case. */
  aliases: readonly string[];
  role: Role;
  /** E-mail of who leads them. */
  manager: string | null;
  /** In order, not overlapping; time in between they did not belong to the organisation. */
  terms: readonly Term[];
}

/** What is to be said of a person. What is absent stays as it is. */
export interface MemberChange {
  name?: string | null | undefined;
  aliases?: readonly string[] | undefined;
  role?: Role | undefined;
  manager?: string | null | undefined;
  team?: string | null | undefined;
  department?: string | null | undefined;
  /** Since when team and department hold; null: always. Default: always for somebody new, else now. */
  fromMs?: number | null | undefined;
  /** Left, or will leave; null: has not left. */
  toMs?: number | null | undefined;
}

const sameTerm = (a: Term, b: Term): boolean => a.team === b.team && a.department === b.department;

/** The canonical actor of a person named by e-mail; whoever has none stands for themselves (`github:ci`). */
export const personOf = (text: string): string =>
  text.includes(':') ? text.trim() : (emailActor(text) ?? text.trim());

/** The e-mail of a person; null for one without. */
export const emailOf = (person: string): string | null =>
  person.startsWith('email:') ? person.slice('email:'.length) : null;

/** An alias as an actor: an e-mail, or what has a namespace already. */
export const aliasActor = (alias: string): string => personOf(alias.trim().toLowerCase());

/** The term that holds now, else the last one. */
export const presentTerm = (member: Member, nowMs: number): Term | null =>
  member.terms.find((term) => covers(term, nowMs)) ?? member.terms.at(-1) ?? null;

export const isActive = (member: Member, nowMs: number): boolean => member.terms.some((term) => covers(term, nowMs));

/** The person as they are after the change; the same object where it changes nothing. */
export function changeMember(known: Member | null, email: string, change: MemberChange, nowMs: number): Member {
  const before: Member = known ?? { email, name: null, aliases: [], role: 'member', manager: null, terms: [] };
  const after: Member = {
    email,
    name: given(change.name, before.name),
    aliases: change.aliases === undefined ? before.aliases : cleanAliases(change.aliases, email),
    role: change.role ?? before.role,
    manager: given(change.manager, before.manager),
    terms: changeTerms(before.terms, change, nowMs),
  };
  return isDeepStrictEqual(after, known) ? (known ?? after) : after;
}

const given = <T>(value: T | undefined, before: T): T => (value === undefined ? before : value);

function cleanAliases(aliases: readonly string[], email: string): string[] {
  const clean = aliases.map((alias) => alias.trim().toLowerCase()).filter((alias) => alias !== '' && alias !== email);
  return [...new Set(clean)].sort();
}

function changeTerms(terms: readonly Term[], change: MemberChange, nowMs: number): readonly Term[] {
  const last = terms.at(-1);
  const { team = last?.team ?? null, department = last?.department ?? null, fromMs, toMs } = change;
  if (!last) return nonEmpty([{ fromMs: fromMs ?? null, toMs: toMs ?? null, team, department }]);
  let changed: readonly Term[] = terms;
  const said: Term = { ...last, team, department };
  if (fromMs !== undefined) {
    // A known start names the term that is meant, so that repeating a row changes nothing.
    const end = toMs !== undefined ? toMs : (terms.find((term) => term.fromMs === fromMs)?.toMs ?? null);
    changed = assign(terms, { ...said, fromMs, toMs: end }, sameTerm);
  } else if (!sameTerm(last, said)) {
    // Of somebody who has left it corrects what was said last: a new start is what brings them back.
    const left = last.toMs !== null && last.toMs <= nowMs;
    changed = left
      ? [...terms.slice(0, -1), said]
      : assign(terms, { ...said, fromMs: nowMs, toMs: last.toMs }, sameTerm);
  }
  if (toMs === undefined || fromMs !== undefined) return nonEmpty(changed);
  const end = changed.at(-1);
  if (toMs !== null) return nonEmpty(without(changed, { fromMs: toMs, toMs: null }));
  return end && end.toMs !== null ? [...changed.slice(0, -1), { ...end, toMs: null }] : changed;
}

const nonEmpty = (terms: readonly Term[]): Term[] => terms.filter((term) => !isEmpty(term));

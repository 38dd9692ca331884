import type { DirectoryRow } from '../../store/store.ts';
import type { Mapping, Segment } from './mapping.ts';
import type { Member } from './member.ts';
import { aliasActor, personOf } from './member.ts';
import type { Merges } from './merges.ts';
import { rootOf } from './merges.ts';
import type { Span } from './spans.ts';
import { byStart, common, without } from './spans.ts';

/** The department of a team, for members of whom nothing else is said. */
export type TeamDepartments = ReadonlyMap<string, string | null>;

export interface People {
  members: readonly Member[];
  mappings: readonly Mapping[];
  merges: Merges;
  departments: TeamDepartments;
}

/** Later than any event. */
const NEVER_MS = Date.UTC(9999, 0, 1);
const ALWAYS: Span = { fromMs: null, toMs: null };

/**
 * Who an actor is, when: non-overlapping segments for every actor that the roster or a mapping names. A mapping goes
 * before an alias; where an alias has two owners, the first in the alphabet has it.
 */
export function directoryOf({ members, mappings, merges, departments }: People): DirectoryRow[] {
  const claims = claimed(members);
  for (const { actor, segments } of mappings) {
    const rest = segments.reduce<Segment[]>((left, segment) => without(left, segment), claims.get(actor) ?? []);
    claims.set(actor, [...segments, ...rest].sort(byStart));
  }
  const byPerson = new Map(members.map((member) => [personOf(member.email), member]));
  return [...claims].flatMap(([actor, segments]) =>
    segments.flatMap((segment) => {
      const person = rootOf(merges, segment.person);
      return placed(segment, byPerson.get(person), departments).map(({ fromMs, toMs, team, department }) => ({
        actor,
        fromMs: fromMs ?? 0,
        toMs: toMs ?? NEVER_MS,
        person,
        team,
        department,
      }));
    }),
  );
}

/** What the roster itself says: everybody's own e-mail, then aliases that are nobody's own e-mail. */
function claimed(members: readonly Member[]): Map<string, Segment[]> {
  const claims = new Map<string, Segment[]>();
  const claim = (actor: string, person: string): void => {
    if (!claims.has(actor)) claims.set(actor, [{ ...ALWAYS, person }]);
  };
  const sorted = [...members].sort((a, b) => (a.email < b.email ? -1 : 1));
  for (const { email } of sorted) claim(personOf(email), personOf(email));
  for (const { email, aliases } of sorted) for (const alias of aliases) claim(aliasActor(alias), personOf(email));
  return claims;
}

interface Place extends Span {
  team: string | null;
  department: string | null;
}

/** A stretch of a person's time, cut where they changed teams. Before and after their terms they are in none. */
function placed(span: Span, member: Member | undefined, departments: TeamDepartments): Place[] {
  const terms = member?.terms ?? [];
  const inTeams = terms.flatMap(({ fromMs, toMs, team, department }): Place[] => {
    const part = common(span, { fromMs, toMs });
    const ofTeam = team === null ? null : (departments.get(team) ?? null);
    return part ? [{ ...part, team, department: department ?? ofTeam }] : [];
  });
  const bare: Place = { fromMs: span.fromMs, toMs: span.toMs, team: null, department: null };
  const rest = inTeams.reduce<Place[]>((left, place) => without(left, place), [bare]);
  return [...inTeams, ...rest].sort(byStart);
}

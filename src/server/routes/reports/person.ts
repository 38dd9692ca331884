import { z } from 'zod';
import type { Asked } from './question.ts';

/** How a person is written in every row. */
export const personShape = {
  user: z.string().nullable().describe('The person, or an actor whom nobody has named; null: events that name nobody'),
  name: z.string().nullable(),
  team: z.string().nullable(),
  department: z.string().nullable(),
};

/** A person as a caller may see them. */
export function shownPerson(person: string | null, { sight, context }: Asked) {
  const details = person === null ? undefined : context.roster.people.get(person);
  return {
    user: person === null ? null : sight.shown(person),
    name: sight.pseudonymous ? null : (details?.name ?? null),
    team: details?.team ?? null,
    department: details?.department ?? null,
  };
}

/**
 * A list that is in the order of names, where it is in no other, in the order of what is shown of them: pseudonyms in
 * the order of addresses would tell whose they are.
 */
export function byShownName<Row extends { user: string | null }>(
  rows: readonly Row[],
  { sight }: Pick<Asked, 'sight'>,
  first: (a: Row, b: Row) => number = () => 0,
): Row[] {
  if (!sight.pseudonymous) return [...rows];
  return rows.toSorted((a, b) => first(a, b) || (String(a.user) < String(b.user) ? -1 : 1));
}

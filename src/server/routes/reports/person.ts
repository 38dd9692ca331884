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

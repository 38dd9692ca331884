/**
 * Whose usage a report may be made of. Decided in one place of the server and handed to every report, which answers
 * as if there were nothing else.
 */
export type Visibility =
  | { kind: 'everybody' }
  /** Persons: `email:ada@acme.com`; an empty list sees nothing. */
  | { kind: 'people'; people: readonly string[] }
  | { kind: 'teams'; teams: readonly string[] };

export const EVERYBODY: Visibility = { kind: 'everybody' };

/** The fewest people of a group that the organisation's view shows. */
export const SMALLEST_GROUP = 5;

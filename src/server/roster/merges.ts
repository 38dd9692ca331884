/** Who was merged into whom: two people that turned out to be one. Undone by taking the entry out. */
export type Merges = ReadonlyMap<string, string>;

/** Whom a person ends at after all merges. A circle, which only a race can make, ends at its first in the alphabet. */
export function rootOf(merges: Merges, person: string): string {
  const seen = [person];
  for (let next = merges.get(person); next !== undefined; next = merges.get(next)) {
    const start = seen.indexOf(next);
    if (start >= 0) return seen.slice(start).sort()[0] ?? person;
    seen.push(next);
  }
  return seen.at(-1) ?? person;
}

/** Whether merging would lead back to where it began, whatever `person` was merged into before. */
export const closesCircle = (merges: Merges, person: string, into: string): boolean =>
  rootOf(new Map([...merges].filter(([one]) => one !== person)), into) === person;

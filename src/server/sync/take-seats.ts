import type { SeatHolder } from '../../vendors/sync-part.ts';
import type { Assistant } from '../../usage/event.ts';
import { ServerError } from '../errors.ts';
import { emailOf } from '../roster/member.ts';
import type { Seats } from '../services/seats.ts';

/** What a team's plan is called where nobody has said it. */
const DEFAULT_TIER = 'business';
/** Of what a sync has written. */
const AUTHOR = 'sync';

interface Known {
  /** The person that an e-mail stands for. */
  personFor: (email: string) => string;
  tier?: string | undefined;
  nowMs: number;
}

/**
 * Gives a seat to whoever a vendor lists as a paying member and has none, and ends those of whoever was removed. Seats
 * that somebody has entered stay as they are, under whichever of a person's addresses. Since when the members of the
 * first reading hold theirs nobody knows: since ever; whom a later one adds is new. Gives warnings.
 */
export async function takeSeats(
  seats: Seats,
  org: string,
  holders: readonly SeatHolder[],
  { personFor, tier = DEFAULT_TIER, nowMs }: Known,
): Promise<string[]> {
  const all = seats.holdings.all(org).map(({ value }) => value);
  const holderOf = (assistant: Assistant, email: string): string => `${assistant}:${personFor(email)}`;
  const held = new Map(
    all.flatMap(({ email, assistant, spans }): [string, string][] =>
      spans.some(({ toMs }) => toMs === null || toMs > nowMs) ? [[holderOf(assistant, email), email]] : [],
    ),
  );
  const readBefore = new Set(
    all.flatMap((one) => (seats.history(org, one).some(({ author }) => author === AUTHOR) ? [one.assistant] : [])),
  );
  const asking = { org, author: AUTHOR };
  const warnings = new Set<string>();
  for (const [holder, { email, assistant, holds }] of byPerson(holders, holderOf)) {
    const known = held.get(holder);
    if (holds === (known !== undefined)) continue;
    const since = readBefore.has(assistant) ? { fromMs: nowMs } : {};
    try {
      if (known === undefined)
        await seats.put(asking, { email: emailOf(personFor(email)) ?? email, assistant }, { tier, ...since });
      else await seats.end(asking, { email: known, assistant }, nowMs);
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      // Whoever changed it at the same moment knows better; the next run looks again.
      if (error.code !== 'conflict') warnings.add(error.message);
    }
  }
  return [...warnings];
}

/** One entry a person: who is a member under one address holds a seat, though another was removed. */
function byPerson(
  holders: readonly SeatHolder[],
  holderOf: (assistant: Assistant, email: string) => string,
): Map<string, SeatHolder> {
  const people = new Map<string, SeatHolder>();
  for (const one of holders) {
    const holder = holderOf(one.assistant, one.email);
    if (one.holds || !people.has(holder)) people.set(holder, one);
  }
  return people;
}

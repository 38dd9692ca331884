import type { SeatHolder } from '../../vendors/sync-part.ts';
import { ServerError } from '../errors.ts';
import type { Seats } from '../services/seats.ts';

/** What a team's plan is called where nobody has said it. */
const DEFAULT_TIER = 'business';

/**
 * Gives a seat to whoever a vendor lists as a paying member and has none, and ends those of whoever was removed. Seats
 * that somebody has entered stay as they are. Gives warnings.
 */
export async function takeSeats(
  seats: Seats,
  org: string,
  holders: readonly SeatHolder[],
  { tier = DEFAULT_TIER, nowMs }: { tier?: string | undefined; nowMs: number },
): Promise<string[]> {
  const held = new Map(
    seats.holdings.all(org).map(({ value }) => {
      const holds = value.spans.some(({ toMs }) => toMs === null || toMs > nowMs);
      return [`${value.assistant}:${value.email}`, holds];
    }),
  );
  const asking = { org, author: 'sync' };
  const warnings = new Set<string>();
  for (const { email, assistant, holds } of holders) {
    if (holds === (held.get(`${assistant}:${email}`) ?? false)) continue;
    try {
      if (holds) await seats.put(asking, { email, assistant }, { tier });
      else await seats.end(asking, { email, assistant }, nowMs);
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      // Whoever changed it at the same moment knows better; the next run looks again.
      if (error.code !== 'conflict') warnings.add(error.message);
    }
  }
  return [...warnings];
}

import { utcDay } from '../usage/days.ts';
import type { EventState } from '../usage/event.ts';

/** What reports have to know of a day before they read it: which vendors' tiers are in use, and who counts by day. */
export interface Kind {
  org: string;
  day: number;
  assistant: string;
  tier: string | null;
  granularity: string;
}

export const kindKey = ({ org, day, assistant, tier, granularity }: Kind): string =>
  `${day}\n${assistant}\n${granularity}\n${tier === null ? '' : `=${tier}`}\n${org}`;

/** The kinds of counted events. */
export function kindsOf(events: readonly EventState[]): Kind[] {
  const kinds = new Map<string, Kind>();
  let last = null as Kind | null;
  for (const { counted, org, atMs, assistant, tier, granularity } of events) {
    if (!counted) continue;
    const day = utcDay(atMs);
    // Most events are like the one before.
    if (
      last?.day === day &&
      last.assistant === assistant &&
      last.tier === tier &&
      last.granularity === granularity &&
      last.org === org
    )
      continue;
    last = { org, day, assistant, tier, granularity };
    kinds.set(kindKey(last), last);
  }
  return [...kinds.values()];
}

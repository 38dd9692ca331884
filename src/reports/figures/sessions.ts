import type { Figure } from '../metric.ts';
import type { Totals } from '../totals.ts';

/** Sessions whose calls are known one by one. */
export const timed = ({ sessionIds, runs }: Totals): number => sessionIds + runs;

export const sessionsOf = (totals: Totals): number => timed(totals) + totals.reportedSessions;

export const totalSessions: Figure = {
  key: 'totalSessions',
  title: 'Sessions',
  definition:
    'Distinct session ids. Where an assistant has none (Cursor): a person’s run of events with no gap over 30 minutes. Where a vendor only reports days: its own count.',
  unit: 'count',
  denominator: null,
  whenEmpty: 0,
  of: (totals) => sessionsOf(totals),
};

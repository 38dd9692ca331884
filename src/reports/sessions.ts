import type { DateRange } from '../usage/dates.ts';
import type { Filter } from './filter.ts';
import { matching } from './filter.ts';
import type { GroupKey, Metric } from './metric.ts';
import { groupKeyOf, numberOf, ratio } from './metric.ts';
import type { Query, Sql } from './sql.ts';
import { integer, sql } from './sql.ts';

/** A pause after which work counts as begun anew. */
export const RUN_GAP_MS = 30 * 60_000;

export const totalSessions: Metric = {
  key: 'totalSessions',
  title: 'Sessions',
  definition:
    "Distinct session ids. Where an assistant has none (Cursor): a person's run of events with no gap over 30 minutes. Where a vendor only reports days: its own count.",
  unit: 'count',
  denominator: null,
};

export const averageSessionDuration: Metric = {
  key: 'averageSessionDurationMs',
  title: 'Average session duration',
  definition:
    "Mean over sessions of their working time: for each run of a session's events without a gap over 30 minutes, last minus first, and the first event's duration, since events are stamped when they complete.",
  unit: 'milliseconds',
  denominator: 'sessions with call-level events',
};

export interface SessionFigures {
  totalSessions: number;
  averageSessionDurationMs: number | null;
}

/** For every group that has events: its sessions, and their working time among the events of the group. */
export async function sessionsBy(
  query: Query,
  filter: Filter,
  range: DateRange,
  group: Sql,
): Promise<Map<GroupKey, SessionFigures>> {
  const rows = await query(sql`
    WITH calls AS (
      SELECT ${group} AS grp, assistant, actor, session_id, duration_ms, granularity, sessions, at_ms
      FROM usage_event WHERE ${matching(filter, range.fromMs, range.toMs)}
    ), spaced AS (
      SELECT *, at_ms - lag(at_ms) OVER (
          PARTITION BY grp, granularity, assistant, coalesce(session_id, ''),
            CASE WHEN session_id IS NULL THEN coalesce(actor, '') ELSE '' END
          ORDER BY at_ms, coalesce(duration_ms, 0) DESC
        ) AS gap
      FROM calls
    ), marked AS (
      SELECT *, CASE WHEN gap IS NULL OR gap > ${integer(RUN_GAP_MS)} THEN 1 ELSE 0 END AS starts FROM spaced
    )
    SELECT grp,
      count(DISTINCT CASE WHEN granularity = 'call' THEN session_id END) AS identified,
      sum(CASE WHEN granularity = 'call' AND session_id IS NULL THEN starts ELSE 0 END) AS runs,
      sum(CASE WHEN granularity = 'day' THEN coalesce(sessions, 0) ELSE 0 END) AS reported,
      sum(CASE WHEN granularity <> 'call' THEN 0 WHEN starts = 1 THEN coalesce(duration_ms, 0) ELSE gap END) AS working_ms
    FROM marked GROUP BY grp`);
  return new Map(
    rows.map((row) => {
      const timed = numberOf(row, 'identified') + numberOf(row, 'runs');
      const averageSessionDurationMs = ratio(numberOf(row, 'working_ms'), timed);
      return [groupKeyOf(row), { totalSessions: timed + numberOf(row, 'reported'), averageSessionDurationMs }];
    }),
  );
}

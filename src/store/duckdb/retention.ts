import type { DuckDBConnection } from '@duckdb/node-api';
import { StaleDays } from '../stale-days.ts';
import type { Keeper } from './keeper.ts';
import { ACTIVITY_TABLES, EVENT_TABLES } from './names.ts';
import type { SliceTable } from './slice-table.ts';

const DATED = [...EVENT_TABLES, ...ACTIVITY_TABLES, 'daily_figure', 'pull_request'];

/** Days before `day` of which there is anything, the first first. */
export async function daysBefore(connection: DuckDBConnection, day: number): Promise<number[]> {
  const selects = DATED.map((table) => `SELECT day FROM ${table} WHERE day < ${day}`);
  const reader = await connection.runAndReadAll(
    `SELECT DISTINCT day FROM (${selects.join(' UNION ALL ')}) ORDER BY day`,
  );
  return reader.getRowsJS().map(([found]) => Number(found));
}

// Days go in their order, so that whoever is known from an earlier day needs no second row.
const KEEP_FIRST_SEEN = (day: number): string => `
  INSERT INTO first_seen_before
  SELECT org, actor, assistant, min(at_ms) AS first_ms FROM usage_event AS gone
  WHERE day = ${day} AND counted AND NOT EXISTS (
    SELECT 1 FROM first_seen_before AS known
    WHERE known.org = gone.org AND known.actor IS NOT DISTINCT FROM gone.actor
      AND known.assistant = gone.assistant AND known.at_ms <= gone.at_ms
  )
  GROUP BY org, actor, assistant`;

/** Removes a day in the writer's open transaction; what to do after the commit is returned. */
export async function forgetDay(
  connection: DuckDBConnection,
  day: number,
  slices: SliceTable,
  keeper: Keeper,
): Promise<() => void> {
  keeper.beforeRemoval([{ table: EVENT_TABLES[0], rowid: 0n }]);
  await connection.run(KEEP_FIRST_SEEN(day));
  for (const table of DATED) await connection.run(`DELETE FROM ${table} WHERE day = ${day}`);
  const touched = new StaleDays();
  touched.addWhole([day]);
  return await slices.mark(connection, touched);
}

import { resolved } from './directory.ts';
import { localDayOf } from './period.ts';
import type { Sql } from './sql.ts';
import { sql } from './sql.ts';
import type { Usage } from './usage.ts';

/** Relation (person, team, local_day, model, list, direct): money by day, since whenever the usage was opened. */
export function dailyMoney(usage: Usage): Sql {
  const cells = sql`(
    SELECT actor, ${usage.directory.slot} AS slot, ${localDayOf(usage.period)} AS local_day, model,
      CAST(sum(list_micros) AS DOUBLE) AS list, CAST(sum(direct_micros) AS DOUBLE) AS direct
    FROM usage_slice WHERE ${usage.filtered} GROUP BY 1, 2, 3, 4)`;
  return resolved(cells, ['local_day', 'model', 'list', 'direct'], usage.directory);
}

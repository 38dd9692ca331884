import { resolved } from './directory.ts';
import { localDayOf } from './period.ts';
import type { Sql } from './sql.ts';
import { raw, sql } from './sql.ts';
import type { Usage } from './usage.ts';

/** Relation (person, team, local_day, list, direct, perhaps model): money by day, since the usage was opened. */
export function dailyMoney(usage: Usage, models: 'by model' | 'of all models' = 'of all models'): Sql {
  const by = models === 'by model' ? ['model'] : [];
  const cells = sql`(
    SELECT actor, ${usage.directory.slot} AS slot, ${localDayOf(usage.period)} AS local_day,
      CAST(sum(list_micros) AS DOUBLE) AS list, CAST(sum(direct_micros) AS DOUBLE) AS direct
      ${raw(by.map((name) => `, ${name}`).join(''))}
    FROM usage_slice WHERE ${usage.filtered} GROUP BY 1, 2, 3 ${raw(by.map(() => ', 6').join(''))})`;
  return resolved(cells, ['local_day', 'list', 'direct', ...by], usage.directory);
}

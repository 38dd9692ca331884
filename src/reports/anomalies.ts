import { DAY_MS, dateOf } from '../usage/days.ts';
import { localDay } from '../usage/zone.ts';
import { dailyMoney } from './daily-money.ts';
import type { Metric } from './metric.ts';
import { numberOf, textOf } from './metric.ts';
import { percentile } from './quantile.ts';
import { raw, sql } from './sql.ts';
import type { Question, Usage } from './usage.ts';
import { openUsage } from './usage.ts';

export const ANOMALY_METRICS: readonly Metric[] = [
  {
    key: 'anomalies',
    title: 'Anomalies',
    definition:
      'Days of a person or a team whose API-equivalent value is over three times the median of their days with use in the 28 days before, and over $10. With fewer than five such days nothing can be said.',
    unit: 'micro-dollars',
    denominator: null,
    whenEmpty: 0,
  },
];

export interface Anomaly {
  kind: 'person' | 'team';
  who: string;
  date: string;
  apiEquivalentMicros: number;
  medianMicros: number;
  /** The model with the most value that day. */
  model: string | null;
  modelMicros: number;
}

const TRAILING_DAYS = 28;
const FEWEST_DAYS = 5;
const FACTOR = 3;
const FLOOR_MICROS = 10_000_000;

/** The dearest days first. */
export async function anomalies(question: Question): Promise<Anomaly[]> {
  const sinceMs = question.range.fromMs - (TRAILING_DAYS + 1) * DAY_MS;
  const usage = await openUsage(question, { withoutPrevious: true, sinceMs });
  const { visibility, people: chosen = [] } = question.filter;
  // Of a few people chosen or seen, a team's day would be theirs under its name.
  const hasTeams = visibility?.kind !== 'people' && chosen.length === 0;
  const [people, teams] = await Promise.all([anomaliesOf(usage, 'person'), hasTeams ? anomaliesOf(usage, 'team') : []]);
  return [...people, ...teams].sort(
    (a, b) => b.apiEquivalentMicros - a.apiEquivalentMicros || (a.date + a.who < b.date + b.who ? -1 : 1),
  );
}

async function anomaliesOf(usage: Usage, kind: Anomaly['kind']): Promise<Anomaly[]> {
  const { range } = usage.period;
  const [from, to] = [localDay(range.fromMs, range.tz), localDay(range.toMs - 1, range.tz)];
  const days = await usage.context.query(sql`
    SELECT * FROM (
      SELECT *, max(CASE WHEN local_day >= ${raw(String(from))} THEN list ELSE 0 END) OVER (PARTITION BY who) AS most FROM (
        SELECT ${raw(kind)} AS who, local_day, sum(list) AS list
        FROM ${dailyMoney(usage)} AS money WHERE ${raw(kind)} IS NOT NULL GROUP BY 1, 2
      ) AS days
    ) AS compared WHERE most > ${raw(String(FLOOR_MICROS))}`);
  const byWho = new Map<string, { day: number; micros: number }[]>();
  for (const row of days) {
    const who = String(row.who);
    byWho.set(who, [...(byWho.get(who) ?? []), { day: numberOf(row, 'local_day'), micros: numberOf(row, 'list') }]);
  }
  const found = [...byWho].flatMap(([who, all]) =>
    all
      .filter(({ day }) => day >= from && day <= to)
      .flatMap(({ day, micros }) => {
        const before = all.filter((one) => one.day < day && one.day >= day - TRAILING_DAYS).map((one) => one.micros);
        const median = before.length < FEWEST_DAYS ? null : percentile(before, 0.5);
        const stands = median !== null && micros > FLOOR_MICROS && micros > FACTOR * median;
        return stands ? [{ who, day, micros, median: Math.round(median) }] : [];
      }),
  );
  if (found.length === 0) return [];
  const models = await modelsOf(usage, kind, found);
  return found.map(({ who, day, micros, median }) => {
    const [model = null, modelMicros = 0] = models.get(`${day} ${who}`) ?? [];
    return { kind, who, date: dateOf(day), apiEquivalentMicros: micros, medianMicros: median, model, modelMicros };
  });
}

async function modelsOf(
  usage: Usage,
  kind: Anomaly['kind'],
  found: readonly { day: number }[],
): Promise<Map<string, [string | null, number]>> {
  const days = [...new Set(found.map(({ day }) => day))].join(', ');
  const rows = await usage.context.query(sql`
    SELECT ${raw(kind)} AS who, local_day, model, sum(list) AS list FROM ${dailyMoney(usage, 'by model')} AS money
    WHERE local_day IN (${raw(days)}) AND ${raw(kind)} IS NOT NULL GROUP BY 1, 2, 3 ORDER BY list, model`);
  return new Map(
    rows.map((row) => [
      `${numberOf(row, 'local_day')} ${String(row.who)}`,
      [textOf(row, 'model'), numberOf(row, 'list')],
    ]),
  );
}

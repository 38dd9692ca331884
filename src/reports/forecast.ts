import { bucketsOf } from '../usage/buckets.ts';
import { DAY_MS, dateOf } from '../usage/days.ts';
import { dayStartMs, localDay } from '../usage/zone.ts';
import { dailyMoney } from './daily-money.ts';
import type { Filter } from './filter.ts';
import { assistantConditions, peopleLimit, workConditions } from './filter.ts';
import { totalsBy, wholeOf } from './grouped.ts';
import { subscriptionOf } from './figures/subscription-cost.ts';
import type { Metric } from './metric.ts';
import { numberOf } from './metric.ts';
import type { Missing } from './missing.ts';
import { missing } from './missing.ts';
import { sql } from './sql.ts';
import type { Question } from './usage.ts';
import { openUsage } from './usage.ts';

const metric = (key: string, title: string, definition: string): Metric => ({
  ...{ key, title, definition, unit: 'micro-dollars', denominator: null, whenEmpty: null },
});

export const FORECAST_METRICS: readonly Metric[] = [
  metric(
    'forecastMicros',
    'Forecast',
    'Of this calendar month: seats for the whole of it, metered cost to date, and for each day left (today from now on counts as done) the mean metered cost of its weekday over the last four weeks.',
  ),
  metric(
    'forecastRange',
    'Range of the forecast',
    'One standard deviation of the days left, by the spread of their weekdays over the last four weeks, to either side.',
  ),
  metric(
    'budgetMicros',
    'Budget',
    'What the month may cost, as set under Settings: of the organisation, or of the one team that is looked at. Null where none is set, and for any other part of the organisation.',
  ),
];

export interface Forecast {
  month: string;
  fromMs: number;
  toMs: number;
  seatMicros: number;
  meteredToDateMicros: number;
  remainingMicros: number;
  forecastMicros: number;
  lowMicros: number;
  highMicros: number;
  budgetMicros: number | null;
  /** Forecast less budget. */
  overBudgetMicros: number | null;
  days: { date: string; meteredMicros: number; isForecast: boolean }[];
  missing: Missing;
}

const WEEKS = 4;

/** What this month will have cost, whatever period is looked at. */
export async function forecast(question: Question): Promise<Forecast> {
  const { context, filter } = question;
  const { tz } = question.range;
  const today = localDay(context.nowMs, tz);
  const first = new Date(today * DAY_MS);
  const [year, month] = [first.getUTCFullYear(), first.getUTCMonth()];
  const firstDay = Date.UTC(year, month, 1) / DAY_MS;
  const lastDay = Date.UTC(year, month + 1, 0) / DAY_MS;
  const range = { fromMs: dayStartMs(firstDay, tz), toMs: dayStartMs(lastDay + 1, tz), tz };
  const usage = await openUsage(
    { ...question, range },
    { withoutPrevious: true, sinceMs: Math.min(range.fromMs, dayStartMs(today - WEEKS * 7, tz)) },
  );
  const [rows, totals] = await Promise.all([
    context.query(sql`SELECT local_day, sum(direct) AS direct FROM ${dailyMoney(usage)} AS money GROUP BY local_day`),
    totalsBy(usage),
  ]);
  const metered = new Map(rows.map((row) => [numberOf(row, 'local_day'), numberOf(row, 'direct')]));
  const seatMicros = subscriptionOf(wholeOf(totals, 0));
  const days = bucketsOf(range, 'day').map(({ startMs }) => {
    const day = localDay(startMs, tz);
    const spread = weekdaySpread(metered, today, day);
    return {
      day,
      isForecast: day > today,
      ...spread,
      meteredMicros: day > today ? spread.mean : (metered.get(day) ?? 0),
    };
  });
  const toDate = days.reduce((sum, one) => (one.isForecast ? sum : sum + one.meteredMicros), 0);
  const remaining = Math.round(days.reduce((sum, one) => (one.isForecast ? sum + one.mean : sum), 0));
  const deviation = Math.sqrt(days.reduce((sum, one) => (one.isForecast ? sum + one.variance : sum), 0));
  const forecastMicros = seatMicros + toDate + remaining;
  const subject = subjectOf(filter);
  const budgetMicros =
    subject === 'other' ? null : (context.budgets.find(({ team }) => team === subject.team)?.monthlyMicros ?? null);
  return {
    month: dateOf(firstDay).slice(0, 7),
    ...{ fromMs: range.fromMs, toMs: range.toMs, seatMicros },
    meteredToDateMicros: toDate,
    remainingMicros: remaining,
    forecastMicros,
    lowMicros: Math.max(seatMicros + toDate, Math.round(forecastMicros - deviation)),
    highMicros: Math.round(forecastMicros + deviation),
    budgetMicros,
    overBudgetMicros: budgetMicros === null ? null : forecastMicros - budgetMicros,
    days: days.map(({ day, meteredMicros, isForecast }) => ({
      ...{ date: dateOf(day), isForecast },
      meteredMicros: Math.round(meteredMicros),
    })),
    missing: missing(context.roster.seats.length === 0 && 'seats'),
  };
}

/** Whose month it is: the organisation's (null), one team's, or of neither, which has no budget. */
function subjectOf(filter: Filter): { team: string | null } | 'other' {
  const { people, teams, departments } = peopleLimit(filter);
  if (people !== null || departments !== null) return 'other';
  if (workConditions(filter).length + assistantConditions(filter).length > 0) return 'other';
  const [first, ...others] = teams;
  if (first === undefined) return { team: null };
  const [team, ...more] = new Set(first.filter((name) => others.every((names) => names.includes(name))));
  return team === undefined || more.length > 0 ? 'other' : { team };
}

/** Of the same weekday in the four weeks up to yesterday. */
function weekdaySpread(
  metered: ReadonlyMap<number, number>,
  today: number,
  day: number,
): { mean: number; variance: number } {
  const latest = today - 1 - ((((today - 1 - day) % 7) + 7) % 7);
  const values = Array.from({ length: WEEKS }, (_, i) => metered.get(latest - 7 * i) ?? 0);
  const mean = values.reduce((sum, value) => sum + value, 0) / WEEKS;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (WEEKS - 1) };
}

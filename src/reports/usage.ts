import type { DateRange } from '../usage/dates.ts';
import { utcDay } from '../usage/days.ts';
import type { Assistant } from '../usage/event.ts';
import { authoritative } from './authoritative.ts';
import type { ReportContext } from './context.ts';
import type { Directory } from './directory.ts';
import { directoryOf, peopleConditions } from './directory.ts';
import type { Filter } from './filter.ts';
import { assistantConditions, peopleLimit, workConditions } from './filter.ts';
import type { Period } from './period.ts';
import { QUARTER_MS, periodOf } from './period.ts';
import type { Sql } from './sql.ts';
import { all, raw, sql, text } from './sql.ts';

/** What is asked of a report. */
export interface Question {
  context: ReportContext;
  filter: Filter;
  range: DateRange;
}

/** Kinds of rows that the organisation has in both periods, before any filter; perhaps more than it has. */
export interface SeenTier {
  assistant: Assistant;
  tier: string | null;
}

/** The one place where reports get their rows from: conditions on `usage_slice` for a question. */
export interface Usage extends Question {
  period: Period;
  directory: Directory;
  /** Tiers seen in the data. */
  tiers: readonly SeenTier[];
  /** All that the filter lets through. */
  filtered: Sql;
  /** Before what was worked on is filtered, and before people are: what a holder's seat is spread over. */
  unfiltered: Sql;
  /** The same for single calls, and for the table `activity`, which vendors' reports are not in. */
  calls: Sql;
  /** For tools' results and decisions, which name no model and no agent: those of prompts with such calls stand. */
  deeds: Sql;
  /** The same for the days of `daily_figure`: noon tells which period a day is of. */
  dailyFigures: Sql;
  /** That it is of the people of the filter. */
  filteredPeople: Sql;
  /** The organisation's time, and nothing else: vendors' reports and calls side by side. */
  inTime: Sql;
}

export interface UsageOptions {
  /** Look back further than the period before: ms. */
  sinceMs?: number;
  /** The period alone. */
  withoutPrevious?: boolean;
}

/** Two small queries, so that the large ones join and compare only what this organisation has. */
export async function openUsage(question: Question, options: UsageOptions = {}): Promise<Usage> {
  const { context, filter, range } = question;
  const asked = periodOf(range);
  const first = options.withoutPrevious ? asked.from : asked.before;
  const since = options.sinceMs === undefined ? first : Math.min(first, Math.floor(options.sinceMs / QUARTER_MS));
  const period: Period = { ...asked, before: since };
  const days = timeOf(filter.org, since, period.to);
  const [directory, seen] = await Promise.all([
    directoryOf(context.query, filter.org, since, period.to),
    context.query(sql`
      SELECT assistant AS seen_assistant, tier AS seen_tier, granularity AS seen_granularity
      FROM usage_kind WHERE ${days} GROUP BY assistant, tier, granularity`),
  ]);
  const hasDays = seen.some((row) => row.seen_granularity === 'day');
  const inTime = all([days, raw(`quarter_hour >= ${since} AND quarter_hour < ${period.to}`)]);
  const stands = hasDays ? [authoritative(days, directory)] : [];
  const assistants = assistantConditions(filter);
  const people = peopleConditions(peopleLimit(filter), directory);
  return {
    ...question,
    range: period.range,
    period,
    directory,
    inTime,
    tiers: seen.map((row) => ({
      assistant: row.seen_assistant as Assistant,
      tier: row.seen_tier === null ? null : String(row.seen_tier),
    })),
    unfiltered: all([inTime, ...assistants, ...stands]),
    calls: all([inTime, ...assistants, ...workConditions(filter), ...people]),
    deeds: all([inTime, ...assistants, ...deedConditions(filter, all([inTime, ...assistants])), ...people]),
    dailyFigures: all([
      days,
      atNoon(raw(`quarter_hour >= ${since} AND quarter_hour < ${period.to}`)),
      ...assistants,
      ...peopleConditions(peopleLimit(filter), { ...directory, slot: atNoon(directory.slot) }),
      ...(workConditions(filter).length > 0 ? [raw('1 = 0')] : []),
    ]),
    filteredPeople: all(people),
    filtered: all([inTime, ...assistants, ...workConditions(filter), ...people, ...stands]),
  };
}

function deedConditions(filter: Filter, within: Sql): Sql[] {
  const { org, models = [], agents = [] } = filter;
  const ofCalls = workConditions({ org, models, agents });
  const ofAll = workConditions({ ...filter, models: [], agents: [] });
  if (ofCalls.length === 0) return ofAll;
  const prompt = raw(`assistant, coalesce(prompt_id, '')`);
  return [
    ...ofAll,
    sql`(${prompt}) IN (
      SELECT ${prompt} FROM usage_event WHERE counted AND prompt_id IS NOT NULL AND ${all([within, ...ofCalls])})`,
  ];
}

/** Whole UTC days; `day` lets an engine skip what lies outside. */
const timeOf = (org: string, from: number, to: number): Sql =>
  all([sql`org = ${text(org)}`, raw(`day >= ${utcDay(from * QUARTER_MS)} AND day <= ${utcDay(to * QUARTER_MS - 1)}`)]);

/** What is said of a quarter-hour, of a day’s noon: what vendors count by day has no time of its own. */
export const atNoon = (expression: Sql): Sql =>
  raw(expression.parts.join('').replaceAll('quarter_hour', '(day * 96 + 48)'));

import { dateOf } from '../usage/days.ts';
import type { SyncState } from './context.ts';
import { resolved } from './directory.ts';
import type { Metric } from './metric.ts';
import { numberOf, ratio, textOf } from './metric.ts';
import { localDayOf } from './period.ts';
import { seatsInFilter } from './seat-spread.ts';
import { sql } from './sql.ts';
import type { Question, Usage } from './usage.ts';
import { openUsage } from './usage.ts';

const share = (key: string, title: string, definition: string): Metric => ({
  ...{ key, title, definition, unit: 'percent', denominator: 'requests', whenEmpty: null },
});

export const DATA_QUALITY_METRICS: readonly Metric[] = [
  share('partialShare', 'Share partial', 'Requests whose output tokens may be a placeholder, divided by requests.'),
  share('unpricedShare', 'Share unpriced', 'Requests of models without a known list price, divided by requests.'),
  share(
    'unattributedShare',
    'Share unattributed',
    'Requests that name nobody, or only an account, a key or an installation that no person is mapped to, divided by requests.',
  ),
  {
    key: 'longestGapDays',
    title: 'Longest gap',
    definition: 'Most days without an event between two days with one, in the period.',
    unit: 'count',
    denominator: null,
    whenEmpty: null,
  },
];

export interface SourceQuality {
  person: string | null;
  assistant: string;
  lastMs: number;
  requests: number;
  activeDays: number;
  longestGapDays: number | null;
  partialShare: number | null;
  unpricedShare: number | null;
  /** Nobody on the roster, and no e-mail. */
  unattributed: boolean;
}

export interface DataQuality {
  rows: SourceQuality[];
  requests: number;
  partialShare: number | null;
  unpricedShare: number | null;
  unattributedShare: number | null;
  /** Models without a price. */
  unpricedModels: { model: string | null; assistant: string; requests: number }[];
  /** Seats held in the period without a single event of the assistant. */
  silentSeats: { person: string; assistant: string; plan: string }[];
  /** The e-mail that usage is attributed to, where the assistant's own login is another. */
  otherLogins: { person: string; login: string; lastDate: string }[];
  syncs: readonly SyncState[];
}

/** How far the figures can be relied on. */
export async function dataQuality(question: Question): Promise<DataQuality> {
  const usage = await openUsage(question, { withoutPrevious: true });
  const { query } = usage.context;
  const [rows, models, logins] = await Promise.all([
    query(qualityQuery(usage)),
    query(sql`SELECT model, assistant, CAST(sum(unpriced_requests) AS DOUBLE) AS unpriced FROM usage_slice
      WHERE ${usage.filtered} GROUP BY model, assistant HAVING sum(unpriced_requests) > 0 ORDER BY unpriced DESC, model LIMIT 200`),
    query(sql`SELECT actor, login, max(day) AS last_day FROM usage_event
      WHERE counted AND ${usage.calls} AND login IS NOT NULL AND actor LIKE 'email:%' AND actor <> concat('email:', login)
      GROUP BY actor, login ORDER BY last_day DESC, actor LIMIT 500`),
  ]);
  const sources = rows.map((row) => sourceOf(row));
  const total = (name: string, only: (source: SourceQuality) => boolean = () => true): number =>
    rows.reduce((sum, row, i) => (sources[i] && only(sources[i]) ? sum + numberOf(row, name) : sum), 0);
  const requests = total('calls');
  const active = new Set(sources.map(({ person, assistant }) => `${person ?? ''} ${assistant}`));
  const { range } = usage.period;
  const silent = seatsInFilter(usage).filter(
    (seat) =>
      seat.fromMs < range.toMs &&
      (seat.toMs ?? range.toMs) > range.fromMs &&
      !active.has(`${seat.person} ${seat.assistant}`),
  );
  return {
    rows: sources.toSorted((a, b) => a.lastMs - b.lastMs || (String(a.person) < String(b.person) ? -1 : 1)),
    requests,
    partialShare: ratio(total('partial_calls'), requests),
    unpricedShare: ratio(total('unpriced'), requests),
    unattributedShare: ratio(
      total('calls', ({ unattributed }) => unattributed),
      requests,
    ),
    unpricedModels: models.map((row) => ({
      model: textOf(row, 'model'),
      assistant: String(row.assistant),
      requests: numberOf(row, 'unpriced'),
    })),
    silentSeats: silent.map(({ person, assistant, plan }) => ({ person, assistant, plan })),
    otherLogins: logins.map((row) => ({
      person: String(row.actor),
      login: String(row.login),
      lastDate: dateOf(numberOf(row, 'last_day')),
    })),
    syncs: usage.context.syncs,
  };
}

function qualityQuery(usage: Usage) {
  const cells = sql`(
    SELECT actor, ${usage.directory.slot} AS slot, assistant, ${localDayOf(usage.period)} AS local_day,
      max(last_ms) AS ended_ms, CAST(sum(requests) AS DOUBLE) AS calls,
      CAST(sum(partial_requests) AS DOUBLE) AS partial_calls, CAST(sum(unpriced_requests) AS DOUBLE) AS unpriced
    FROM usage_slice WHERE ${usage.filtered} GROUP BY 1, 2, 3, 4)`;
  const columns = ['assistant', 'local_day', 'ended_ms', 'calls', 'partial_calls', 'unpriced'];
  const days = sql`(
    SELECT person, assistant, local_day, max(ended_ms) AS ended_ms, sum(calls) AS calls,
      sum(partial_calls) AS partial_calls, sum(unpriced) AS unpriced
    FROM ${resolved(cells, columns, usage.directory)} AS named GROUP BY person, assistant, local_day)`;
  return sql`
    SELECT person, assistant, max(ended_ms) AS ended_ms, count(*) AS days, max(gap) AS longest,
      sum(calls) AS calls, sum(partial_calls) AS partial_calls, sum(unpriced) AS unpriced
    FROM (
      SELECT *, local_day - lag(local_day) OVER (PARTITION BY person, assistant ORDER BY local_day) - 1 AS gap
      FROM ${days} AS days
    ) AS spaced GROUP BY person, assistant`;
}

function sourceOf(row: Parameters<typeof textOf>[0]): SourceQuality {
  const person = textOf(row, 'person');
  const calls = numberOf(row, 'calls');
  return {
    person,
    assistant: String(row.assistant),
    lastMs: numberOf(row, 'ended_ms'),
    requests: calls,
    activeDays: numberOf(row, 'days'),
    longestGapDays: row.longest === null ? null : numberOf(row, 'longest'),
    partialShare: ratio(numberOf(row, 'partial_calls'), calls),
    unpricedShare: ratio(numberOf(row, 'unpriced'), calls),
    unattributed: !(person?.startsWith('email:') ?? false),
  };
}

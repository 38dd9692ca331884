import type { Metric } from './metric.ts';
import { numberOf, ratio } from './metric.ts';
import { resolved } from './directory.ts';
import { SHALLOW, sessionPieces } from './pieces.ts';
import { quantileOf, quantileQuery } from './quantile.ts';
import { withheldCells } from './small-groups.ts';
import type { ReportRow } from './sql.ts';
import { raw, sql } from './sql.ts';
import type { Question } from './usage.ts';
import { openUsage } from './usage.ts';

const metric = (
  key: string,
  title: string,
  definition: string,
  unit: Metric['unit'],
  denominator: string | null = 'sessions',
): Metric => ({
  ...{ key, title, definition, unit, denominator, whenEmpty: denominator === null ? 0 : null },
});

export const SESSION_HEALTH_METRICS: readonly Metric[] = [
  metric('sessions', 'Sessions', 'Sessions with events in the period.', 'count', null),
  metric(
    'shallowSessions',
    'Shallow sessions',
    'Sessions of one request only, or of under 1,000 output tokens.',
    'count',
    null,
  ),
  metric('shallowShare', 'Share of shallow sessions', 'Shallow sessions divided by sessions.', 'percent'),
  metric(
    'medianDurationMs',
    'Median session duration',
    'Half of all sessions have no more working time.',
    'milliseconds',
  ),
  metric('meanDurationMs', 'Mean session duration', 'Mean working time of a session.', 'milliseconds'),
];

export interface SessionHealthFigures {
  sessions: number;
  shallowSessions: number;
  shallowShare: number | null;
  medianDurationMs: number | null;
  meanDurationMs: number | null;
  exchangesPerSession: number | null;
  requestsPerSession: number | null;
}

export interface DurationClass {
  fromMs: number;
  /** Exclusive; null: no end. */
  toMs: number | null;
  /** Null: of too few people to be shown. */
  sessions: number | null;
  previous: { sessions: number | null };
}

export interface SessionHealth {
  figures: SessionHealthFigures;
  previous: SessionHealthFigures;
  durations: DurationClass[];
}

const MINUTE = 60_000;
const CLASSES = [0, 1, 5, 15, 30, 60, 120].map((minutes) => minutes * MINUTE);

/** How deep sessions go; `anonymous`: without lengths that only sessions of fewer than five people have. */
export async function sessionHealth(question: Question, { anonymous = false } = {}): Promise<SessionHealth> {
  const usage = await openUsage(question);
  const { query } = usage.context;
  const pieces = sessionPieces(usage);
  const classes = CLASSES.slice(1).reduce((text, ms, i) => `${text} WHEN working_ms < ${ms} THEN ${i}`, 'CASE');
  const classOf = raw(`${classes} ELSE ${CLASSES.length - 1} END`);
  const [sums, medians, people] = await Promise.all([
    query(sql`
      SELECT period, ${classOf} AS class, count(*) AS sessions,
        sum(CASE WHEN ${SHALLOW} THEN 1 ELSE 0 END) AS shallow, sum(calls) AS calls, sum(exchanges) AS exchanges,
        sum(working_ms) AS worked
      FROM ${pieces} AS pieces GROUP BY 1, 2`),
    query(
      quantileQuery(
        sql`(SELECT period AS grp, working_ms AS value, count(*) AS times FROM ${pieces} AS pieces GROUP BY 1, 2)`,
        [0.5],
      ),
    ),
    anonymous
      ? query(sql`
          SELECT period, ${classOf} AS class, count(DISTINCT person) AS people
          FROM ${resolved(pieces, ['period', 'working_ms'], usage.directory)} AS named GROUP BY 1, 2`)
      : [],
  ]);
  const withheld = withheldCells(
    people,
    (row) => numberOf(row, 'people'),
    (row) => [String(row.period)],
  );
  const figuresOf = (period: number): SessionHealthFigures => {
    const rows = sums.filter((row) => Number(row.period) === period);
    const total = (name: string): number => rows.reduce((sum, row) => sum + numberOf(row, name), 0);
    const sessions = total('sessions');
    const mean = ratio(total('worked'), sessions);
    const median = quantileOf(
      medians.find((row) => Number(row.grp) === period),
      0,
      0.5,
    );
    return {
      sessions,
      shallowSessions: total('shallow'),
      shallowShare: ratio(total('shallow'), sessions),
      medianDurationMs: median === null ? null : Math.round(median),
      meanDurationMs: mean === null ? null : Math.round(mean),
      exchangesPerSession: total('exchanges') === 0 ? null : ratio(total('exchanges'), sessions),
      requestsPerSession: ratio(total('calls'), sessions),
    };
  };
  const sessionsOf = (period: number, i: number): number | null => {
    const isMeant = (row: ReportRow): boolean => Number(row.period) === period && Number(row.class) === i;
    return [...withheld].some(isMeant) ? null : numberOf(sums.find(isMeant), 'sessions');
  };
  return {
    figures: figuresOf(0),
    previous: figuresOf(1),
    durations: CLASSES.map((fromMs, i) => ({
      fromMs,
      toMs: CLASSES[i + 1] ?? null,
      sessions: sessionsOf(0, i),
      previous: { sessions: sessionsOf(1, i) },
    })),
  };
}

import { costOf } from './figures/cost.ts';
import { totalsBy } from './grouped.ts';
import type { Metric } from './metric.ts';
import { numberOf, textOf } from './metric.ts';
import type { Missing } from './missing.ts';
import { missing } from './missing.ts';
import { SHALLOW, sessionPieces } from './pieces.ts';
import { mergedBy } from './pull-requests.ts';
import { percentile } from './quantile.ts';
import { resolved } from './directory.ts';
import { seatsInFilter } from './seat-spread.ts';
import { sql } from './sql.ts';
import type { Question, Usage } from './usage.ts';
import { openUsage } from './usage.ts';

export const SEGMENTS = [
  'Power Users',
  'Cost Concerns',
  'Efficient Contributors',
  'Coaching Targets',
  'Standard',
] as const;
export type Segment = (typeof SEGMENTS)[number];

const segment = (title: Segment, definition: string): Metric => ({
  key: title.toLowerCase().replaceAll(' ', '-'),
  ...{ title, definition, unit: 'count', denominator: null, whenEmpty: 0 },
});

/** In the order in which they are tried. */
export const SEGMENT_METRICS: readonly Metric[] = [
  segment(
    'Power Users',
    'Output and engagement (active days) at or above the 75th percentile of the people in the filter.',
  ),
  segment('Cost Concerns', 'Spend at or above the 75th percentile, output below the 50th.'),
  segment(
    'Efficient Contributors',
    'Output at or above the 50th percentile, and spend per output at or below the 50th.',
  ),
  segment('Coaching Targets', 'Engagement or output at or below the 25th percentile, and seat holders without use.'),
  segment('Standard', 'Everybody else, and everybody where fewer than five people are active.'),
  {
    key: 'efficiency',
    title: 'Efficiency quadrant',
    definition:
      'Cost against output of each person, with lines at the medians. Output is pull requests merged; without GitHub, sessions that are not shallow, and every segment is provisional.',
    unit: 'micro-dollars',
    denominator: null,
    whenEmpty: 0,
  },
];

/** What segments are made of. */
export interface Contribution {
  person: string;
  /** Pull requests merged, or sessions that are not shallow. */
  output: number;
  /** Active days. */
  engagement: number;
  /** Cost in micro-dollars. */
  spend: number;
}

const SMALLEST_COHORT = 5;

/** The segment of each person with use in the period; idle holders of seats are coaching targets by themselves. */
export function segmentsOf(people: readonly Contribution[]): Segment[] {
  if (people.length < SMALLEST_COHORT) return people.map(() => 'Standard');
  const perOutput = rates(people);
  const at = (values: readonly number[], share: number): number => percentile(values, share) ?? 0;
  const outputs = people.map((one) => one.output);
  const engagements = people.map((one) => one.engagement);
  const [outputHigh, outputHalf, outputLow] = [at(outputs, 0.75), at(outputs, 0.5), at(outputs, 0.25)];
  const [engagementHigh, engagementLow] = [at(engagements, 0.75), at(engagements, 0.25)];
  const [rateHalf, spendHigh] = [
    at(perOutput, 0.5),
    at(
      people.map((one) => one.spend),
      0.75,
    ),
  ];
  return people.map(({ output, engagement, spend }, i) => {
    if (output >= outputHigh && engagement >= engagementHigh) return 'Power Users';
    if (spend >= spendHigh && output < outputHalf) return 'Cost Concerns';
    if (output >= outputHalf && (perOutput[i] ?? 0) <= rateHalf) return 'Efficient Contributors';
    return engagement <= engagementLow || output <= outputLow ? 'Coaching Targets' : 'Standard';
  });
}

/** Spend per output; nothing for something counts as the highest of all. */
function rates(people: readonly Contribution[]): number[] {
  const highest = people.reduce((most, { output, spend }) => Math.max(most, output > 0 ? spend / output : 0), 0);
  return people.map(({ output, spend }) => (output > 0 ? spend / output : spend > 0 ? highest : 0));
}

export interface Placement extends Contribution {
  segment: Segment;
  /** A seat holder without any use in the period. */
  idle: boolean;
}

/** Of a period. */
export interface Cohort {
  rows: Placement[];
  /** Of those with use. */
  medians: { spend: number | null; output: number | null };
}

export interface Segments extends Cohort {
  /** `previous` null: neither any use nor a seat in the period before. */
  rows: (Placement & { previous: Placement | null })[];
  /** Everybody of the period before, among each other. */
  previous: Cohort;
  /** Output is sessions, since no pull requests are known. */
  provisional: boolean;
  missing: Missing;
}

export async function segments(question: Question): Promise<Segments> {
  const usage = await openUsage(question);
  const [{ groups }, merged] = await Promise.all([totalsBy(usage, { by: 'user' }), mergedBy(usage)]);
  const deep = merged === null ? await deepSessions(usage) : null;
  const cohort = (period: 0 | 1): Cohort => {
    const mergedOf = (person: string): number => merged?.[period]?.get(person)?.merged ?? 0;
    const people = [...groups.values()].flatMap((group): Contribution[] => {
      const { key: person, totals } = group;
      if (group.period !== period || person === null) return [];
      const output = deep === null ? mergedOf(person) : (deep[period]?.get(person) ?? 0);
      return [{ person, output, engagement: totals.activeDays, spend: costOf(totals) }];
    });
    return cohortOf(people, holdersIn(usage, period), mergedOf);
  };
  const [now, previous] = [cohort(0), cohort(1)];
  const before = new Map(previous.rows.map((row) => [row.person, row]));
  return {
    rows: now.rows.map((row) => ({ ...row, previous: before.get(row.person) ?? null })),
    medians: now.medians,
    previous,
    provisional: merged === null,
    missing: missing(merged === null && 'github', usage.context.roster.seats.length === 0 && 'seats'),
  };
}

/** Who of the filter held a seat on any day of a period. */
function holdersIn(usage: Usage, period: 0 | 1): string[] {
  const { fromMs, toMs } = period === 0 ? usage.period.range : usage.period.previous;
  const held = seatsInFilter(usage).filter((seat) => seat.fromMs < toMs && (seat.toMs ?? toMs) > fromMs);
  return [...new Set(held.map(({ person }) => person))].sort();
}

function cohortOf(people: Contribution[], holders: readonly string[], mergedOf: (person: string) => number): Cohort {
  people.sort((a, b) => (a.person < b.person ? -1 : 1));
  const found = segmentsOf(people);
  const active = new Set(people.map(({ person }) => person));
  const idle = holders.filter((person) => !active.has(person));
  const median = (of: (one: Contribution) => number): number | null => percentile(people.map(of), 0.5);
  return {
    rows: [
      ...people.map((one, i): Placement => ({ ...one, segment: found[i] ?? 'Standard', idle: false })),
      ...idle.map((person): Placement => ({
        ...{ person, output: mergedOf(person), engagement: 0, spend: 0 },
        ...{ segment: 'Coaching Targets', idle: true },
      })),
    ],
    medians: { spend: median(({ spend }) => spend), output: median(({ output }) => output) },
  };
}

/** Of the period, and of the one before: sessions that are not shallow, by person. */
async function deepSessions(usage: Usage): Promise<readonly Map<string | null, number>[]> {
  const pieces = resolved(sessionPieces(usage), ['period', 'calls', 'output'], usage.directory);
  const rows = await usage.context.query(sql`
    SELECT period, person, count(*) AS deep FROM ${pieces} AS pieces WHERE NOT ${SHALLOW} GROUP BY period, person`);
  return [0, 1].map(
    (period) =>
      new Map(
        rows.flatMap((row) =>
          Number(row.period) === period ? [[textOf(row, 'person'), numberOf(row, 'deep')] as const] : [],
        ),
      ),
  );
}

import type { ReactNode } from 'react';
import { navigate, samePage, useAddress } from '../address/address.ts';
import type { Filters } from '../address/filters.ts';
import { filtersOf, periodDays } from '../address/filters.ts';
import { useMinute } from '../api/clock.ts';
import type { Point, Timeseries } from '../api/figures.ts';
import { figureOf } from '../api/figures.ts';
import { onlyFigures, useReport } from '../api/report.ts';
import { TimeChart } from '../charts/lazy.tsx';
import type { Series } from '../charts/series.ts';
import { MOST_SERIES, REST, seriesOf } from '../charts/series.ts';
import { clock, dateIn, dayTick, longDay, moment, shortDay, weekText } from '../format/calendar.ts';
import { counted } from '../format/counted.ts';
import { kindOf } from '../format/figure.ts';
import { valueName } from '../format/names.ts';
import { metricTitle } from '../format/metrics.ts';
import { figureColumn, textColumn } from './columns.tsx';
import { DataTable } from './data-table.tsx';
import { Panel } from './panel.tsx';
import { Segmented } from './segmented.tsx';

const MEASURES = [
  ['uniqueUsers', 'People'],
  ['totalSessions', 'Sessions'],
  ['costMicros', 'Cost'],
  ['apiEquivalentMicros', 'API value'],
  ['totalTokens', 'Tokens'],
] as const;
type Measure = (typeof MEASURES)[number][0];

/** From this many days on weeks say more. */
const WEEKS_FROM_DAYS = 100;
const HOUR_MS = 3_600_000;
const LENGTH_MS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 168 * HOUR_MS } as const;
type Interval = keyof typeof LENGTH_MS;
const HEADS: Readonly<Record<Interval, string>> = { hour: 'Hour', day: 'Day', week: 'Week' };
/** So much shorter is a day or week in which clocks are put forward. */
const CLOCKS_MS = { hour: 0, day: HOUR_MS, week: HOUR_MS } as const;

const WITHHELD =
  'An empty place may also be one with fewer than five people, of whom the organisation view tells nothing.';

interface TrendPanelProps {
  title?: string;
  note?: ReactNode;
  extra?: Readonly<Record<string, string>>;
  /** Shown until another is chosen. */
  first?: Measure;
  /** Divides what adds up. */
  by?: 'assistant' | 'model' | 'agent';
  /** Of one person: how many people is no question. */
  alone?: boolean;
  /** Which of the address's parameters holds the measure. */
  param?: string;
}

/** One figure over time; a click on a day shows that day. */
export function TrendPanel({
  title = 'Over time',
  note,
  extra = {},
  by,
  first = 'totalSessions',
  alone = false,
  param = 'measure',
}: TrendPanelProps) {
  const address = useAddress();
  const filters = filtersOf(address);
  const interval = intervalOf(filters, useMinute());
  const placeText = (point: Point): string => textOf(point, interval, filters.tz);
  const measure: Measure = MEASURES.find(([key]) => key === address.params.get(param))?.[0] ?? first;
  const measures = alone ? MEASURES.slice(1) : MEASURES;
  // Who uses two assistants, or a session of two models, would be counted twice.
  // Days of an assistant that fewer than five people used are withheld in the organisation view: stacked, they would
  // look like days without use.
  const once =
    filters.view === 'organization' || measure === 'uniqueUsers' || (measure === 'totalSessions' && by !== 'assistant');
  const divided = once ? undefined : by;
  const report = useReport<Timeseries>('timeseries', {
    extra: {
      ...{ interval, ...extra, by: divided ?? null, limit: divided === undefined ? null : String(MOST_SERIES) },
      ...onlyFigures(['totalRequests', ...MEASURES.map(([key]) => key)]),
    },
  });
  const kind = kindOf(measure);
  const said = note ?? (filters.view === 'organization' ? WITHHELD : undefined);
  const pickDay = (point: Point): void => {
    const first = dateIn(filters.tz, Date.parse(point.from));
    const last = dateIn(filters.tz, Date.parse(point.to) - 1);
    navigate(samePage(address, { from: first, to: last, range: null, page: null }));
  };
  return (
    <Panel
      title={title}
      report={report}
      metric={measure}
      {...(said === undefined ? {} : { note: said })}
      count={({ points, from, to }) =>
        counted(
          interval === 'hour'
            ? Math.round((Date.parse(to) - Date.parse(from)) / HOUR_MS)
            : new Set(points.map((point) => point.from)).size,
          interval,
        )
      }
      isEmpty={({ points }) => points.every((point) => (figureOf(point, 'totalRequests') ?? 0) === 0)}
      tools={
        <Segmented
          label="Measure"
          options={measures}
          value={measure}
          choose={(next) => navigate(samePage(address, { [param]: next === first ? null : next }))}
          small
        />
      }
      chart={({ points, to }) => (
        <TimeChart
          label={`${metricTitle(measure)} by ${interval}`}
          series={divided === undefined ? seriesOf([measure], metricTitle) : dividedSeries(points, measure, divided)}
          kind={kind}
          form="bars"
          incompleteFrom={openFrom(points, to)}
          data={points.map((point) => ({
            start: Date.parse(point.from),
            end: Date.parse(point.from) === openFrom(points, to) ? wholeEnd(point, interval) : Date.parse(point.to),
            label: placeText(point),
            tick: tickOf(point, interval, filters.tz),
            partial: isCut(point, interval),
            series: divided === undefined ? measure : keyOf(point),
            value: figureOf(point, measure),
            before: figureOf(point.previous, measure),
          }))}
          pick={({ start }) => {
            const point = points.find((one) => Date.parse(one.from) === start);
            if (point) pickDay(point);
          }}
        />
      )}
      table={({ points }) => (
        <DataTable
          caption={title}
          rows={points}
          rowKey={({ label }, i) => (divided === undefined ? label : String(i))}
          sortParam="day-sort"
          columns={[
            {
              id: 'label',
              title: HEADS[interval],
              value: ({ label }) => label,
              cell: (point) => (
                <button
                  type="button"
                  className="pick"
                  aria-label={`Show ${interval === 'hour' ? longDay(point.label) : placeText(point)} alone`}
                  onClick={() => pickDay(point)}
                >
                  {placeText(point)}
                </button>
              ),
            },
            ...(divided === undefined
              ? []
              : [textColumn<Point>('key', DIVIDED[divided], (point) => nameOf(divided, keyOf(point)))]),
            ...MEASURES.map(([key]) => figureColumn<Point>(key)),
          ]}
        />
      )}
    />
  );
}

function intervalOf(filters: Filters, nowMs: number): Interval {
  if (filters.preset === '24h') return 'hour';
  return periodDays(filters, nowMs) > WEEKS_FROM_DAYS ? 'week' : 'day';
}

/** A week by the first of its days that is of the period. */
function tickOf({ label, from }: Point, interval: Interval, tz: string): readonly [string, string] {
  if (interval === 'hour') return [clock(Date.parse(from), tz), shortDay(dateIn(tz, Date.parse(from)))];
  return dayTick(interval === 'day' ? label : dateIn(tz, Date.parse(from)));
}

function textOf({ label, from }: Point, interval: Interval, tz: string): string {
  if (interval === 'hour') return moment(from, tz);
  return interval === 'day' ? longDay(label) : weekText(label);
}

/** What is not over yet, by its beginning. */
const openFrom = (points: readonly Point[], to: string): number | null =>
  Date.parse(to) > Date.now() - 120_000 ? Date.parse(points.at(-1)?.from ?? to) : null;

/** By where the period begins or ends. */
const isCut = ({ from, to }: Point, interval: Interval): boolean =>
  Date.parse(to) - Date.parse(from) < LENGTH_MS[interval] - CLOCKS_MS[interval];

/** Today ends at midnight, though it is counted until now only. */
const wholeEnd = ({ from, to }: Point, interval: Interval): number =>
  interval === 'week' ? Date.parse(to) : Math.max(Date.parse(to), Date.parse(from) + LENGTH_MS[interval] * 0.96);

const DIVIDED = { assistant: 'Assistant', model: 'Model', agent: 'Agent' } as const;

const keyOf = ({ key, rest }: Point): string => (rest === true ? REST : (key ?? ''));

const nameOf = (by: string, key: string): string => (key === REST ? 'Other' : valueName(by, key === '' ? null : key));

/** The largest first, what stands for all others last. */
function dividedSeries(points: readonly Point[], measure: string, by: string): Series[] {
  const sums = new Map<string, number>();
  for (const point of points) sums.set(keyOf(point), (sums.get(keyOf(point)) ?? 0) + (figureOf(point, measure) ?? 0));
  const keys = [...sums]
    .sort(([a, of], [b, than]) => Number(a === REST) - Number(b === REST) || than - of)
    .map(([key]) => key);
  return seriesOf(keys, (key) => nameOf(by, key));
}

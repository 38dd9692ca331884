import type { ReactNode } from 'react';
import { navigate, samePage, useAddress } from '../address/address.ts';
import { filtersOf, periodDays } from '../address/filters.ts';
import { useMinute } from '../api/clock.ts';
import type { Point, Timeseries } from '../api/figures.ts';
import { figureOf } from '../api/figures.ts';
import { useReport } from '../api/report.ts';
import { TimeChart } from '../charts/lazy.tsx';
import type { Series } from '../charts/series.ts';
import { MOST_SERIES, REST, seriesOf } from '../charts/series.ts';
import { dateIn, longDay, weekText } from '../format/calendar.ts';
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
const DAY_MS = 86_400_000;

interface TrendPanelProps {
  title?: string;
  note?: ReactNode;
  extra?: Readonly<Record<string, string>>;
  /** Shown until another is chosen. */
  first?: Measure;
  /** Divides what adds up. */
  by?: 'assistant' | 'model' | 'agent';
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
  param = 'measure',
}: TrendPanelProps) {
  const address = useAddress();
  const filters = filtersOf(address);
  const interval = periodDays(filters, useMinute()) > WEEKS_FROM_DAYS ? 'week' : 'day';
  const measure: Measure = MEASURES.find(([key]) => key === address.params.get(param))?.[0] ?? first;
  // Who uses two assistants, or a session of two models, would be counted twice.
  const once = measure === 'uniqueUsers' || (measure === 'totalSessions' && by !== 'assistant');
  const divided = once ? undefined : by;
  const report = useReport<Timeseries>('timeseries', {
    extra: { interval, ...extra, by: divided ?? null, limit: divided === undefined ? null : String(MOST_SERIES) },
  });
  const kind = kindOf(measure);
  const pickDay = (point: Point): void => {
    const first = dateIn(filters.tz, Date.parse(point.from));
    const last = interval === 'day' ? first : dateIn(filters.tz, Date.parse(point.to) - 1);
    navigate(samePage(address, { from: first, to: last, range: null }));
  };
  return (
    <Panel
      title={title}
      report={report}
      metric={measure}
      {...(note === undefined ? {} : { note })}
      count={({ points }) => counted(new Set(points.map(({ from }) => from)).size, interval)}
      isEmpty={({ points }) => points.every((point) => (figureOf(point, 'totalRequests') ?? 0) === 0)}
      tools={
        <Segmented
          label="Measure"
          options={MEASURES}
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
          incompleteFrom={Date.parse(to) > Date.now() - 120_000 ? Date.parse(points.at(-1)?.from ?? to) : null}
          data={points.map((point) => ({
            start: Date.parse(point.from),
            end: wholeEnd(point, interval),
            label: placeText(point.label, interval),
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
              title: interval === 'day' ? 'Day' : 'Week',
              value: ({ label }) => label,
              cell: (point) => (
                <button
                  type="button"
                  className="pick"
                  aria-label={`Show ${placeText(point.label, interval)} alone`}
                  onClick={() => pickDay(point)}
                >
                  {placeText(point.label, interval)}
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

const placeText = (label: string, interval: string): string => (interval === 'day' ? longDay(label) : weekText(label));

/** Today ends at midnight, though it is counted until now only. */
const wholeEnd = (point: Point, interval: string): number =>
  interval === 'day' ? Math.max(Date.parse(point.to), Date.parse(point.from) + DAY_MS * 0.96) : Date.parse(point.to);

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

import { z } from 'zod';
import type { Figures } from '../../../reports/figures.ts';
import { FIGURES } from '../../../reports/figures.ts';
import type { Dimension } from '../../../reports/group.ts';
import { DIMENSIONS } from '../../../reports/group.ts';
import { periodOf } from '../../../reports/period.ts';
import type { BucketFigures, Point } from '../../../reports/timeseries.ts';
import { SERIES, timeseries } from '../../../reports/timeseries.ts';
import { withheldCells } from '../../../reports/small-groups.ts';
import type { Bucket } from '../../../usage/buckets.ts';
import { ServerError } from '../../errors.ts';
import { shownFigures, shownSpan, span } from './answer.ts';
import type { Fields } from './fields.ts';
import { fieldsShape, pickedUnder, rowUnder, someOrWithheld } from './fields.ts';
import { reportRoute } from './report-route.ts';

const point = z.object({ label: z.string(), ...span.shape, ...someOrWithheld.shape });
const row = point.extend({
  key: z
    .string()
    .nullable()
    .describe('With `by`: what the point is of; null: events that do not say; `other` where `rest` is true'),
  rest: z.boolean().describe('The point is of all keys together that have no series of their own'),
  previous: point,
});

/** What makes a point of an answer; all series have the same buckets. */
function pointsUnder(fields: Fields) {
  const picked = pickedUnder(fields);
  const spans = new Map<Bucket, ReturnType<typeof shownSpan>>();
  const spanOf = (bucket: Bucket): ReturnType<typeof shownSpan> => {
    const span = spans.get(bucket) ?? shownSpan({ fromMs: bucket.startMs, toMs: bucket.endMs });
    spans.set(bucket, span);
    return span;
  };
  return <More extends object>({ bucket, figures }: BucketFigures, more: More) => ({
    label: bucket.label,
    ...spanOf(bucket),
    ...shownFigures(picked(figures)),
    ...more,
  });
}

/** Without the figures of few people, and without series of nothing else. */
function withoutFew(points: readonly Point[]): Point[] {
  const [withheld, before] = [of((point) => point), of(({ previous }) => previous)];
  const series = new Set(points.flatMap((point) => (isEmpty(point) || withheld.has(point) ? [] : [point.key])));
  return points
    .filter(({ key }) => key === null || series.has(key))
    .map((point) => ({
      ...point,
      figures: withheld.has(point) ? NONE : point.figures,
      previous: before.has(point) ? { ...point.previous, figures: NONE } : point.previous,
    }));

  function of(shownOf: (point: Point) => BucketFigures): ReadonlySet<Point> {
    return withheldCells(
      points,
      (point) => shownOf(point).figures.uniqueUsers ?? 0,
      ({ key, bucket }) => [JSON.stringify(key), bucket.label],
    );
  }
}

/** Series by what is shown of them, the rest last; the points of each stay in their order. */
const inOrderOf =
  (nameOf: (point: Point) => string | null) =>
  (a: Point, b: Point): number => {
    const [one, other] = [String(nameOf(a)), String(nameOf(b))];
    return Number(a.rest) - Number(b.rest) || (one === other ? 0 : one < other ? -1 : 1);
  };

const isEmpty = ({ figures: { totalRequests, uniqueUsers } }: Point): boolean => !totalRequests && !uniqueUsers;
const NONE: Figures = Object.fromEntries(FIGURES.map(({ key }) => [key, null]));

const DIVIDED = (Object.keys(DIMENSIONS) as Dimension[]).filter((name) => name !== 'user');

export const timeseriesRoute = reportRoute({
  paths: ['/:org_id/sessions/analytics/timeseries', '/api/v1/:org_id/timeseries'],
  summary: 'The figures of each hour, day, week or month, each beside its counterpart in the period before',
  tag: 'analytics',
  query: {
    interval: z
      .enum(['hour', 'day', 'week', 'month'])
      .default('day')
      .describe('Hours, days, ISO weeks from Monday or months of tz'),
    by: z
      .enum([...DIVIDED, 'user'])
      .optional()
      .describe('Divides every point, by assistant, model …'),
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(100)
      .default(SERIES)
      .describe(
        'With `by`: so many keys have a series each, those of most API-equivalent value in the period; all others are one series more, `rest`',
      ),
    ...fieldsShape,
  },
  answer: z.object({
    ...span.shape,
    tz: z.string(),
    interval: z.string(),
    by: z.string().nullable(),
    unusedSeatMicros: z
      .number()
      .describe(
        'Subscription cost of seats without events, which lie on no day; with the points it adds up to the summary',
      ),
    points: z.array(row),
  }),
  row: ({ fields }) => rowUnder(row, fields),
  answerTo: async (asked, { interval, by, limit, fields }) => {
    if (asked.anonymous && by === 'user') throw new ServerError('invalid', 'by: the organisation view names nobody');
    const { points: all, unusedSeatMicros } = await timeseries(asked, interval, by && { by, limit });
    const points = asked.anonymous ? withoutFew(all) : all;
    const { range } = periodOf(asked.range);
    const shown = pointsUnder(fields);
    const nameOf = ({ key, rest }: Point) => (by === 'user' && key !== null && !rest ? asked.sight.shown(key) : key);
    if (by === 'user' && asked.sight.pseudonymous) points.sort(inOrderOf(nameOf));
    return {
      ...shownSpan(range),
      tz: range.tz,
      interval,
      by: by ?? null,
      unusedSeatMicros: unusedSeatMicros[0],
      points: points.map((one) => shown(one, { key: nameOf(one), rest: one.rest, previous: shown(one.previous, {}) })),
    };
  },
  rowsOf: ({ points }) => points,
});

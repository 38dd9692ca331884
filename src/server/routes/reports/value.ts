import { z } from 'zod';
import { anomalies } from '../../../reports/anomalies.ts';
import { ANOMALY_METRICS } from '../../../reports/anomalies.ts';
import type { Figures } from '../../../reports/figures.ts';
import { FORECAST_METRICS, forecast } from '../../../reports/forecast.ts';
import { periodOf } from '../../../reports/period.ts';
import type { Value } from '../../../reports/value.ts';
import { VALUE_METRICS, value } from '../../../reports/value.ts';
import { described, figures, missing, shownFigures, shownSpan, shownTime, span } from './answer.ts';
import { byShownName, personShape, shownPerson } from './person.ts';
import { orWithheld, requireGroup, shownHere } from './organization-view.ts';
import { reportRoute } from './report-route.ts';

const say = described(VALUE_METRICS);
const worth = z.object({
  state: z
    .enum(['inactive', 'underused', 'used', 'new'])
    .describe('inactive: see inactiveSeats; new: held for under 14 days and not used yet'),
  costMicros: z.number().describe('In the period'),
  apiEquivalentMicros: z.number(),
  multiple: z.number().nullable(),
});
const seat = z.object({
  ...personShape,
  assistant: z.string(),
  plan: z.string(),
  monthlyMicros: z.number(),
  ...worth.shape,
  lastAt: z.string().nullable(),
  previous: worth.nullable().describe('Null: not held at the end of the period before'),
});
const ofPeriod = z.object({
  ...figures.shape,
  inactiveSeats: say.orNull('inactiveSeats'),
  recoverableMicros: say.orNull('recoverableMicros'),
  underusedSeats: say.orNull('underusedSeats'),
  decliningUsers: say.count('decliningUsers'),
});
const shownPeriod = ({ figures: its, ...counts }: Value['previous']) => ({ ...shownFigures(its), ...counts });

export const valueRoute = reportRoute({
  paths: ['/api/v1/:org_id/value'],
  summary: 'Subscriptions against their use: value, inactive and underused seats, who uses less',
  answer: z.object({
    ...span.shape,
    ...ofPeriod.shape,
    previous: orWithheld(ofPeriod),
    assistants: z.array(
      z.object({ assistant: z.string(), ...figures.shape, previous: orWithheld(figures).nullable() }),
    ),
    seats: z.array(seat).describe('Empty in the organisation view'),
    declining: z.array(z.object({ ...personShape, activeDays: z.number(), activeDaysBefore: z.number() })),
    missing,
  }),
  row: seat,
  answerTo: async (asked) => {
    const [{ previous, assistants, seats, declining, missing: lacking, ...now }, isShown] = await Promise.all([
      value(asked),
      shownHere(asked, 'assistant'),
    ]);
    const mayShow = (assistant: string, its: Figures, period: 'now' | 'before'): boolean =>
      its.uniqueUsers === 0 || isShown(assistant, period);
    return {
      ...shownSpan(periodOf(asked.range).range),
      ...shownPeriod(now),
      previous: shownPeriod(previous),
      assistants: assistants
        .filter(({ assistant, figures: its }) => mayShow(assistant, its, 'now'))
        .map(({ assistant, figures: its, previous: before }) => ({
          ...{ assistant, ...shownFigures(its) },
          previous: before && mayShow(assistant, before, 'before') ? shownFigures(before) : null,
        })),
      seats: asked.anonymous
        ? []
        : byShownName(
            seats.map(({ person, lastMs, ...one }) => ({
              ...shownPerson(person, asked),
              ...one,
              lastAt: shownTime(lastMs),
            })),
            asked,
            (a, b) => b.monthlyMicros - a.monthlyMicros,
          ),
      declining: asked.anonymous
        ? []
        : byShownName(
            declining.map(({ person, ...one }) => ({ ...shownPerson(person, asked), ...one })),
            asked,
            (a, b) => b.activeDaysBefore - b.activeDays - (a.activeDaysBefore - a.activeDays),
          ),
      missing: lacking,
    };
  },
  rowsOf: ({ seats }) => seats,
});

const budget = described(FORECAST_METRICS);
const day = z.object({ date: z.string(), meteredMicros: z.number(), isForecast: z.boolean() });

export const forecastRoute = reportRoute({
  paths: ['/api/v1/:org_id/forecast'],
  summary:
    'What the present calendar month will have cost, against its budget; the period of the filter does not matter',
  // Of its own month.
  basis: null,
  answer: z.object({
    ...span.shape,
    month: z.string(),
    seatMicros: z.number(),
    meteredToDateMicros: z.number(),
    remainingMicros: z.number(),
    forecastMicros: budget.count('forecastMicros'),
    lowMicros: budget.count('forecastRange'),
    highMicros: budget.count('forecastRange'),
    budgetMicros: budget.orNull('budgetMicros'),
    overBudgetMicros: z.number().nullable(),
    days: z.array(day).describe('Empty in the organisation view: on most days few people use what is metered'),
    missing,
  }),
  row: day,
  answerTo: async (asked) => {
    const { fromMs, toMs, ...found } = await forecast(asked);
    if (asked.anonymous) await requireGroup({ ...asked, range: { ...asked.range, fromMs, toMs } }, 'usage');
    return { ...shownSpan({ fromMs, toMs }), ...found, days: asked.anonymous ? [] : found.days };
  },
  rowsOf: ({ days }) => days,
});

const anomaly = z.object({
  kind: z.enum(['person', 'team']),
  who: z.string(),
  date: z.string(),
  apiEquivalentMicros: z.number(),
  medianMicros: z.number(),
  model: z.string().nullable(),
  modelMicros: z.number(),
});

export const anomaliesRoute = reportRoute({
  paths: ['/api/v1/:org_id/anomalies'],
  summary: `Days out of the ordinary. ${ANOMALY_METRICS[0]?.definition ?? ''}`,
  answer: z.object({ ...span.shape, rows: z.array(anomaly) }),
  row: anomaly,
  answerTo: async (asked) => {
    const [found, isShown] = await Promise.all([anomalies(asked), shownHere(asked, 'team')]);
    const seen = asked.anonymous ? found.filter(({ kind, who }) => kind === 'team' && isShown(who)) : found;
    return {
      ...shownSpan(periodOf(asked.range).range),
      rows: seen.map((one) => (one.kind === 'person' ? { ...one, who: asked.sight.shown(one.who) } : one)),
    };
  },
  rowsOf: ({ rows }) => rows,
});

import { z } from 'zod';
import { anomalies } from '../../../reports/anomalies.ts';
import { ANOMALY_METRICS } from '../../../reports/anomalies.ts';
import { FORECAST_METRICS, forecast } from '../../../reports/forecast.ts';
import { periodOf } from '../../../reports/period.ts';
import { VALUE_METRICS, value } from '../../../reports/value.ts';
import { described, figures, missing, shownFigures, shownSpan, shownTime, span } from './answer.ts';
import { byShownName, personShape, shownPerson } from './person.ts';
import { orWithheld, requireGroup, shownHere } from './organization-view.ts';
import { reportRoute } from './report-route.ts';

const say = described(VALUE_METRICS);
const seat = z.object({
  ...personShape,
  assistant: z.string(),
  plan: z.string(),
  state: z
    .enum(['inactive', 'underused', 'used', 'new'])
    .describe('inactive: see inactiveSeats; new: held for under 14 days and not used yet'),
  monthlyMicros: z.number(),
  costMicros: z.number().describe('In the period'),
  apiEquivalentMicros: z.number(),
  multiple: z.number().nullable(),
  lastAt: z.string().nullable(),
});

export const valueRoute = reportRoute({
  paths: ['/api/v1/:org_id/value'],
  summary: 'Subscriptions against their use: value, inactive and underused seats, who uses less',
  answer: z.object({
    ...span.shape,
    ...figures.shape,
    previous: orWithheld(figures),
    inactiveSeats: say.orNull('inactiveSeats'),
    recoverableMicros: say.orNull('recoverableMicros'),
    underusedSeats: say.orNull('underusedSeats'),
    decliningUsers: say.count('decliningUsers'),
    assistants: z.array(z.object({ assistant: z.string(), ...figures.shape })),
    seats: z.array(seat).describe('Empty in the organisation view'),
    declining: z.array(z.object({ ...personShape, activeDays: z.number(), activeDaysBefore: z.number() })),
    missing,
  }),
  row: seat,
  answerTo: async (asked) => {
    const [found, isShown] = await Promise.all([value(asked), shownHere(asked, 'assistant')]);
    return {
      ...shownSpan(periodOf(asked.range).range),
      ...shownFigures(found.figures),
      previous: shownFigures(found.previous),
      inactiveSeats: found.inactiveSeats,
      recoverableMicros: found.recoverableMicros,
      underusedSeats: found.underusedSeats,
      decliningUsers: found.declining.length,
      assistants: found.assistants
        .filter(({ assistant, figures: its }) => its.uniqueUsers === 0 || isShown(assistant))
        .map(({ assistant, figures: its }) => ({ assistant, ...shownFigures(its) })),
      seats: asked.anonymous
        ? []
        : byShownName(
            found.seats.map(({ person, lastMs, ...one }) => ({
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
            found.declining.map(({ person, ...one }) => ({ ...shownPerson(person, asked), ...one })),
            asked,
            (a, b) => b.activeDaysBefore - b.activeDays - (a.activeDaysBefore - a.activeDays),
          ),
      missing: found.missing,
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

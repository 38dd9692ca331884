import { z } from 'zod';
import { ADOPTION_METRICS, adoption } from '../../../reports/adoption.ts';
import { RETENTION_METRICS, retention } from '../../../reports/retention.ts';
import { SMALLEST_GROUP } from '../../../reports/visibility.ts';
import { periodOf } from '../../../reports/period.ts';
import { dateOf } from '../../../usage/days.ts';
import { described, missing, shownSpan, shownTime, span } from './answer.ts';
import { byShownName } from './person.ts';
import { orWithheld, shownHere } from './organization-view.ts';
import { reportRoute } from './report-route.ts';

const say = described(ADOPTION_METRICS);
const licensed = {
  activeUsers: say.count('activeUsers'),
  licensedUsers: say.orNull('licensedUsers'),
  activeLicensedUsers: say.orNull('activeLicensedUsers'),
  adoptionRate: say.orNull('adoptionRate'),
};
const figures = z.object({
  ...licensed,
  newUsers: say.count('newUsers'),
  churnedUsers: say.orNull('churnedUsers'),
  dailyActiveUsers: say.orNull('dailyActiveUsers'),
  weeklyActiveUsers: say.count('weeklyActiveUsers'),
  monthlyActiveUsers: say.count('monthlyActiveUsers'),
  stickiness: say.orNull('stickiness'),
  usersOfSeveral: say.count('usersOfSeveral'),
});
const activeUsers = z.object({
  dailyActiveUsers: z.number(),
  weeklyActiveUsers: z.number(),
  monthlyActiveUsers: z.number(),
});
const day = z.object({
  label: z.string(),
  from: z.string().nullable(),
  ...activeUsers.shape,
  previous: orWithheld(activeUsers).describe('Of the day at the same place of the period before'),
});
const ofAssistant = z.object(licensed);

export const adoptionRoute = reportRoute({
  paths: ['/api/v1/:org_id/adoption'],
  summary: 'Who uses the assistants, of those who could: adoption, new and returning people, day by day',
  answer: z.object({
    ...span.shape,
    ...figures.shape,
    previous: orWithheld(figures),
    assistants: z.array(z.object({ assistant: z.string(), ...licensed, previous: orWithheld(ofAssistant).nullable() })),
    days: z.array(day),
    missing,
  }),
  row: day,
  answerTo: async (asked) => {
    const [{ figures: now, days, assistants, ...rest }, isShown] = await Promise.all([
      adoption(asked),
      shownHere(asked, 'assistant'),
    ]);
    return {
      ...shownSpan(periodOf(asked.range).range),
      ...now,
      ...rest,
      assistants: assistants
        .filter(({ assistant, ...its }) => its.activeUsers === 0 || isShown(assistant))
        .map((one) => {
          const wasShown = one.previous.activeUsers === 0 || isShown(one.assistant, 'before');
          return { ...one, previous: wasShown ? one.previous : null };
        }),
      days: days.map(({ startMs, ...one }) => ({ ...one, from: shownTime(startMs) })),
    };
  },
  rowsOf: ({ days }) => days,
});

const cohort = z.object({
  label: z.string().describe('ISO week of the first use'),
  people: z.number(),
  weeks: z.array(
    z.object({
      label: z.string(),
      active: z.number(),
      share: z
        .number()
        .nullable()
        .describe(RETENTION_METRICS[0]?.definition ?? ''),
    }),
  ),
});
const cell = z.object({
  cohort: z.string(),
  people: z.number(),
  week: z.string(),
  active: z.number(),
  share: z.number().nullable(),
});

export const retentionRoute = reportRoute({
  paths: ['/api/v1/:org_id/retention'],
  summary: 'By week of first use: who came back in each later week; and who is gone',
  answer: z.object({
    ...span.shape,
    cohorts: z.array(cohort),
    churnedUsers: z.number(),
    churned: z.array(z.object({ user: z.string(), lastDay: z.string() })),
  }),
  row: cell,
  answerTo: async (asked) => {
    const { cohorts: all, churned } = await retention(asked);
    const cohorts = asked.anonymous ? all.filter(({ people }) => people >= SMALLEST_GROUP) : all;
    return {
      ...shownSpan(periodOf(asked.range).range),
      cohorts,
      churnedUsers: churned.length,
      churned: asked.anonymous
        ? []
        : byShownName(
            churned.map(({ person, lastDay }) => ({ user: asked.sight.shown(person), lastDay: dateOf(lastDay) })),
            asked,
            (a, b) => (a.lastDay === b.lastDay ? 0 : a.lastDay > b.lastDay ? -1 : 1),
          ),
    };
  },
  rowsOf: ({ cohorts }) =>
    cohorts.flatMap(({ label, people, weeks }) =>
      weeks.map((week) => ({ cohort: label, people, week: week.label, active: week.active, share: week.share })),
    ),
});

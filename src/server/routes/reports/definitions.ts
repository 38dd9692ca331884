import { z } from 'zod';
import { METRICS } from '../../../reports/definitions.ts';
import { MOST_CHOICES, filterValues } from '../../../reports/filter-values.ts';
import { reportRoute } from './report-route.ts';

const metric = z.object({
  key: z.string(),
  title: z.string(),
  definition: z.string(),
  unit: z.string(),
  denominator: z.string().nullable(),
  whenEmpty: z.number().nullable().describe('What stands where there is nothing to count or to divide by'),
  report: z.string().describe('The report that answers it'),
});

export const definitionsRoute = reportRoute({
  paths: ['/api/v1/:org_id/definitions'],
  summary: 'What every figure means',
  basis: null,
  answer: z.object({ metrics: z.array(metric) }),
  row: metric,
  answerTo: () =>
    Promise.resolve({
      metrics: Object.entries(METRICS).flatMap(([report, metrics]) =>
        metrics.map(({ key, title, definition, unit, denominator, whenEmpty }) => ({
          ...{ key, title, definition, unit, denominator, whenEmpty, report },
        })),
      ),
    }),
  rowsOf: ({ metrics }) => metrics,
});

const values = z.array(z.string());
const choice = z.object({ dimension: z.string(), value: z.string() });

export const filtersRoute = reportRoute({
  paths: ['/api/v1/:org_id/filters'],
  summary: 'What there is to choose from in the period, for the filters',
  answer: z.object({
    ...{ assistant: values, organization: values, model: values, project: values, repository: values },
    ...{ agent: values, user: values, team: values, department: values },
    names: z.record(z.string(), z.string()).describe('What people are called, by user'),
    cut: z.array(z.string()).describe(`Kinds that have more: of each the first ${MOST_CHOICES} are listed`),
  }),
  row: choice,
  // Of no filter: what it lists is what of at least five people there is.
  basis: null,
  answerTo: async (asked) => {
    const found = await filterValues(asked, { anonymous: asked.anonymous });
    const { user } = found;
    const { people } = asked.context.roster;
    const names = user.flatMap((person) => {
      const name = people.get(person)?.name ?? null;
      return name === null || asked.sight.pseudonymous ? [] : [[asked.sight.shown(person), name] as const];
    });
    return {
      ...(found as { [Name in keyof typeof found]: string[] }),
      // In the order of addresses pseudonyms would tell whose they are.
      user: asked.sight.pseudonymous ? user.map(asked.sight.shown).sort() : user.map(asked.sight.shown),
      names: Object.fromEntries(names),
      // One that has just so many is taken for one that has more.
      cut: Object.entries(found).flatMap(([kind, list]) => (list.length < MOST_CHOICES ? [] : [kind])),
    };
  },
  rowsOf: ({ names: _, cut: __, ...lists }) =>
    Object.entries(lists).flatMap(([dimension, all]) => all.map((value) => ({ dimension, value }))),
});

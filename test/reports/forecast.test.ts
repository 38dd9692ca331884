import { expect, it } from 'vitest';
import type { Filter } from '../../src/reports/filter.ts';
import { forecast } from '../../src/reports/forecast.ts';
import { days, reportWorld } from '../support/report-world.ts';

const world = reportWorld();
const NOVEMBER = days('2026-11-01', '2026-12-01');
const budgets = [
  { team: null, monthlyMicros: 900 },
  { team: 'Payments', monthlyMicros: 300 },
];

it.each<[string, Partial<Filter>, number | null]>([
  ['of the organisation', {}, 900],
  ['of the organisation, for whoever may see all', { visibility: { kind: 'everybody' } }, 900],
  ['of a team', { teams: ['Payments'] }, 300],
  ['of the one team that a manager has', { visibility: { kind: 'teams', teams: ['Payments'] } }, 300],
  [
    'of one of the teams that a manager has',
    { teams: ['Payments'], visibility: { kind: 'teams', teams: ['Payments', 'Search'] } },
    300,
  ],
  ['of a team without a budget', { teams: ['Search'] }, null],
  [
    'of a team that the caller does not see',
    { teams: ['Payments'], visibility: { kind: 'teams', teams: ['Search'] } },
    null,
  ],
  ['of several teams', { teams: ['Payments', 'Search'] }, null],
  ['of all teams that a manager has', { visibility: { kind: 'teams', teams: ['Payments', 'Search'] } }, null],
  ['of a person', { people: ['email:ada@acme.com'] }, null],
  ['of what a member sees', { visibility: { kind: 'people', people: ['email:ada@acme.com'] } }, null],
  ['of a department', { departments: ['Engineering'] }, null],
  ['of an assistant', { assistants: ['cursor'] }, null],
  ['of a model', { models: ['opus'] }, null],
  ['of a part of a team', { teams: ['Payments'], projects: ['web'] }, null],
])('a forecast %s is held against the budget of just that', async (_, filter, expected) => {
  const { budgetMicros, forecastMicros, overBudgetMicros } = await forecast(
    world.ask({ org: 'nothing', ...filter }, NOVEMBER, { budgets }),
  );
  expect(budgetMicros).toBe(expected);
  expect(overBudgetMicros).toBe(expected === null ? null : forecastMicros - expected);
});

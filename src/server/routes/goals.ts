import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Goals } from '../services/goals.ts';
import { asking, forAdmins as config, orgParams, version } from './people-schemas.ts';

const targets = z.object({
  adoptionRate: z.number().min(0).max(1).nullable().describe('Share of licensed people who should use their seat'),
});
const budget = z.object({
  team: z.string().trim().min(1).max(200).nullable().describe('Null: the organisation'),
  monthlyMicros: z.int().nonnegative().max(1e15).describe('Micro-dollars of a calendar month'),
});
const budgets = z.object({ budgets: z.array(budget).max(1000) });
const versioned = { version: z.int() };
const tags = ['goals'];

/** Targets and budgets. */
export const goalRoutes: FastifyPluginAsyncZod<{ goals: Goals }> = async (app, { goals }) => {
  const shownTargets = (org: string) => {
    const { value, version: seen } = goals.of(org);
    return { adoptionRate: value.adoptionRate, version: seen };
  };
  const shownBudgets = (org: string) => {
    const { value, version: seen } = goals.of(org);
    return { budgets: value.budgets.map((one) => ({ ...one })), version: seen };
  };

  app.get(
    '/api/v1/:org_id/targets',
    { config, schema: { tags, summary: 'Targets', params: orgParams, response: { 200: targets.extend(versioned) } } },
    async (request) => shownTargets(request.params.org_id),
  );
  app.put(
    '/api/v1/:org_id/targets',
    {
      config,
      schema: {
        tags,
        summary: 'Set targets',
        params: orgParams,
        body: z.strictObject({ ...targets.shape, version }),
        response: { 200: targets.extend(versioned) },
      },
    },
    async (request) => {
      const { adoptionRate, version: seen } = request.body;
      await goals.put(asking(request, seen), { adoptionRate });
      return shownTargets(request.params.org_id);
    },
  );
  app.get(
    '/api/v1/:org_id/budgets',
    { config, schema: { tags, summary: 'Budgets', params: orgParams, response: { 200: budgets.extend(versioned) } } },
    async (request) => shownBudgets(request.params.org_id),
  );
  app.put(
    '/api/v1/:org_id/budgets',
    {
      config,
      schema: {
        tags,
        summary: 'Set all budgets, in the place of those that were',
        params: orgParams,
        body: z.strictObject({ ...budgets.shape, version }),
        response: { 200: budgets.extend(versioned) },
      },
    },
    async (request) => {
      const { budgets: wanted, version: seen } = request.body;
      await goals.put(asking(request, seen), { budgets: wanted });
      return shownBudgets(request.params.org_id);
    },
  );
};

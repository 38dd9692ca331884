import { Cron } from 'croner';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

import { RULES } from '../services/alerts/alert.ts';
import type { Alerts } from '../services/alerts/alerts.ts';
import { asking, forAdmins as config, iso, orgParams, version } from './people-schemas.ts';

const alertSchema = z.object({
  rule: z.enum(RULES),
  title: z.string(),
  text: z.string(),
  raisedAt: z.string(),
  delivery: z.enum(['none', 'waiting', 'sent', 'failed']).describe('To the webhook; none: there was none'),
  problem: z.string().nullable(),
});
const settingsSchema = z.object({
  hasWebhook: z.boolean().describe('Its address is a secret and never shown'),
  rules: z.array(z.enum(RULES)),
  newcomerDays: z.int(),
  staleSyncHours: z.int(),
  version: z.int(),
});
const tags = ['alerts'];
/** After the syncs of the morning. */
const DAILY = '0 7 * * *';
/** For a webhook that was away. */
const AGAIN = '30 * * * *';

/** Alerts: what was found, by which rules, and where it is sent. */
export const alertRoutes: FastifyPluginAsyncZod<{ alerts: Alerts }> = async (app, { alerts }) => {
  let jobs: Cron[] = [];
  app.addHook('onReady', async () => {
    const options = { timezone: 'UTC', unref: true, protect: true };
    jobs = [new Cron(DAILY, options, () => alerts.evaluateAll()), new Cron(AGAIN, options, () => alerts.deliverAll())];
  });
  app.addHook('onClose', async () => {
    for (const job of jobs) job.stop();
  });

  const shownSettings = (org: string): z.infer<typeof settingsSchema> => {
    const { value, version: seen } = alerts.settings(org);
    const { secret, rules, newcomerDays, staleSyncHours } = value;
    return { hasWebhook: secret !== null, rules: [...rules], newcomerDays, staleSyncHours, version: seen };
  };

  app.get(
    '/api/v1/:org_id/alerts',
    {
      config,
      schema: {
        tags,
        summary: 'What was found, the latest first, and the rules',
        params: orgParams,
        response: { 200: z.object({ alerts: z.array(alertSchema), settings: settingsSchema }) },
      },
    },
    async (request) => {
      const org = request.params.org_id;
      const found = alerts.list(org).map(({ rule, title, text, raisedMs, delivery, problem }) => ({
        ...{ rule, title, text, delivery, problem },
        raisedAt: iso(raisedMs),
      }));
      return { alerts: found, settings: shownSettings(org) };
    },
  );

  app.put(
    '/api/v1/:org_id/alerts/settings',
    {
      config,
      schema: {
        tags,
        summary: 'Change the rules or the webhook; what is left out stays as it is',
        params: orgParams,
        body: z.strictObject({
          webhook: z.string().trim().max(2000).nullable().optional().describe('Slack-compatible; null forgets it'),
          rules: z.array(z.enum(RULES)).optional(),
          newcomerDays: z.int().min(1).max(30).optional(),
          staleSyncHours: z.int().min(1).max(720).optional(),
          version,
        }),
        response: { 200: settingsSchema },
      },
    },
    async (request) => {
      const { webhook, rules, newcomerDays, staleSyncHours, version: seen } = request.body;
      await alerts.put(asking(request, seen), {
        ...(webhook === undefined ? {} : { secret: webhook }),
        ...(rules === undefined ? {} : { rules }),
        ...(newcomerDays === undefined ? {} : { newcomerDays }),
        ...(staleSyncHours === undefined ? {} : { staleSyncHours }),
      });
      return shownSettings(request.params.org_id);
    },
  );

  app.post(
    '/api/v1/:org_id/alerts/test',
    {
      config,
      schema: {
        tags,
        summary: 'Send a test message to the webhook',
        params: orgParams,
        response: { 200: z.object({ delivered: z.boolean(), problem: z.string().nullable() }) },
      },
    },
    async (request) => {
      const problem = await alerts.test(request.params.org_id);
      return { delivered: problem === null, problem };
    },
  );

  app.post(
    '/api/v1/:org_id/alerts/evaluate',
    {
      config,
      schema: {
        tags,
        summary: 'Look now instead of tomorrow morning',
        params: orgParams,
        response: { 200: z.object({ raised: z.int() }) },
      },
    },
    async (request) => {
      return { raised: await alerts.evaluate(request.params.org_id) };
    },
  );
};

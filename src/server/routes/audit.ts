import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { People } from '../people.ts';
import { auditTrail, auditedKinds } from '../services/audit.ts';
import { forAdmins as config, iso, orgParams } from './people-schemas.ts';

const said = z.record(z.string(), z.unknown());
const entrySchema = z.object({
  at: z.string(),
  by: z.string().describe('A key’s id, `server`, `password`, or `oidc:ada@acme.com`'),
  byEmail: z.string().nullable(),
  kind: z.string(),
  entity: z.string(),
  version: z.int(),
  action: z.enum(['created', 'changed', 'revoked']),
  before: said.nullable(),
  after: said,
});

/** Who changed what, when. Nothing of it can be changed or removed. */
export const auditRoutes: FastifyPluginAsyncZod<{ people: People }> = async (app, { people }) => {
  app.get(
    '/api/v1/:org_id/audit',
    {
      config,
      schema: {
        tags: ['audit'],
        summary: 'Every change of keys, people, seats and settings, the latest first',
        params: orgParams,
        querystring: z.strictObject({
          limit: z.coerce.number().int().min(1).max(1000).default(100),
          cursor: z.string().max(1000).optional().describe('`nextCursor` of the page before'),
          kind: z.string().max(100).optional().describe('One of `kinds`'),
        }),
        response: {
          200: z.object({
            entries: z.array(entrySchema),
            nextCursor: z.string().nullable(),
            kinds: z.array(z.string()),
          }),
        },
      },
    },
    async (request) => {
      const org = request.params.org_id;
      const { entries, nextCursor } = auditTrail(people, org, request.query);
      const shown = entries.map(({ atMs, before, after, ...entry }) => ({
        ...entry,
        at: iso(atMs),
        before: before && { ...before },
        after: { ...after },
      }));
      return { entries: shown, nextCursor, kinds: auditedKinds(people.log, org) };
    },
  );
};

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf } from '../access.ts';
import type { KeyRecord, Keys } from '../services/keys.ts';
import { SCOPES } from '../services/keys.ts';

const keySchema = z.object({
  id: z.string(),
  org: z.string(),
  scope: z.enum(SCOPES),
  email: z.string().nullable(),
  createdAt: z.string(),
  createdBy: z.string(),
  revokedAt: z.string().nullable(),
});

const shown = (record: KeyRecord): z.infer<typeof keySchema> => ({
  id: record.id,
  org: record.org,
  scope: record.scope,
  email: record.email,
  createdAt: new Date(record.createdAtMs).toISOString(),
  createdBy: record.createdBy,
  revokedAt: record.revokedAtMs === null ? null : new Date(record.revokedAtMs).toISOString(),
});

const org = z.object({ org_id: z.string() });
const newKey = z.strictObject({
  scope: z.enum(SCOPES),
  email: z.email().optional().describe('Whose key it is; a member key answers about this person'),
});

/** API keys of an organisation. The operator's key may name one that does not exist yet, which makes it. */
export const keyRoutes: FastifyPluginAsyncZod<{ keys: Keys }> = async (app, { keys }) => {
  const config = { access: { kind: 'organization', atLeast: 'admin' } } as const;
  const tags = ['keys'];

  app.post(
    '/api/v1/:org_id/keys',
    {
      config,
      schema: {
        tags,
        summary: 'Create a key; the answer is the only place where it is ever shown',
        params: org,
        body: newKey,
        response: { 201: keySchema.extend({ key: z.string() }) },
      },
    },
    async (request, reply) => {
      const wanted = { org: request.params.org_id, scope: request.body.scope, email: request.body.email ?? null };
      const { key, record } = await keys.create(wanted, callerOf(request).keyId);
      return reply.code(201).send({ ...shown(record), key });
    },
  );

  app.get(
    '/api/v1/:org_id/keys',
    {
      config,
      schema: {
        tags,
        summary: 'All keys, revoked ones too',
        params: org,
        response: { 200: z.object({ keys: z.array(keySchema) }) },
      },
    },
    async (request) => ({ keys: keys.list(request.params.org_id).map(shown) }),
  );

  app.delete(
    '/api/v1/:org_id/keys/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Revoke a key for ever',
        params: org.extend({ id: z.string() }),
        response: { 200: keySchema },
      },
    },
    async (request) => shown(await keys.revoke(request.params.org_id, request.params.id, callerOf(request).keyId)),
  );
};

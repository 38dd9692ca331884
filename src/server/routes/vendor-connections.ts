import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { Failure } from '../../errors.ts';
import { callerOf } from '../access.ts';
import { ServerError } from '../errors.ts';
import type { Connection } from '../services/vendor-connections.ts';
import type { SyncRun } from '../sync/sync-run.ts';
import { VENDORS } from '../sync/sync-run.ts';
import type { VendorData } from '../vendor-data.ts';

const settings = z.strictObject({
  organizations: z
    .array(z.string().regex(/^[\w.-]{1,100}$/))
    .max(100)
    .optional()
    .describe('GitHub: whose pull requests'),
  tier: z.string().max(100).optional().describe("Cursor: the team's plan"),
});

const connectionSchema = z.object({
  vendor: z.enum(VENDORS),
  keyFrom: z.enum(['stored', 'environment']).nullable().describe('Null: no key is known'),
  keyHint: z.string().nullable().describe('Enough of the key to tell it from another'),
  hasWebhookSecret: z.boolean(),
  settings,
  lastSync: z
    .object({ id: z.string(), state: z.string(), startedAt: z.string(), error: z.string().nullable() })
    .nullable(),
  nextSyncAt: z.string().nullable(),
});

const secret = z.string().max(1000).nullable().optional();

/** Vendors that usage is read from. Their keys go in, and never out again. */
export const vendorConnectionRoutes: FastifyPluginAsyncZod<{ vendors: VendorData }> = async (app, { vendors }) => {
  const { connections, syncs } = vendors;
  const config = { access: { kind: 'organization', atLeast: 'admin' } } as const;
  const tags = ['connections'];
  const org = z.object({ org_id: z.string() });
  const one = org.extend({ vendor: z.enum(VENDORS) });
  const shownFor = (name: string, connection: Connection) =>
    shown(connection, syncs.runs(name, [connection.vendor])[0]);

  app.get(
    '/api/v1/:org_id/connections',
    {
      config,
      schema: {
        tags,
        summary: 'Every vendor, connected or not',
        params: org,
        response: { 200: z.object({ connections: z.array(connectionSchema) }) },
      },
    },
    async ({ params: { org_id: name } }) => ({
      connections: connections.list(name).map((connection) => shownFor(name, connection)),
    }),
  );

  app.put(
    '/api/v1/:org_id/connections/:vendor',
    {
      config,
      schema: {
        tags,
        summary: "Set a vendor's key or settings; what is left out stays as it is, null forgets",
        params: one,
        body: z.strictObject({ apiKey: secret, webhookSecret: secret, settings: settings.optional() }),
        response: { 200: connectionSchema },
      },
    },
    async (request) => {
      const { org_id: name, vendor } = request.params;
      return shownFor(name, await connections.put(name, vendor, request.body, callerOf(request).keyId));
    },
  );

  app.post(
    '/api/v1/:org_id/connections/:vendor/test',
    {
      config,
      schema: {
        tags,
        summary: 'Ask a vendor for a little of each thing that a sync reads; nothing is stored',
        params: one,
        body: z
          .strictObject({ apiKey: z.string().max(1000).optional(), settings: settings.optional() })
          .nullish()
          .describe('What to ask with in the place of what the connection has: a key before it is stored'),
        response: {
          200: z.object({
            vendor: z.enum(VENDORS),
            accepted: z.boolean().describe('Everything may be read'),
            checks: z.array(
              z.object({
                what: z.string(),
                state: z.enum(['granted', 'refused', 'unavailable']).describe('unavailable: ask again later'),
                said: z.string().nullable(),
                hint: z.string().nullable(),
              }),
            ),
          }),
        },
      },
    },
    async ({ params: { org_id: name, vendor }, body }) => {
      const checks = await vendors.check(name, vendor, body ?? {}).catch(asInvalid);
      if (checks === null) throw new ServerError('notFound', `no key of ${vendor} is known for ${name}`);
      return { vendor, accepted: checks.every(({ state }) => state === 'granted'), checks };
    },
  );

  app.delete(
    '/api/v1/:org_id/connections/:vendor',
    {
      config,
      schema: { tags, summary: "Forget a vendor's key", params: one, response: { 200: connectionSchema } },
    },
    async (request) => {
      const { org_id: name, vendor } = request.params;
      const change = { apiKey: null, webhookSecret: null, settings: {} };
      return shownFor(name, await connections.put(name, vendor, change, callerOf(request).keyId));
    },
  );
};

/** What keeps a vendor from being asked at all, an admin can change. */
function asInvalid(error: unknown): never {
  if (!(error instanceof Failure)) throw error;
  throw new ServerError('invalid', [error.message, error.hint].filter(Boolean).join('. '), { cause: error });
}

function shown(connection: Connection, last: SyncRun | undefined): z.infer<typeof connectionSchema> {
  const { organizations, tier } = connection.settings;
  const { nextMs = null } = last ?? {};
  return {
    ...connection,
    settings: { ...(organizations && { organizations: [...organizations] }), ...(tier !== undefined && { tier }) },
    lastSync: last
      ? { id: last.id, state: last.state, startedAt: new Date(last.startedMs).toISOString(), error: last.error }
      : null,
    nextSyncAt: nextMs === null ? null : new Date(nextMs).toISOString(),
  };
}

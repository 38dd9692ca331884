import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf } from '../access.ts';
import { SCOPES } from '../services/keys.ts';

/** What a key is good for: setup and status ask this before they trust one. */
export const resolveKeyRoute: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/v2/sdk/resolve-key',
    {
      config: { access: { kind: 'key', scopes: SCOPES } },
      schema: {
        tags: ['keys'],
        summary: "The calling key's organisation and scope",
        response: {
          200: z.object({ id: z.string(), org: z.string(), scope: z.enum(SCOPES), email: z.string().nullable() }),
        },
      },
    },
    async (request) => {
      const { keyId, org, scope, email } = callerOf(request);
      return { id: keyId, org, scope, email };
    },
  );
};

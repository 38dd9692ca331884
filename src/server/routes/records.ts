import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Store } from '../../store/store.ts';
import type { EventState } from '../../usage/event.ts';
import { SOURCES, sourcesOf } from '../../usage/event.ts';
import { callerOf } from '../access.ts';
import { SCOPES } from '../services/keys.ts';

const tokens = z.int().nonnegative();
const recordSchema = z.object({
  id: z.string(),
  at: z.string().describe('When the call completed, ISO 8601 UTC'),
  sources: z.array(z.enum(SOURCES)),
  status: z.string(),
  partial: z.boolean(),
  counted: z.boolean().describe('False: it is part of a call that counts under another id, or in no report at all'),
  inputTokens: tokens,
  outputTokens: tokens,
  cacheReadTokens: tokens,
  cacheWrite5mTokens: tokens,
  cacheWrite1hTokens: tokens,
});

const shown = (event: EventState): z.infer<typeof recordSchema> => ({
  id: event.id,
  at: new Date(event.atMs).toISOString(),
  sources: sourcesOf(event.sources),
  status: event.status,
  partial: event.partial,
  counted: event.counted,
  inputTokens: event.inputTokens,
  outputTokens: event.outputTokens,
  cacheReadTokens: event.cacheReadTokens,
  cacheWrite5mTokens: event.cacheWrite5mTokens,
  cacheWrite1hTokens: event.cacheWrite1hTokens,
});

/**
 * Whether records have arrived. Answers only about ids that the caller names, and an id is a hash of what only the
 * sender of a record knows; so that an ingest key, which lies in dotfiles, may ask.
 */
export const recordRoutes: FastifyPluginAsyncZod<{ store: Store }> = async (app, { store }) => {
  app.post(
    '/meter/v2/records/lookup',
    {
      config: { access: { kind: 'key', scopes: SCOPES } },
      schema: {
        tags: ['records'],
        summary: 'Which of these records are stored',
        body: z.strictObject({ ids: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(1000) }),
        response: { 200: z.object({ records: z.array(recordSchema) }) },
      },
    },
    async (request) => ({ records: (await store.find(callerOf(request).org, request.body.ids)).map(shown) }),
  );
};

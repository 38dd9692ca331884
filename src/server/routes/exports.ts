import { Readable } from 'node:stream';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Store } from '../../store/store.ts';
import { parseDate } from '../../usage/days.ts';
import { ServerError } from '../errors.ts';
import { exportEvents } from '../imports/export-events.ts';

/** Every event: what `import` reads back. Reports have a CSV of their own, for people. */
export const exportRoutes: FastifyPluginAsyncZod<{ store: Store }> = async (app, { store }) => {
  app.get(
    '/api/v1/:org_id/exports/events',
    {
      config: { access: { kind: 'organization', atLeast: 'admin' } },
      schema: {
        tags: ['imports'],
        summary: 'The stored events as CSV, in the form that an import reads back',
        params: z.object({ org_id: z.string() }),
        querystring: z.strictObject({
          from: z.iso.date().optional().describe('First day, UTC; default the beginning'),
          to: z.iso.date().optional().describe('First day not exported; default the end'),
        }),
      },
    },
    async (request, reply) => {
      const { from, to } = request.query;
      const span = {
        org: request.params.org_id,
        fromDay: parseDate(from ?? '0001-01-01') ?? 0,
        toDay: parseDate(to ?? '9999-12-31') ?? 0,
      };
      if (span.toDay <= span.fromDay) throw new ServerError('invalid', 'to: it must be later than from');
      const name = `revenium-events-${from ?? 'all'}${to === undefined ? '' : `-${to}`}.csv`;
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${name}"`)
        .send(Readable.from(exportEvents(span, store)));
    },
  );
};

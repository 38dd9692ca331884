import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Store } from '../../store/store.ts';
import { StoreUnavailable } from '../../store/store.ts';
import { ServerError } from '../errors.ts';

/** Everything of every organisation, as one file: for the operator alone. */
export const backupRoute: FastifyPluginAsyncZod<{ store: Store }> = async (app, { store }) => {
  app.get(
    '/api/v1/backup',
    {
      config: { access: { kind: 'operator' } },
      schema: {
        tags: ['operation'],
        summary: 'The whole database as one file, as it is at one moment; `revenium-server restore` reads it back',
      },
    },
    async (_request, reply) => {
      if (!store.backup)
        throw new ServerError('invalid', 'the database of this server is not its own: back it up with its own tools');
      const { bytes, content } = await store.backup().catch((cause: unknown) => {
        // The operator can do something about it.
        throw cause instanceof StoreUnavailable ? new ServerError('unavailable', cause.message, { cause }) : cause;
      });
      return reply
        .type('application/octet-stream')
        .header('content-length', bytes)
        .header('content-disposition', 'attachment; filename="revenium.backup"')
        .send(content);
    },
  );
};

import cookie from '@fastify/cookie';
import type { FastifyInstance } from 'fastify';
import type { Query } from '../../reports/sql.ts';
import { ServerError } from '../errors.ts';
import type { People } from '../people.ts';
import { CsvTableError } from '../roster/csv-table.ts';
import { csvText } from '../roster/csv-text.ts';
import { auditRoutes } from './audit.ts';
import { invitationRoutes } from './invitations.ts';
import { mappingRoutes } from './mappings.ts';
import { memberRoutes } from './members.ts';
import { oidcRoutes } from './oidc.ts';
import { seatRoutes } from './seats.ts';
import { sessionRoutes } from './session.ts';
import { teamRoutes } from './teams.ts';

/** People: how they sign in, and how an organisation keeps them in order. */
export async function peopleRoutes(
  app: FastifyInstance,
  options: { people: People; query: Query; now: () => number },
): Promise<void> {
  app.addContentTypeParser('text/csv', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, csvText(Buffer.from(body)));
    } catch (error) {
      if (!(error instanceof CsvTableError)) throw error;
      done(new ServerError('invalid', error.message, { cause: error }));
    }
  });
  await app.register(sessionRoutes, options);
  await app.register(oidcRoutes, options);
  await app.register(memberRoutes, options);
  await app.register(teamRoutes, options);
  await app.register(seatRoutes, options);
  await app.register(mappingRoutes, options);
  await app.register(invitationRoutes, options);
  await app.register(auditRoutes, options);
}

/** Before any route is asked: a session may let a browser in everywhere. */
export const readCookies = async (app: FastifyInstance): Promise<void> => {
  await app.register(cookie);
};

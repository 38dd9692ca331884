import cookie from '@fastify/cookie';
import type { FastifyInstance } from 'fastify';
import type { People } from '../people.ts';
import { oidcRoutes } from './oidc.ts';
import { sessionRoutes } from './session.ts';

/** People: how they sign in, and how an organisation keeps them in order. */
export async function peopleRoutes(app: FastifyInstance, options: { people: People }): Promise<void> {
  await app.register(sessionRoutes, options);
  await app.register(oidcRoutes, options);
}

/** Before any route is asked: a session may let a browser in everywhere. */
export const readCookies = async (app: FastifyInstance): Promise<void> => {
  await app.register(cookie);
};

import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyPluginAsync } from 'fastify';
import { ServerError } from '../errors.ts';
import { DASHBOARD_POLICY } from './dashboard-policy.ts';

/** Addresses of the dashboard's own pages; whatever is not here stays a 404 of the API. */
export const DASHBOARD_PAGES = [
  '/',
  '/adoption',
  '/alerts',
  '/assistants/:assistant',
  '/data-quality',
  '/leaderboard',
  '/models',
  '/overview',
  '/patterns',
  '/session',
  '/sessions',
  '/settings',
  '/settings/:part',
  '/sign-in',
  '/start',
  '/user',
  '/users',
  '/value',
  '/welcome',
] as const;

const PAGE = 'index.html';
const YEAR_SECONDS = 31_536_000;

/** Where the built dashboard lies: beside the bundle, or in `dist` of a checkout. */
function builtDashboard(): string | null {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const places = ['dashboard', '../dashboard', '../../../dist/dashboard'].map((place) => path.resolve(here, place));
  return places.find((place) => existsSync(path.join(place, PAGE))) ?? null;
}

/** The dashboard's files, from the package. Public: they hold no data, and signing in is one of the pages. */
export const dashboardRoutes: FastifyPluginAsync<{ directory?: string }> = async (app, options) => {
  const directory = options.directory ?? builtDashboard();
  const config = { access: { kind: 'public' } } as const;
  const schema = { hide: true };
  if (directory === null) {
    app.get('/', { config, schema }, async () => {
      throw new ServerError('notFound', 'the dashboard is not built: run `npm run build`');
    });
    return;
  }
  await app.register(fastifyStatic, { root: directory, serve: false, preCompressed: true, cacheControl: false });

  for (const url of DASHBOARD_PAGES)
    app.get(url, { config, schema }, async (_request, reply) =>
      reply.header('content-security-policy', DASHBOARD_POLICY).header('cache-control', 'no-cache').sendFile(PAGE),
    );
  app.get<{ Params: { '*': string } }>('/assets/*', { config, schema }, async (request, reply) =>
    // Their names carry the hash of what they hold.
    reply
      .header('cache-control', `public, max-age=${YEAR_SECONDS}, immutable`)
      .sendFile(`assets/${request.params['*']}`),
  );
  app.get('/favicon.svg', { config, schema }, async (_request, reply) =>
    reply.header('cache-control', 'public, max-age=86400').sendFile('favicon.svg'),
  );
};

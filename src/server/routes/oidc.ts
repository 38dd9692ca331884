import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { checkHost, setSessionCookie } from '../browser.ts';
import { ServerError } from '../errors.ts';
import type { People } from '../people.ts';
import { redirect } from './session.ts';

const PATH = '/api/session/oidc';
const CALLBACK = `${PATH}/callback`;
const FLOW_COOKIE = 'revenium_oidc';

/** Sign-in by an identity provider: away, and back. */
export const oidcRoutes: FastifyPluginAsyncZod<{ people: People }> = async (app, { people }) => {
  const { oidc, sessions, publicUrl } = people;
  const config = { access: { kind: 'public' } } as const;
  const tags = ['session'];
  const none = (): never => {
    throw new ServerError('notFound', 'no identity provider is set up on this server');
  };
  const addressOf = (request: FastifyRequest, path: string): URL =>
    new URL(path, publicUrl ?? `${request.protocol}://${request.host}`);

  app.get(
    PATH,
    { config, schema: { tags, summary: 'Sign in by way of the identity provider', response: { 302: z.null() } } },
    async (request, reply) => {
      checkHost(request, publicUrl);
      const { url, flow } = await (oidc ?? none()).begin(addressOf(request, CALLBACK));
      const secure = addressOf(request, '/').protocol === 'https:';
      // Lax: the way back begins on the provider's page.
      void reply.setCookie(FLOW_COOKIE, flow, { path: PATH, httpOnly: true, sameSite: 'lax', secure, maxAge: 600 });
      return redirect(reply, url.href);
    },
  );

  app.get(
    CALLBACK,
    {
      config,
      schema: {
        tags,
        summary: 'Where the identity provider sends the browser back to',
        response: { 302: z.null() },
      },
    },
    async (request, reply) => {
      checkHost(request, publicUrl);
      const flow = request.cookies[FLOW_COOKIE];
      const came = await (oidc ?? none()).finish(addressOf(request, request.url), flow ?? '');
      void reply.clearCookie(FLOW_COOKIE, { path: PATH });
      if (typeof came === 'string') return redirect(reply, `/sign-in?error=${came}`);
      setSessionCookie(reply, publicUrl, sessions.begin(came));
      return redirect(reply, '/');
    },
  );
};

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerByKey } from '../access.ts';
import { checkBrowser, checkHost, clearSessionCookie, sessionCookieOf, setSessionCookie } from '../browser.ts';
import { ServerError } from '../errors.ts';
import type { People } from '../people.ts';
import type { Caller } from '../services/keys.ts';
import { SCOPES } from '../services/keys.ts';
import type { Session } from '../services/sessions.ts';

const methods = z.object({
  key: z.boolean(),
  password: z.boolean().describe('ADMIN_PASSWORD is set'),
  oidc: z.boolean().describe('An identity provider is set up: GET /api/session/oidc'),
});
const sessionSchema = z.object({
  signedIn: z.boolean(),
  org: z.string().nullable(),
  organizations: z.array(z.string()).describe('That this caller may look at'),
  scope: z.enum(SCOPES).nullable(),
  email: z.string().nullable(),
  name: z.string().nullable(),
  person: z.string().nullable().describe('As reports name this person'),
  expiresAt: z.string().nullable(),
  methods,
});
const credentials = z.union([
  z.strictObject({ key: z.string().max(200) }),
  z.strictObject({ password: z.string().max(1000) }),
  z.strictObject({ invitation: z.string().max(200) }),
]);

const config = { access: { kind: 'public' } } as const;
const tags = ['session'];

/** Signing in and out with a browser. The cookie counts for reading and settings, never for ingest or syncs. */
export const sessionRoutes: FastifyPluginAsyncZod<{ people: People }> = async (app, { people }) => {
  const { sessions, publicUrl } = people;

  app.post(
    '/api/session',
    {
      config,
      schema: {
        tags,
        summary: 'Sign in with a key, the administrators’ password, or an invitation; sets a cookie',
        body: credentials,
        response: {
          200: sessionSchema.extend({
            key: z.string().nullable().describe('After an invitation: the new key, shown this once'),
          }),
        },
      },
    },
    async (request, reply) => {
      checkHost(request, publicUrl);
      refuseForeignPage(request);
      const signed = await people.signIn.signIn(request.body, request.ip);
      setSessionCookie(reply, publicUrl, signed);
      return { ...whoIs(sessions.resolve(signed.token), people), key: signed.key };
    },
  );

  app.get(
    '/api/session',
    { config, schema: { tags, summary: 'Who is signed in, and how one can', response: { 200: sessionSchema } } },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store');
      const caller = callerByKey(request, people);
      if (caller) return whoIs({ caller, expiresAtMs: null }, people);
      checkHost(request, publicUrl);
      return whoIs(sessionOf(request, people), people);
    },
  );

  app.delete(
    '/api/session',
    {
      config,
      schema: {
        tags,
        summary: 'Sign out here, or everywhere',
        querystring: z.strictObject({ everywhere: z.enum(['true', 'false']).default('false') }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const session = sessionOf(request, people);
      if (session) {
        checkBrowser(request, publicUrl);
        const { principal, caller } = session;
        if (request.query.everywhere === 'true') await sessions.endAll(principal, caller.org, caller.keyId);
        else await sessions.end(session);
      }
      clearSessionCookie(reply, publicUrl);
      return reply.code(204).send(null);
    },
  );
};

function sessionOf(request: FastifyRequest, { sessions, publicUrl }: People): Session | null {
  const token = sessionCookieOf(request, publicUrl);
  return token === null ? null : sessions.resolve(token);
}

/** Nobody else's page signs a browser in, not even with its own key: it would read along. */
function refuseForeignPage(request: FastifyRequest): void {
  const { origin } = request.headers;
  const foreign = origin !== undefined && !(URL.canParse(origin) && new URL(origin).host === request.host);
  if (foreign) throw new ServerError('forbidden', 'sign in on a page of this server');
}

function whoIs(
  session: { caller: Caller; expiresAtMs: number | null } | null,
  { viewOf, keys, hasPassword, oidc }: People,
): z.infer<typeof sessionSchema> {
  const offered = { key: true, password: hasPassword, oidc: oidc !== null };
  if (!session)
    return {
      ...{ signedIn: false, org: null, organizations: [], scope: null, email: null, name: null, person: null },
      ...{ expiresAt: null, methods: offered },
    };
  const { caller, expiresAtMs } = session;
  const { org, scope, email, operator } = caller;
  const person = email === null ? null : viewOf(org).personFor(email);
  const member = person === null ? undefined : viewOf(org).byEmail.get(person.replace(/^email:/, ''));
  return {
    signedIn: true,
    org,
    organizations: operator ? keys.organizations() : [org],
    scope,
    email,
    name: member?.name ?? null,
    person,
    expiresAt: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
    methods: offered,
  };
}

/** Answers a browser that came back from elsewhere. */
export const redirect = (reply: FastifyReply, to: string): FastifyReply =>
  reply.header('cache-control', 'no-store').redirect(to, 302);
